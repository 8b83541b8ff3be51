import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseReceiptNumber } from '../../domain/receipt/number.ts';
import { createSystemPorts, type SystemPorts } from '../../main/core/adapters/system-ports.ts';
import { createDurableCore, type DurableCore } from '../../main/core/durable.ts';
import {
  submissionOf,
  unfiledIn,
  until,
} from '../../main/core/outbox/durable-bench.test-helper.ts';
import type { StoredItem } from '../../main/core/outbox/contract.ts';
import { importFolder, NotAnExport } from '../../scripts/import/import-folder.ts';
import {
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../platform-kit/platform.ts';

const exec = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..');

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: TestPlatform;
let token: string;
let cut: boolean;
const opened: { core: DurableCore; ports: SystemPorts }[] = [];

beforeEach(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder.path, 'stick'));
  platform = await startTestPlatform(join(folder.path, 'platform'));
  token = (await readFile(platform.adminTokenFile, 'utf8')).trim();
  cut = false;
});
afterEach(async () => {
  await closeCores();
  await platform.close();
  await folder.remove();
});

async function closeCores(): Promise<void> {
  for (const { core, ports } of opened.splice(0)) {
    await core.stop();
    await ports.close();
  }
}

/** A terminal's durable half on a real disk, whose line can be cut. */
async function openTerminal(name: string): Promise<DurableCore> {
  const dataFolder = join(folder.path, name);
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const ports = await createSystemPorts({
    dataFolder,
    platformUrl: platform.url,
    environment: 'demo',
  });
  const core = await createDurableCore(
    {
      ...ports,
      network: {
        request: (request) =>
          cut
            ? Promise.resolve({ ok: false, error: { kind: 'unreachable', detail: 'cut' } })
            : ports.network.request(request),
      },
    },
    {
      environment: 'demo',
      softwareVersion: 'test',
      enrolmentCode: TEST_CODE,
      minFreeBytes: 0,
      sessionBytes: 0,
      pollEveryMs: 100,
      backoffCeilingMs: 100,
    },
  );
  opened.push({ core, ports });
  core.start();
  await until('taking', () => core.outbox.taking() === 'yes');
  return core;
}

async function storeOffline(core: DurableCore, count: number): Promise<StoredItem[]> {
  cut = true;
  const items: StoredItem[] = [];
  for (let at = 0; at < count; at += 1) {
    const done = await core.outbox.submit(
      submissionOf(core.outbox.newSubmissionId(), [3000, 700].slice(0, at)),
    );
    if (!done.ok) throw new Error(done.error);
    items.push(done.value);
  }
  return items;
}

const bring = (from: string, alsoRevoked = false) =>
  importFolder(from, { platform: platform.url, token, alsoRevoked });

async function copiesOf(item: StoredItem): Promise<unknown> {
  const { body } = await platform.admin(`/items/${item.submissionId}`);
  const { copies, conflicts, envelopeSha256 } = body as Record<string, unknown>;
  return { copies, conflicts, envelopeSha256 };
}
const once = (item: StoredItem) => ({
  copies: 1,
  conflicts: 0,
  envelopeSha256: item.envelopeSha256,
});

async function exportTo(core: DurableCore): Promise<string> {
  const done = await core.exportWaiting(join(folder.path, 'stick'));
  if (!done.ok) throw new Error(done.error);
  return done.value.folder;
}

describe('a printed receipt is a promise: when the network never comes back', () => {
  test('what waits goes to the platform on a stick, once, also when the line comes back after all', async () => {
    const core = await openTerminal('terminal');
    const items = await storeOffline(core, 3);
    const stick = await exportTo(core);
    const report = await bring(stick);
    expect(report).toMatchObject({
      complete: true,
      chain: { state: 'whole', matching: 3, missing: [], differing: [], unknown: [] },
    });
    // twice is once
    expect(await bring(stick)).toEqual(report);
    // the terminal knows nothing of it: it sends all the same, and hears the answer of before
    expect(core.outbox.waiting()).toBe(3);
    cut = false;
    await until('drained', () => core.outbox.waiting() === 0);
    for (const item of items) {
      expect(await copiesOf(item)).toEqual(once(item));
      expect(core.outbox.find(item.receiptNumber)?.state).toBe('received');
    }
  });

  test('what the terminal stored and sent after the stick was written is not unknown to it', async () => {
    const core = await openTerminal('terminal');
    await storeOffline(core, 1);
    const stick = await exportTo(core);
    cut = false;
    await until('drained', () => core.outbox.waiting() === 0);
    const later = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId()));
    if (!later.ok) throw new Error(later.error);
    await until('received', () => core.outbox.waiting() === 0);
    expect(await bring(stick)).toMatchObject({
      complete: true,
      chain: { state: 'whole', matching: 1, missing: [], differing: [], unknown: [] },
    });
  });

  test('nothing of a person can be read on the stick', async () => {
    const core = await openTerminal('terminal');
    await storeOffline(core, 1);
    const stick = await exportTo(core);
    const names = (await readdir(stick, { recursive: true, withFileTypes: true })).filter((name) =>
      name.isFile(),
    );
    // manifest, chain, an envelope and no attachment
    expect(names).toHaveLength(3);
    for (const name of names) {
      const bytes = await readFile(join(name.parentPath, name.name));
      expect(bytes.includes('张测试')).toBe(false);
      expect(bytes.includes(Buffer.from('张测试', 'utf16le'))).toBe(false);
    }
  });

  test('a stick that was pulled out too early is refused, and what was taken of a damaged one stays', async () => {
    const core = await openTerminal('terminal');
    const [first, second] = await storeOffline(core, 2);
    if (!first || !second) throw new Error('two were stored');
    const stick = await exportTo(core);
    const early = join(folder.path, 'early');
    await cp(stick, early, { recursive: true });
    await rm(join(early, 'manifest.json'));
    await expect(bring(early)).rejects.toThrow(NotAnExport);
    const file = join(stick, 'files', second.envelopeSha256);
    const bytes = await readFile(file);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    await writeFile(file, bytes);
    const report = await bring(stick);
    expect(report.complete).toBe(false);
    expect(report.items.map(({ taken, outcome }) => [taken, taken || outcome])).toEqual(
      report.items.map(({ receiptNumber }) =>
        receiptNumber === first.receiptNumber ? [true, true] : [false, 'fileDamaged'],
      ),
    );
    expect(report.chain).toMatchObject({ matching: 1, missing: [second.receiptNumber] });
    expect(await copiesOf(first)).toEqual(once(first));
  });

  test('a chain that somebody shortened is told as broken', async () => {
    const core = await openTerminal('terminal');
    await storeOffline(core, 2);
    const stick = await exportTo(core);
    const file = join(stick, 'audit.jsonl');
    const lines = (await readFile(file, 'utf8')).split('\n');
    const cuts = [
      lines.filter((line) => !line.includes('"itemStored"')),
      // at its end, after the last event that names an item, and at its beginning
      lines.filter(Boolean).slice(0, -1),
      lines.slice(1),
    ];
    for (const cut of cuts) {
      expect(cut.length).toBeLessThan(lines.length);
      await writeFile(file, cut.join('\n'));
      expect(await bring(stick)).toMatchObject({ complete: false, chain: { state: 'broken' } });
    }
  });

  test('of a terminal whose disk takes nothing every item is taken, and its chain is told as not whole', async () => {
    const core = await openTerminal('terminal');
    const items = await storeOffline(core, 2);
    const { record } = core.audit;
    Object.assign(core.audit, {
      record: () => {
        throw Object.assign(new Error('attempt to write a readonly database'), { errcode: 8 });
      },
    });
    const stick = await exportTo(core);
    Object.assign(core.audit, { record });
    const report = await bring(stick);
    expect(report).toMatchObject({
      items: [{ taken: true }, { taken: true }],
      complete: false,
      chain: { state: 'broken' },
    });
    for (const item of items) expect(await copiesOf(item)).toEqual(once(item));
  });

  test('a dead terminal is copied without its core, and the one that takes its place repeats none of its numbers', async () => {
    const core = await openTerminal('terminal');
    const items = await storeOffline(core, 2);
    const before = (await platform.admin('/terminals')).body as {
      terminals: { terminalId: string }[];
    };
    await closeCores();
    const data = join(folder.path, 'terminal');
    const into = join(folder.path, 'stick');
    const { stdout } = await exec(process.execPath, [
      join(ROOT, 'scripts/outbox.ts'),
      ...['export', into, '--data', data, '--json'],
    ]);
    const { folder: stick } = JSON.parse(stdout) as { folder: string };
    await platform.admin(`/terminals/${before.terminals[0]?.terminalId ?? ''}/revoke`, {
      method: 'POST',
    });
    const refused = await bring(stick);
    expect(refused.items.map(({ outcome }) => outcome)).toEqual(['revoked', 'revoked']);
    expect((await bring(stick, true)).complete).toBe(true);
    for (const item of items) expect(await copiesOf(item)).toEqual(once(item));
    cut = false;
    const next = await openTerminal('replacement');
    const stored = await next.outbox.submit(submissionOf(next.outbox.newSubmissionId()));
    if (!stored.ok) throw new Error(stored.error);
    // each enrolment of a place numbers in a part of its own
    expect(parseReceiptNumber(stored.value.receiptNumber)?.sequence).toBe(1001);
  });

  test('a terminal whose key lies elsewhere is not opened with another one', async () => {
    const core = await openTerminal('terminal');
    await storeOffline(core, 1);
    await closeCores();
    const data = join(folder.path, 'terminal');
    const key = join(data, 'keys', 'terminal.ed25519');
    await rm(key);
    await expect(
      exec(process.execPath, [
        join(ROOT, 'scripts/outbox.ts'),
        ...['export', join(folder.path, 'stick'), '--data', data],
      ]),
    ).rejects.toThrow('key lies here');
    expect(await readdir(join(data, 'keys'))).toEqual([]);
  });

  test('an item that was held is released by its number, and is received once the reason is gone', async () => {
    const core = await openTerminal('terminal');
    const [item] = await storeOffline(core, 1);
    if (!item) throw new Error('nothing stored');
    const data = join(folder.path, 'terminal');
    const file = join(data, 'outbox', 'blobs', item.envelopeSha256);
    await until('filed', () => unfiledIn(data) === 0);
    const whole = await readFile(file);
    await writeFile(file, Buffer.from(whole).fill(0, whole.length - 1));
    cut = false;
    await until('held', () => core.outbox.find(item.receiptNumber)?.state === 'held');
    await closeCores();
    const release = (number: string) =>
      exec(process.execPath, [
        join(ROOT, 'scripts/outbox.ts'),
        ...['release', number, '--data', data],
      ]);
    await writeFile(file, whole);
    expect((await release(item.receiptNumber)).stdout).toContain(item.receiptNumber);
    await expect(release(item.receiptNumber)).rejects.toThrow('not held');
    await expect(release('500199001001261123000999')).rejects.toThrow('no such receipt number');
    const again = await openTerminal('terminal');
    await until('received', () => again.outbox.find(item.receiptNumber)?.state === 'received');
    expect(await copiesOf(item)).toEqual(once(item));
  });

  test('a stick without room, or none at all, is told by name and changes nothing', async () => {
    const core = await openTerminal('terminal');
    expect(await core.exportWaiting(join(folder.path, 'stick'))).toEqual({
      ok: false,
      error: 'nothingWaits',
    });
    await storeOffline(core, 1);
    expect(await core.exportWaiting(join(folder.path, 'no such folder'))).toEqual({
      ok: false,
      error: 'notAFolder',
    });
    expect(core.outbox.waiting()).toBe(1);
    const small = join(folder.path, 'small');
    await mkdir(small);
    try {
      await exec('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', small]);
    } catch {
      console.log(
        'NOT RUN: a full stick (tests/full/stick.test.ts): no file system can be mounted',
      );
      return;
    }
    try {
      expect(await core.exportWaiting(small)).toEqual({ ok: false, error: 'noRoom' });
      expect(core.outbox.waiting()).toBe(1);
    } finally {
      await exec('umount', [small]);
    }
  });
});
