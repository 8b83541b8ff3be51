import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deliver, recipientsOf, sealApplication } from '../tests/platform-kit/application.ts';
import {
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  testOptions,
  type TestPlatform,
} from '../tests/platform-kit/platform.ts';
import {
  enrolTerminal,
  newTerminalKey,
  type TestTerminal,
} from '../tests/platform-kit/terminal.ts';
import { startPlatform } from './main.ts';
import { isSignedBy, KeysRefused } from './published-keys.ts';
import { publicKeyOf } from './keys.ts';

const exec = promisify(execFile);
const SCRIPTS = join(import.meta.dirname, '..', 'scripts');

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let data: string;
let keysFolder: string;
let platform: TestPlatform;
let terminal: TestTerminal;
/** Of the key in force, and of the recovery key. */
let published: readonly string[];

const start = async (options: { readonly newKeys?: boolean } = {}): Promise<void> => {
  platform = await startTestPlatform(data, options);
};
const idsFor = async (who: TestTerminal) => (await recipientsOf(who)).map(({ id }) => id);
const keys = (...args: readonly string[]) =>
  exec(process.execPath, [join(SCRIPTS, 'keys.ts'), ...args, '--data', data]);
const filesOf = async (): Promise<readonly string[]> =>
  (await readdir(keysFolder, { recursive: true }).catch(() => [])).sort();

beforeEach(async () => {
  folder = await temporaryFolder();
  data = join(folder.path, 'platform');
  keysFolder = join(data, 'keys');
  await start();
  terminal = await enrolTerminal(() => platform.url, TEST_CODE);
  published = await idsFor(terminal);
  for (const kind of ['catalogue', 'policy']) await terminal.request(`/v1/bundles/${kind}`);
  await platform.close();
});
afterEach(async () => {
  await platform.close();
  await folder.remove();
});

/** It does not start, makes nothing, and names what is missing. */
async function refused(...names: readonly string[]): Promise<void> {
  const before = await filesOf();
  const told = await startTestPlatform(data).then(
    async (wrongly) => {
      await wrongly.close();
      return undefined;
    },
    (error: unknown) => error,
  );
  expect(told).toBeInstanceOf(KeysRefused);
  for (const name of names) expect(String(told)).toContain(name);
  expect(String(told)).toContain('--new-keys');
  expect(await filesOf()).toEqual(before);
}

describe('a platform that has published', () => {
  it('does not start without its folder of keys, and goes on when that is back', async () => {
    await rename(keysFolder, join(folder.path, 'away'));
    await refused(
      'bundle-root.pem',
      'platform.age.txt',
      'recovery.recipient.txt',
      'unlock-secret.txt',
    );
    await rename(join(folder.path, 'away'), keysFolder);
    await start();
    expect(await idsFor(terminal)).toEqual(published);
  });

  it.each([
    ['bundle-root.pem', 'bundle-root.pem'],
    ['platform.age.txt', 'platform.age.txt'],
    ['recovery.age.txt', 'recovery.recipient.txt'],
    ['unlock-secret.txt', 'unlock-secret.txt'],
  ])('makes no other %s where it is gone', async (file, named) => {
    await rm(join(keysFolder, file));
    await refused(named);
  });

  it.each([
    ['bundle-root.pem', ''],
    ['platform.age.txt', ''],
    ['platform.age.txt', 'AGE-SECRET-KEY-1QQQ'],
    ['recovery.age.txt', ''],
    ['recovery.recipient.txt', 'age1'],
    ['unlock-secret.txt', ''],
    ['unlock-secret.txt', randomBytes(32).toString('base64url')],
  ])('does not start with a %s that is damaged or another one (%j)', async (file, text) => {
    await writeFile(join(keysFolder, file), text);
    await refused(file);
  });

  it('makes the secret of unlock codes where an earlier program had none', async () => {
    const database = new DatabaseSync(join(data, 'platform.sqlite'));
    database.exec("DELETE FROM meta WHERE key = 'unlockSecretSha256'");
    database.close();
    await rm(join(keysFolder, 'unlock-secret.txt'));
    await start();
    expect(await filesOf()).toContain('unlock-secret.txt');
    await platform.close();
    await rm(join(keysFolder, 'unlock-secret.txt'));
    await refused('unlock-secret.txt');
  });

  it('makes no other recovery key where the public half of the one in the safe is gone', async () => {
    const safe = join(folder.path, 'safe.txt');
    for (let step = 0; step < 2; step++) await keys('recovery-offline', safe, '--same-disk');
    await rm(join(keysFolder, 'recovery.recipient.txt'));
    await refused('recovery.recipient.txt', published[1] ?? '?');
    await expect(keys('list')).rejects.toThrow('recovery.recipient.txt');
    expect(await filesOf()).not.toContain('recovery.age.txt');
  });

  it('does not publish a key of before its change again', async () => {
    const copy = join(folder.path, 'copy');
    await cp(keysFolder, copy, { recursive: true });
    expect((await keys('rotate')).stdout).toContain('Copy the folder keys/ again');
    await start();
    const [after] = await idsFor(terminal);
    expect(after).not.toBe(published[0]);
    await platform.close();
    await rename(keysFolder, join(folder.path, 'newer'));
    await cp(copy, keysFolder, { recursive: true });
    await refused(after ?? '?', 'old/');
  });

  it('starts with a key that was changed since the backup of its database', async () => {
    const copy = join(folder.path, 'copy');
    await cp(data, copy, { recursive: true });
    await keys('rotate');
    await keys('rotate');
    await start();
    const after = await idsFor(terminal);
    await platform.close();
    await rename(keysFolder, join(folder.path, 'newer'));
    await rm(data, { recursive: true });
    await cp(copy, data, { recursive: true });
    await rm(keysFolder, { recursive: true });
    await cp(join(folder.path, 'newer'), keysFolder, { recursive: true });
    await start();
    expect(await idsFor(terminal)).toEqual(after);
  });

  it.each(['is still set', 'is set no more'])(
    'makes what is lost for good anew when told, once, also where a policy %s',
    async (set) => {
      await rm(keysFolder, { recursive: true });
      const { policy, ...others } = testOptions(data);
      const options = set === 'is still set' && policy ? { ...others, policy } : others;
      const anew = await startPlatform({ ...options, newKeys: true });
      let { url } = anew;
      const fresh = await enrolTerminal(() => url, TEST_CODE, newTerminalKey());
      expect(fresh.enrolment.bundleRoot).not.toBe(terminal.enrolment.bundleRoot);
      const root = publicKeyOf(fresh.enrolment.bundleRoot);
      for (const kind of ['catalogue', 'keys', 'policy']) {
        const jws = await (await fresh.request(`/v1/bundles/${kind}`)).text();
        expect(root && isSignedBy(jws, root)).toBe(true);
      }
      await anew.close();
      await start();
      ({ url } = platform);
      const application = await sealApplication(fresh);
      expect((await deliver(fresh, application)).status).toBe(201);
      await platform.reviewed();
      const { body } = await platform.admin(`/items/${application.submissionId}`);
      expect(body).toMatchObject({ state: 'received', problems: [] });
    },
  );

  it('is not told to make keys anew while they are whole: a word that was left there is found out before they are away', async () => {
    const before = await filesOf();
    await expect(start({ newKeys: true })).rejects.toThrow('Take --new-keys away');
    expect(await filesOf()).toEqual(before);
    await start();
    expect(await idsFor(terminal)).toEqual(published);
  });

  it('says so on the command line, without a stack', async () => {
    await rm(join(keysFolder, 'recovery.age.txt'));
    const told = await exec(process.execPath, [join(SCRIPTS, 'platform.ts'), '--data', data], {
      // one that starts would never end
      timeout: 90_000,
    }).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(told).toMatchObject({ code: 2, stdout: '' });
    expect((told as { readonly stderr: string }).stderr).toContain('recovery.recipient.txt');
    expect((told as { readonly stderr: string }).stderr).not.toMatch(/^\s+at /m);
  });
});

it('a platform that never published makes what is missing', async () => {
  data = join(folder.path, 'other');
  keysFolder = join(data, 'keys');
  await start();
  await platform.close();
  const root = await readFile(join(keysFolder, 'bundle-root.pem'), 'utf8');
  await rm(join(keysFolder, 'recovery.age.txt'));
  await start();
  expect(await filesOf()).toContain('recovery.age.txt');
  expect(await readFile(join(keysFolder, 'bundle-root.pem'), 'utf8')).toBe(root);
});
