import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryFolder } from '../tests/platform-kit/platform.ts';
import { type Archive, createArchive } from './archive.ts';
import { DEFAULT_TOGETHER_BYTES, type Envelopes, openEnvelopes } from './storage/envelopes.ts';
import { openHashedFiles } from './storage/files.ts';
import type { PlatformStorage } from './storage/port.ts';
import { openSqliteStorage } from './storage/sqlite/sqlite-storage.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let storage: PlatformStorage;
let envelopes: Envelopes;
let archive: Archive;
const place = (name: string): string => join(folder.path, name);

beforeEach(async () => {
  folder = await temporaryFolder();
  storage = openSqliteStorage(place('platform.sqlite'));
  const files = await openHashedFiles(place('envelopes'));
  const database = place('envelopes.sqlite');
  envelopes = openEnvelopes({ database, files, togetherBytes: DEFAULT_TOGETHER_BYTES });
  archive = createArchive({
    ...{ storage, envelopes, attachments: await openHashedFiles(place('attachments')) },
    ...{ folder: place('archive'), everyMs: 0, log: pino({ level: 'silent' }) },
  });
});
afterEach(async () => {
  await archive.close();
  await storage.close();
  envelopes.close();
  await folder.remove();
});

/** What a platform knows that comes back from the newest copy. */
async function restored() {
  const copies = (await readdir(place('archive'))).filter((name) => name.endsWith('.sqlite'));
  await copyFile(join(place('archive'), copies.sort().at(-1) ?? ''), place('restored.sqlite'));
  const there = openSqliteStorage(place('restored.sqlite'));
  try {
    return { terminals: await there.terminals.all(), registry: await there.terminals.registry() };
  } finally {
    await there.close();
  }
}
const enrol = () =>
  storage.terminals.enrol({
    ...{ codeSha256: 'c', publicKey: 'p', keyId: '00000000' },
    ...{ softwareVersion: '1', at: '2026-12-01T00:00:00.000Z' },
  });

test('a code, a terminal and a revocation are in a copy though no application came', async () => {
  expect(await archive.run()).toMatchObject({ kind: 'nothingNew' });
  await storage.terminals.addCode({
    ...{ sha256: 'c', region: '500199001', terminal: '001', reusable: false },
  });
  expect(await archive.run()).toMatchObject({ kind: 'archived', archivedThrough: 0 });
  expect((await restored()).registry).toBe('0-0-1-0');
  await enrol();
  expect(await archive.run()).toMatchObject({ kind: 'archived' });
  expect(await restored()).toMatchObject({
    terminals: [{ terminalId: '500199001001-g1', revokedAt: null }],
    registry: '1-0-1-1',
  });
  await storage.terminals.revoke('500199001001-g1', '2026-12-01T19:00:00.000Z');
  expect(await archive.run()).toMatchObject({ kind: 'archived' });
  expect((await restored()).terminals).toMatchObject([{ revokedAt: '2026-12-01T19:00:00.000Z' }]);
  expect(await archive.run()).toMatchObject({ kind: 'nothingNew' });
});
