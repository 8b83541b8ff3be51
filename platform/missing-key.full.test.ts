import { execFile } from 'node:child_process';
import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { deliver, sealApplication } from '../tests/platform-kit/application.ts';
import { openBrowser } from '../tests/platform-kit/browser.ts';
import { temporaryFolder, TEST_CODE, testOptions } from '../tests/platform-kit/platform.ts';
import { enrolTerminal, type TestTerminal } from '../tests/platform-kit/terminal.ts';
import { assemblePlatform, type AssembledPlatform } from './main.ts';

const exec = promisify(execFile);
const SCRIPT = join(import.meta.dirname, '..', 'scripts', 'keys.ts');
const ROLES = ['operator', 'clerk'] as const;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let data: string;
let platform: AssembledPlatform;
let terminal: TestTerminal;
let url = '';
let logged: string[];

async function start(): Promise<void> {
  logged = [];
  const options = {
    ...testOptions(data),
    reviewLullMs: 0,
    users: ROLES.map((role) => ({ name: role, role, password: `${role}-test-password` })),
    log: pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) }),
  };
  platform = await assemblePlatform(options, () => url);
  url = await platform.app.listen({ port: 0, host: '127.0.0.1' });
  platform.context.review.poke();
  await platform.context.review.idle();
}
const itemOf = async (submissionId: string) => {
  const item = await platform.context.storage.items.find(submissionId);
  return item && { ...item, reviewed: item.reviewedAt !== null };
};
async function terminalsPage(role: (typeof ROLES)[number]): Promise<string> {
  const browser = openBrowser(url);
  await browser.login(role, `${role}-test-password`);
  return (await browser.get('/console/terminals')).text();
}
async function receive(application: Awaited<ReturnType<typeof sealApplication>>) {
  expect((await deliver(terminal, application)).status).toBe(201);
  await platform.context.review.idle();
}

beforeEach(async () => {
  folder = await temporaryFolder();
  data = join(folder.path, 'platform');
  await start();
  terminal = await enrolTerminal(() => url, TEST_CODE);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await platform.close();
  await folder.remove();
});

it('an item whose key is away for a while waits for it, is told to the operator, and holds nothing up', async () => {
  const late = await sealApplication(terminal);
  await platform.close();
  await exec(process.execPath, [SCRIPT, 'rotate', '--data', data]);
  await start();
  // terminals are told of the new key: from now on the old one can be put into the safe
  expect((await terminal.request('/v1/bundles/keys')).status).toBe(200);
  await platform.close();
  const [old, safe] = [join(data, 'keys', 'old'), join(folder.path, 'safe')];
  await rename(old, safe);
  await mkdir(old);
  await start();

  await receive(late);
  const waiting = { state: 'received', problems: [], reviewed: false };
  expect(await itemOf(late.submissionId)).toMatchObject(waiting);
  const next = await sealApplication(terminal, { sequence: 2 });
  await receive(next);
  expect(await itemOf(next.submissionId)).toMatchObject({ ...waiting, reviewed: true });
  // what was known of it is not asked again with each item that comes
  expect(logged.filter((line) => line.includes('no key in keys/'))).toHaveLength(1);
  expect(await terminalsPage('operator')).toContain('data-no-key="1"');
  expect(await terminalsPage('clerk')).not.toContain('data-no-key');
  const number = (await itemOf(late.submissionId))?.caseNumber ?? '';
  const browser = openBrowser(url);
  await browser.login('clerk', 'clerk-test-password');
  expect(await (await browser.get(`/console/cases/${number}`)).text()).toContain('密钥');

  // a start does not change it while the key is away
  await platform.close();
  await start();
  expect(await itemOf(late.submissionId)).toMatchObject(waiting);
  await platform.close();
  for (const name of await readdir(safe)) await rename(join(safe, name), join(old, name));
  await start();
  expect(await itemOf(late.submissionId)).toMatchObject({ ...waiting, reviewed: true });
  expect(await terminalsPage('operator')).not.toContain('data-no-key');
});

const flipLast = (sealed: Uint8Array): Buffer => {
  const bytes = Buffer.from(sealed);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes;
};

it.each(['envelopes', 'attachments'] as const)(
  'an item whose %s came damaged is called wrong at once: no key would open them',
  async (store) => {
    const application = await sealApplication(terminal, {
      changeSealed: (sealed, of) => (of === store ? flipLast(sealed) : sealed),
    });
    await receive(application);
    const item = await itemOf(application.submissionId);
    expect(item).toMatchObject({ state: 'invalid', reviewed: true });
    const problem = store === 'envelopes' ? 'cannotOpen' : 'attachment:cannotOpen';
    expect(item?.problems).toContain(problem);
    expect(platform.context.review.withoutKey()).toBe(0);
  },
);

it.each(['envelopes', 'attachments'] as const)(
  'an item whose %s were damaged here is not called wrong for it, nor said to lack a key',
  async (store) => {
    const files = platform.context[store];
    const read = files.read.bind(files);
    vi.spyOn(files, 'read').mockImplementation(async (sha256) => flipLast(await read(sha256)));
    const application = await sealApplication(terminal);
    await receive(application);
    const waiting = { state: 'received', problems: [], reviewed: false };
    expect(await itemOf(application.submissionId)).toMatchObject(waiting);
    expect(platform.context.review.withoutKey()).toBe(0);
    vi.restoreAllMocks();
    platform.context.review.poke();
    await platform.context.review.idle();
    expect(await itemOf(application.submissionId)).toMatchObject({ ...waiting, reviewed: true });
  },
);

it('what an attachment was sealed to may be away, too', async () => {
  const { Encrypter, generateX25519Identity, identityToRecipient } = await import('age-encryption');
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(await generateX25519Identity()));
  const application = await sealApplication(terminal, {
    changeSealed: (sealed, of) =>
      of === 'attachments' ? encrypter.encrypt(`a page ${sealed.length}`) : sealed,
  });
  await receive(application);
  const item = await itemOf(application.submissionId);
  expect(item).toMatchObject({ state: 'received', problems: [], reviewed: false });
  expect(platform.context.review.withoutKey()).toBe(1);
});
