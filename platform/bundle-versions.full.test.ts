import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Bundle } from '../domain/wire/platform.ts';
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
