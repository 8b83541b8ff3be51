import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Bundle } from '../domain/wire/platform.ts';
import { demoCatalogue } from '../kiosk-config/index.ts';
import { startTestPlatform, temporaryFolder, TEST_CODE } from '../tests/platform-kit/platform.ts';
import { enrolTerminal, newTerminalKey } from '../tests/platform-kit/terminal.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

let time = Date.UTC(2026, 10, 24);

/** Starts it, has one more terminal enrolled, and tells the version of the directory that names it. */
async function versionAfterOneMore(data: string): Promise<number> {
  const platform = await startTestPlatform(data, { now: () => time });
  try {
    const terminal = await enrolTerminal(
      () => platform.url,
      TEST_CODE,
      newTerminalKey(),
      () => time,
    );
    const jws = await (await terminal.request('/v1/bundles/keys')).text();
    const payload = Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString();
    return (JSON.parse(payload) as Bundle<unknown>).version;
  } finally {
    await platform.close();
  }
}

test('a platform that comes back from a backup gives no version again that it gave since', async () => {
  const [data, backup] = [join(folder.path, 'data'), join(folder.path, 'backup')];
  const first = await versionAfterOneMore(data);
  await cp(data, backup, { recursive: true });
  time += 60_000;
  const lost = await versionAfterOneMore(data);
  expect(lost).toBeGreaterThan(first);
  await rm(data, { recursive: true });
  await cp(backup, data, { recursive: true });
  time += 60_000;
  expect(await versionAfterOneMore(data)).toBeGreaterThan(lost);
});

/** Versions of a kind that the database keeps, oldest first. */
function versionsKept(data: string, kind: string): readonly number[] {
  const database = new DatabaseSync(join(data, 'platform.sqlite'), { readOnly: true });
  try {
    return database
      .prepare('SELECT version FROM bundles WHERE kind = ? ORDER BY version')
      .all(kind)
      .map((row) => Number(row['version']));
  } finally {
    database.close();
  }
}

test('of keys and policy the newest version alone is kept, of the catalogue each', async () => {
  const data = join(folder.path, 'data');
  const versions: number[] = [];
  for (const edition of [1, 2, 3]) {
    const catalogue = { ...demoCatalogue(), catalogueVersion: `edition-${edition}` };
    const policy = { edition };
    const platform = await startTestPlatform(data, { now: () => time, catalogue, policy });
    try {
      const code = [TEST_CODE, newTerminalKey(), () => time] as const;
      const terminal = await enrolTerminal(() => platform.url, ...code);
      for (const kind of ['catalogue', 'policy']) await terminal.request(`/v1/bundles/${kind}`);
      const jws = await (await terminal.request('/v1/bundles/keys')).text();
      const payload = Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString();
      versions.push((JSON.parse(payload) as Bundle<unknown>).version);
    } finally {
      await platform.close();
    }
  }
  expect(versions).toEqual(versions.toSorted((a, b) => a - b));
  expect(new Set(versions).size).toBe(3);
  expect(versionsKept(data, 'keys')).toEqual(versions.slice(-1));
  expect(versionsKept(data, 'policy')).toHaveLength(1);
  expect(versionsKept(data, 'catalogue')).toHaveLength(3);
});
