import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { demoCatalogue } from '../kiosk-config/index.ts';
import { createSystemPorts, type SystemPorts } from '../main/core/adapters/system-ports.ts';
import { createDurableCore, type DurableCore } from '../main/core/durable.ts';
import { QUICK, submissionOf, until } from '../main/core/outbox/durable-bench.test-helper.ts';
import { startPlatform, type RunningPlatform } from '../platform/main.ts';

// slow shared machines: nothing here depends on how long it takes
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

let folder: string;
let platform: RunningPlatform | undefined;
const terminals: { core: DurableCore; ports: SystemPorts }[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bianmin-sync-'));
});
afterEach(async () => {
  for (const { core, ports } of terminals.splice(0)) {
    await core.stop();
    await ports.close();
  }
  await platform?.close();
  await rm(folder, { recursive: true, force: true });
});

async function startReal(port = 0): Promise<RunningPlatform> {
  platform = await startPlatform({
    dataDir: join(folder, 'platform'),
    port,
    catalogue: demoCatalogue(),
    archiveEveryMs: 200,
    enrolmentCodes: [
      { code: 'FIRST-CODE', region: '500199001', terminal: '001' },
      { code: 'OTHER-CODE', region: '500199001', terminal: '002' },
    ],
  });
  return platform;
}

async function startTerminal(
  name: string,
  url: string,
  enrolmentCode: string,
): Promise<DurableCore> {
  const ports = await createSystemPorts({
    dataFolder: join(folder, name),
    platformUrl: url,
    environment: 'demo',
  });
  const core = await createDurableCore(ports, {
    ...QUICK,
    enrolmentCode,
    requestDeadlineMs: 10_000,
  });
  terminals.push({ core, ports });
  core.start();
  await until('taking', () => core.outbox.taking() === 'yes');
  await until('catalogue', () => core.bundles.current().catalogue !== undefined);
  return core;
}

async function copiesOf(running: RunningPlatform, submissionId: string): Promise<unknown> {
  const token = (await readFile(running.adminTokenFile, 'utf8')).trim();
  const answer = await fetch(`${running.url}/v1/admin/items/${submissionId}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return answer.json();
}

test('the reference platform: enrolled, delivered once with the same hashes, archived, then deleted here', async () => {
  const running = await startReal();
  const core = await startTerminal('terminal', running.url, 'FIRST-CODE');
  const stored = await core.outbox.submit(
    submissionOf(core.outbox.newSubmissionId(), [2_500_000, 40_000, 100]),
  );
  if (!stored.ok) throw new Error(stored.error);
  const { submissionId, receiptNumber, envelopeSha256, qr } = stored.value;
  const state = (): string | undefined => core.outbox.find(receiptNumber)?.state;
  await until('received', () => state() === 'received' || state() === 'archived');
  const held = (await copiesOf(running, submissionId)) as { attachmentSha256: string[] };
  expect(held).toMatchObject({ copies: 1, conflicts: 0, receiptNumber, envelopeSha256 });
  expect(held.attachmentSha256).toHaveLength(3);
  await until('archived', () => state() === 'archived');
  const blobs = join(folder, 'terminal', 'outbox', 'blobs');
  const end = Date.now() + 60_000;
  while ((await readdir(blobs)).length > 0) {
    if (Date.now() > end) throw new Error('the archived files were never deleted');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(await core.verifyReceipt(qr)).toMatchObject({
    signature: 'valid',
    item: 'arrived',
    receiptNumber,
    checkedOffline: false,
  });
  await until('case state', () => core.outbox.find(receiptNumber)?.caseState !== null);
});

test('the reference platform away for a while: items wait, then arrive once; another terminal verifies offline', async () => {
  let running = await startReal();
  const { url } = running;
  const first = await startTerminal('first', url, 'FIRST-CODE');
  const second = await startTerminal('second', url, 'OTHER-CODE');
  const knows = (place: string) => (): boolean =>
    second.bundles.current().keys?.content.terminals.some((each) => each.place === place) ?? false;
  await until('key directory', knows('500199001001'));
  await running.close();
  const ids = Array.from({ length: 3 }, () => first.outbox.newSubmissionId());
  const stored = [];
  for (const id of ids) {
    const result = await first.outbox.submit(submissionOf(id, [60_000, 10]));
    if (!result.ok) throw new Error(result.error);
    stored.push(result.value);
  }
  await until(
    'offline',
    () => second.link.state() === 'offline' && first.link.state() === 'offline',
  );
  expect(first.outbox.waiting()).toBe(3);
  expect(await second.verifyReceipt(stored[0]!.qr)).toMatchObject({
    signature: 'valid',
    checkedOffline: true,
    receiptNumber: stored[0]!.receiptNumber,
  });
  running = await startReal(Number(new URL(url).port));
  await until('all there', () => first.outbox.waiting() === 0);
  for (const item of stored) {
    expect(await copiesOf(running, item.submissionId)).toMatchObject({
      copies: 1,
      envelopeSha256: item.envelopeSha256,
    });
  }
  expect(new Set(stored.map((item) => item.receiptNumber)).size).toBe(3);
});
