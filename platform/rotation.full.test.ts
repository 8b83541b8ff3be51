import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Decrypter } from 'age-encryption';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseEnvelope } from '../domain/envelope/header.ts';
import { createSystemPorts, type SystemPorts } from '../main/core/adapters/system-ports.ts';
import { createDurableCore, type DurableCore } from '../main/core/durable.ts';
import { submissionOf, until } from '../main/core/outbox/durable-bench.test-helper.ts';
import { envelopeOn } from '../tests/invariants/envelopes.ts';
import {
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../tests/platform-kit/platform.ts';

// slow shared machines: nothing here depends on how long it takes
vi.setConfig({ testTimeout: 120_000, hookTimeout: 90_000 });

const exec = promisify(execFile);
const SCRIPT = join(import.meta.dirname, '..', 'scripts', 'keys.ts');

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let data: string;
let platform: TestPlatform;
let ports: SystemPorts;
let core: DurableCore;

beforeEach(async () => {
  folder = await temporaryFolder();
  data = join(folder.path, 'platform');
  platform = await startTestPlatform(data);
  ports = await createSystemPorts({
    dataFolder: join(folder.path, 'terminal'),
    platformUrl: platform.url,
    environment: 'demo',
  });
  core = await createDurableCore(ports, {
    environment: 'demo',
    softwareVersion: 'test',
    enrolmentCode: TEST_CODE,
    minFreeBytes: 0,
    sessionBytes: 0,
    pollEveryMs: 100,
    backoffCeilingMs: 100,
  });
  core.start();
  await until('taking', () => core.outbox.taking() === 'yes');
});
afterEach(async () => {
  await core.stop();
  await ports.close();
  await platform.close();
  await folder.remove();
});

const keys = (...args: readonly string[]) =>
  exec(process.execPath, [SCRIPT, ...args, '--data', data]);
const recipients = (): readonly string[] =>
  core.bundles.current().keys?.content.recipients.map(({ id }) => id) ?? [];

async function submitOne(): Promise<string> {
  const done = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId(), [500]));
  if (!done.ok) throw new Error(done.error);
  return done.value.submissionId;
}

/** The platform stops, something is done to its keys, and it starts again at the same address. */
async function whileAway(work: () => Promise<void>): Promise<void> {
  const port = Number(new URL(platform.url).port);
  await platform.close();
  await work();
  platform = await startTestPlatform(data, { port });
}

async function opens(submissionId: string): Promise<boolean> {
  const { body } = await platform.admin(`/items/${submissionId}?clear=1`);
  const { clear } = body as { clear?: { error?: string } };
  return clear !== undefined && clear.error === undefined;
}

describe('the key that opens what terminals sealed', () => {
  it('is changed without losing what was sealed before, also by a terminal that has not heard of it', async () => {
    const first = await submitOne();
    await until('received', () => core.outbox.waiting() === 0);
    const before = recipients();
    let offline = '';
    await whileAway(async () => {
      await keys('rotate');
      // sealed to the key of before, for the terminal knows no other
      offline = await submitOne();
    });
    await until('the new key', () => recipients()[0] !== before[0]);
    expect(recipients()[1]).toBe(before[1]);
    await until('received', () => core.outbox.waiting() === 0);
    const later = await submitOne();
    await until('received', () => core.outbox.waiting() === 0);
    for (const id of [first, offline, later]) expect(await opens(id)).toBe(true);
    expect(await readdir(join(data, 'keys', 'old'))).toHaveLength(1);
  });

  it('has a recovery key beside it whose private half lies elsewhere, and still opens everything', async () => {
    const away = join(folder.path, 'safe.age.txt');
    await whileAway(async () => {
      // this disk stands for a stick
      await keys('recovery-offline', away, '--same-disk');
      // copied only: the key goes once the copy was looked at
      await stat(join(data, 'keys', 'recovery.age.txt'));
      await expect(keys('recovery-offline', SCRIPT, '--same-disk')).rejects.toThrow(
        'does not hold this key',
      );
      await keys('recovery-offline', away, '--same-disk');
    });
    expect(await stat(join(data, 'keys', 'recovery.age.txt')).catch(() => undefined)).toBe(
      undefined,
    );
    const id = await submitOne();
    await until('received', () => core.outbox.waiting() === 0);
    const item = core.outbox.list().find(({ submissionId }) => submissionId === id);
    const name = item?.envelopeSha256 ?? '';
    const envelope = parseEnvelope(envelopeOn(data, name), (bytes) =>
      Buffer.from(bytes).toString(),
    );
    const identity = /^AGE-SECRET-KEY-1\S+$/m.exec(await readFile(away, 'utf8'))?.[0] ?? '';
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const clear = await decrypter.decrypt(envelope?.body ?? new Uint8Array());
    expect(Buffer.from(clear).toString()).toContain(item?.receiptNumber);
    // a second time there is nothing to move
    await expect(keys('recovery-offline', join(folder.path, 'again'))).rejects.toThrow();
  });
});
