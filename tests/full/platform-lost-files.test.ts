import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSystemPorts, type SystemPorts } from '../../main/core/adapters/system-ports.ts';
import { createDurableCore, type DurableCore } from '../../main/core/durable.ts';
import type { StoredItem } from '../../main/core/outbox/contract.ts';
import { submissionOf, until } from '../../main/core/outbox/durable-bench.test-helper.ts';
import type { Network } from '../../main/core/ports.ts';
import { checkInvariants, readPlatform, readTerminal } from '../invariants/index.ts';
import {
  flipInEnvelope,
  spoilEnvelope,
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../platform-kit/platform.ts';

/** Files that vanish or change on the platform's own disk while its database survives: real disks, a real platform. */

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: TestPlatform;
let opened: { readonly core: DurableCore; readonly ports: SystemPorts } | undefined;

beforeEach(async () => {
  folder = await temporaryFolder();
  platform = await startTestPlatform(join(folder.path, 'platform'));
});
afterEach(async () => {
  await opened?.core.stop();
  await opened?.ports.close();
  opened = undefined;
  await platform.close();
  await folder.remove();
});

const data = (): string => join(folder.path, 'terminal');

/** @param on stands on the line */
async function open(on: (line: Network) => Network = (line) => line): Promise<DurableCore> {
  const ports = await createSystemPorts({
    dataFolder: data(),
    platformUrl: platform.url,
    environment: 'demo',
  });
  const parts = { ...ports, network: on(ports.network) };
  const core = await createDurableCore(parts, {
    environment: 'demo',
    softwareVersion: 'test',
    enrolmentCode: TEST_CODE,
    minFreeBytes: 0,
    sessionBytes: 0,
    pollEveryMs: 100,
    backoffCeilingMs: 100,
  });
  opened = { core, ports };
  core.start();
  await until('taking', () => core.outbox.taking() === 'yes');
  return core;
}

async function store(core: DurableCore): Promise<StoredItem> {
  const stored = await core.outbox.submit(
    submissionOf(core.outbox.newSubmissionId(), [3000, 150_000]),
  );
  if (!stored.ok) throw new Error(stored.error);
  return stored.value;
}
const archive = async (): Promise<unknown> =>
  (await platform.admin('/archive', { method: 'POST' })).body;

const LOSSES: Readonly<Record<string, (paper: string, envelopeSha256: string) => Promise<void>>> = {
  'a paper': (paper) => rm(paper),
  'the end of a paper': (paper) => truncate(paper, 1000),
  'a byte of a paper': async (paper) => {
    const bytes = await readFile(paper);
    bytes.writeUInt8(bytes.readUInt8(500) ^ 1, 500);
    await writeFile(paper, bytes);
  },
  'an envelope': (_paper, envelopeSha256) => {
    spoilEnvelope(platform.dataDir, envelopeSha256);
    return Promise.resolve();
  },
  'a byte of an envelope': (_paper, envelopeSha256) => {
    flipInEnvelope(platform.dataDir, envelopeSha256);
    return Promise.resolve();
  },
};

test.each(Object.entries(LOSSES))(
  'a platform that lost %s of what it had received asks its terminal for it, once, and archives it then',
  async (what, lose) => {
    const core = await open();
    const items = [await store(core), await store(core), await store(core)];
    const all = (state: string): boolean =>
      items.every(({ receiptNumber }) => core.outbox.find(receiptNumber)?.state === state);
    await until('received', () => all('received'));
    await platform.reviewed();
    const harmed = items[1]!;
    const { attachments } = readTerminal(data()).items.find(
      ({ submissionId }) => submissionId === harmed.submissionId,
    )!;
    const name = attachments[1]!.sha256;
    const paper = join(platform.dataDir, 'attachments', name.slice(0, 2), name);
    await lose(paper, harmed.envelopeSha256);
    const cases = [...readPlatform(platform.dataDir).items.keys()].sort();

    const lost = await archive();
    expect(lost).toMatchObject({ kind: 'failed', trouble: 'filesLost', archivedThrough: 0 });
    const whole = (): boolean => {
      const { holds } = readPlatform(platform.dataDir);
      return holds('attachments', name) && holds('envelopes', harmed.envelopeSha256);
    };
    await until('handed over once more', whole);
    await until('received', () => all('received'));
    expect(await archive()).toMatchObject({ kind: 'archived' });
    await until('archived', () => all('archived'));
    await until('given up', () =>
      readTerminal(data()).items.every(({ ciphertextDeleted }) => ciphertextDeleted),
    );
    expect([...readPlatform(platform.dataDir).items.keys()].sort()).toEqual(cases);
    const forgotten = core.audit.latest(1000).filter(({ event }) => event === 'itemForgotten');
    expect(forgotten.map(({ submissionId }) => submissionId)).toEqual(
      // an envelope is at hand when the platform is asked
      what.endsWith('an envelope') ? [] : [harmed.submissionId],
    );
    const violations = checkInvariants({
      terminals: [readTerminal(data())],
      platform: readPlatform(platform.dataDir),
      witness: { printed: items, shown: [], people: ['张测试'] },
      settled: true,
    });
    expect(violations).toEqual([]);
  },
  180_000,
);

test.each([
  // the terminal knows that all papers are there, and hands the envelope over
  ['before its envelope is handed over', 'PUT', '/v1/items/', false],
  // it asks where the platform stands
  ['before the answer to its last bytes is heard', 'PATCH', '/v1/attachments/', true],
] as const)(
  'a paper that is cut short on the platform %s is sent anew by its terminal, and the item is received',
  async (_when, method, path, isAnswerLost) => {
    let sha256 = '';
    const core = await open((line) => ({
      async request(request) {
        const isIt = sha256 === '' && request.method === method && request.path.startsWith(path);
        const cut = async (): Promise<void> => {
          const papers = readTerminal(data()).items.flatMap(({ attachments }) => attachments);
          const here = readPlatform(platform.dataDir);
          sha256 = papers.find((each) => here.holds('attachments', each.sha256))?.sha256 ?? '';
          if (sha256 === '') return;
          const file = join(platform.dataDir, 'attachments', sha256.slice(0, 2), sha256);
          await truncate(file, 1000);
        };
        if (isIt && !isAnswerLost) await cut();
        const answer = await line.request(request);
        if (isIt && isAnswerLost) await cut();
        return isIt && isAnswerLost && sha256 !== ''
          ? { ok: false, error: { kind: 'unreachable', detail: 'cut' } }
          : answer;
      },
    }));
    const item = await store(core);
    const state = (): string | undefined => core.outbox.find(item.receiptNumber)?.state;
    await until('received', () => state() === 'received');
    expect(sha256).not.toBe('');
    expect(readPlatform(platform.dataDir).holds('attachments', sha256)).toBe(true);
    await platform.reviewed();
    expect(await archive()).toMatchObject({ kind: 'archived' });
    await until('archived', () => state() === 'archived');
  },
);
