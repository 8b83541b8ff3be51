import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { cp, mkdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createSystemPorts } from '../../main/core/adapters/system-ports.ts';
import { createDurableCore } from '../../main/core/durable.ts';
import { QUICK, submissionOf, until } from '../../main/core/outbox/durable-bench.test-helper.ts';
import {
  sealedFile,
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../../tests/platform-kit/platform.ts';
import { importFolder, type ImportOptions } from './import-folder.ts';
import { reportWords } from './report-words.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: TestPlatform;
let token: string;
/** Written by a real terminal whose line was cut: three items. */
let stick: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  const dataFolder = join(folder.path, 'terminal');
  for (const each of ['terminal', 'stick']) await mkdir(join(folder.path, each), { mode: 0o700 });
  platform = await startTestPlatform(join(folder.path, 'platform'));
  token = (await readFile(platform.adminTokenFile, 'utf8')).trim();
  const ports = await createSystemPorts({
    dataFolder,
    platformUrl: platform.url,
    environment: 'demo',
  });
  let isCut = false;
  const core = await createDurableCore(
    {
      ...ports,
      network: {
        request: (request) =>
          isCut
            ? Promise.resolve({ ok: false, error: { kind: 'unreachable', detail: 'cut' } })
            : ports.network.request(request),
      },
    },
    { ...QUICK, enrolmentCode: TEST_CODE },
  );
  core.start();
  await until('taking', () => core.outbox.taking() === 'yes');
  isCut = true;
  for (let n = 0; n < 3; n += 1) {
    const done = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId()));
    if (!done.ok) throw new Error(done.error);
  }
  const exported = await core.exportWaiting(join(folder.path, 'stick'));
  if (!exported.ok) throw new Error(exported.error);
  stick = exported.value.folder;
  await core.stop();
  await ports.close();
});
afterAll(async () => {
  await platform.close();
  await folder.remove();
});

/** What was asked, `METHOD path`, and for how long it was rested, in their order. */
let asked: string[];
let rests: number[];
beforeEach(() => {
  asked = [];
  rests = [];
});
/** Brings the stick; `instead` stands on the line and may answer, throw, or let the request through. */
const bring = (
  instead: (what: string, count: number) => Response | undefined,
  from: string = stick,
) => {
  const send: ImportOptions['fetch'] = async (url, init) => {
    const what = `${init.method} ${url.pathname}`;
    asked.push(what);
    return instead(what, asked.length) ?? (await fetch(url, init));
  };
  const pause = (ms: number) => Promise.resolve(rests.push(ms));
  return importFolder(from, {
    platform: platform.url,
    token,
    alsoRevoked: false,
    fetch: send,
    pause,
  });
};
const dropped = (): never => {
  throw new TypeError('fetch failed');
};
const problem = (status: number, code: string) => () => Response.json({ code }, { status });
/** The attachment's hash and the envelope's of an item of the stick. */
async function filesOf(n: number): Promise<{ attachment: string; envelope: string }> {
  const manifest = JSON.parse(await readFile(join(stick, 'manifest.json'), 'utf8')) as {
    items: { envelopeSha256: string; attachments: { sha256: string }[] }[];
  };
  const item = manifest.items[n];
  const attachment = item?.attachments[0]?.sha256;
  if (item === undefined || attachment === undefined) throw new Error('no such item');
  return { attachment, envelope: item.envelopeSha256 };
}
const RUN_AGAIN =
  '没有做完，请把同一个文件夹再运行一次：已收的只算一次 / not finished: run it again with the same folder; what was taken counts once';

// the first here: the platform has nothing yet
test('an attachment that the stick has lost keeps an item out only until the platform has it, whichever way it came', async () => {
  const poor = join(folder.path, 'poor');
  await cp(stick, poor, { recursive: true });
  const [first, second] = [await filesOf(0), await filesOf(1)];
  await rm(join(poor, 'files', first.attachment));
  await writeFile(join(poor, 'files', second.attachment), 'not the sealed file');
  const report = await bring(() => undefined, poor);
  expect(report).toMatchObject({
    items: [{ outcome: 'fileMissing' }, { outcome: 'fileDamaged' }, { taken: true }],
    again: false,
    complete: false,
  });
  for (const { attachment } of [first, second]) {
    const { status } = await fetch(`${platform.url}/v1/admin/attachments/${attachment}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
      body: new Uint8Array(await readFile(join(stick, 'files', attachment))),
    });
    expect(status).toBe(200);
  }
  expect(await bring(() => undefined, poor)).toMatchObject({
    complete: true,
    chain: { matching: 3, missing: [] },
  });
  // nothing stands for the envelope itself
  await rm(join(poor, 'files', first.envelope));
  expect(await bring(() => undefined, poor)).toMatchObject({
    items: [{ taken: false, outcome: 'fileMissing' }, { taken: true }, { taken: true }],
    complete: false,
  });
});

test.each([
  ['was cut short', (file: string) => truncate(file, 100)],
  [
    'changed, its length the same',
    async (file: string) => {
      const bytes = await readFile(file);
      await writeFile(file, bytes.fill(1, bytes.length - 1));
    },
  ],
])(
  'a paper that %s on the platform is whole there again when the stick is called done, by the first import',
  async (_how, damage) => {
    await bring(() => undefined);
    const { attachment: name } = await filesOf(0);
    const file = sealedFile(join(folder.path, 'platform'), 'attachments', name);
    await damage(file);
    expect(await bring(() => undefined)).toMatchObject({ complete: true, again: false });
    expect(await readFile(file)).toEqual(await readFile(join(stick, 'files', name)));
  },
);

test('a line that drops for good in the middle: what was taken and what not is told, and to run it again', async () => {
  let isDown = false;
  const report = await bring((what) => {
    if (isDown) dropped();
    isDown = what.startsWith('PUT /v1/admin/items/');
    return undefined;
  });
  expect(report).toMatchObject({
    items: [{ taken: true }, { outcome: 'noAnswer' }, { taken: false, outcome: 'noAnswer' }],
    chain: { state: 'notCompared', answer: 'noAnswer' },
    again: true,
    complete: false,
  });
  // the second, then whether anything answers at all; the third is not tried
  const [second, ...more] = asked.slice(-8);
  expect(more).toEqual([
    ...Array<unknown>(3).fill(second),
    ...Array<string>(4).fill('GET /v1/admin/terminals'),
  ]);
  expect(reportWords(report).slice(3)).toEqual([
    '已收 1 件，未确认收到 2 件 / 1 taken, 2 not known to be taken',
    '没有对账：平台没有回答，请再运行一次 / not compared: the platform did not answer; run it again',
    RUN_AGAIN,
  ]);
  const again = await bring(() => undefined);
  expect(again).toMatchObject({ complete: true, again: false, chain: { matching: 3 } });
  expect(again.items[0]).toEqual(report.items[0]);
  expect(reportWords(again).slice(3)).toEqual([
    '对账 / reconciliation: 3 一致 matching, 0 未到 missing, 0 号码不同 differing, 0 终端无记录 unknown to the terminal',
  ]);
});

const STICK_GONE =
  '读不到 U 盘了，可能被拔下了；什么也没有丢。请插好 U 盘，再运行同一条命令 / the stick is gone, it may have been pulled; nothing is lost. Plug it in and run the same import again';
/** A copy of the stick under a name of its own, plugged in; pulled it lies elsewhere. */
async function copyOfStick(name: string) {
  const at = join(folder.path, name);
  await cp(stick, at, { recursive: true });
  return {
    at,
    pull: () => renameSync(at, `${at}-pulled`),
    plugIn: () => rename(`${at}-pulled`, at),
  };
}
const isItem = (what: string): boolean => what.startsWith('PUT /v1/admin/items/');

test('a stick that is pulled in the middle is told as that, with the word to run it again, and the rest is not tried', async () => {
  const { at, pull, plugIn } = await copyOfStick('pulled');
  const report = await bring((what) => {
    if (isItem(what)) pull();
    return undefined;
  }, at);
  expect(report).toMatchObject({
    items: [{ taken: true }, { outcome: 'stickGone' }, { taken: false, outcome: 'stickGone' }],
    chain: { state: 'stickGone' },
    again: true,
    complete: false,
  });
  expect(asked.filter(isItem)).toHaveLength(1);
  expect(isItem(asked.at(-1) ?? '')).toBe(true);
  expect(reportWords(report).slice(3)).toEqual([
    '已收 1 件，未确认收到 2 件 / 1 taken, 2 not known to be taken',
    '没有对账 / not compared: stickGone',
    STICK_GONE,
    RUN_AGAIN,
  ]);
  // still out, it is asked for, and nothing is to be copied anew
  await expect(bring(() => undefined, at)).rejects.toThrow('plug the stick in first');
  await plugIn();
  expect(await bring(() => undefined, at)).toMatchObject({ complete: true, again: false });
});

test('a stick that is pulled before the comparison says nothing of the chain', async () => {
  const { at, pull, plugIn } = await copyOfStick('pulled-late');
  const report = await bring((what) => {
    if (isItem(what) && asked.filter(isItem).length === 3) pull();
    return undefined;
  }, at);
  expect(report.items.map(({ taken }) => taken)).toEqual([true, true, true]);
  expect(report).toMatchObject({ chain: { state: 'stickGone' }, again: true, complete: false });
  expect(reportWords(report).slice(3)).toEqual([
    '没有对账 / not compared: stickGone',
    STICK_GONE,
    RUN_AGAIN,
  ]);
  await plugIn();
  expect(await bring(() => undefined, at)).toMatchObject({ complete: true, again: false });
});

test('another stick in its place is not it', async () => {
  const { at, pull } = await copyOfStick('changed');
  const report = await bring((what) => {
    if (!isItem(what)) return undefined;
    pull();
    mkdirSync(at);
    writeFileSync(join(at, 'manifest.json'), '{}');
    return undefined;
  }, at);
  expect(report).toMatchObject({ items: [{}, { outcome: 'stickGone' }, {}], again: true });
});

test('a stick that is there and gives errors is told so, and the others are brought', async () => {
  const { at } = await copyOfStick('failing');
  const { envelope } = await filesOf(1);
  for (const name of [join('files', envelope), 'audit.jsonl']) {
    await rm(join(at, name));
    // reading a folder as a file is an error of the system, and no file that is missing
    await mkdir(join(at, name));
  }
  const report = await bring(() => undefined, at);
  expect(report).toMatchObject({
    items: [{ taken: true }, { taken: false, outcome: 'stickFails' }, { taken: true }],
    chain: { state: 'stickFails' },
    again: true,
    complete: false,
  });
  expect(reportWords(report).slice(-2)).toEqual([
    expect.stringMatching(/^从 U 盘读不出来.*the stick gives errors; nothing is lost/),
    RUN_AGAIN,
  ]);
});

test('a line that drops for a while ends nothing', async () => {
  const report = await bring((_what, count) => (count >= 2 && count <= 4 ? dropped() : undefined));
  expect(report).toMatchObject({ complete: true, again: false });
  expect(rests).toEqual([1000, 2000, 4000]);
});

test('a platform that is not trusted is asked once, and it is told why and what to do', async () => {
  const cause = Object.assign(new Error('self-signed'), { code: 'SELF_SIGNED_CERT_IN_CHAIN' });
  let whenTaken = 0;
  const report = await bring((what, count) => {
    if (whenTaken > 0) throw new TypeError('fetch failed', { cause });
    if (what.startsWith('PUT /v1/admin/items/')) whenTaken = count;
    return undefined;
  });
  expect(asked).toHaveLength(whenTaken + 1);
  expect(rests).toEqual([]);
  expect(report).toMatchObject({
    items: [{ taken: true }, { outcome: 'notTrusted' }, { taken: false, outcome: 'notTrusted' }],
    chain: { state: 'notCompared', answer: { notTrusted: 'SELF_SIGNED_CERT_IN_CHAIN' } },
    again: false,
    complete: false,
  });
  const words = reportWords(report).slice(3);
  expect(words[0]).toBe('已收 1 件，未确认收到 2 件 / 1 taken, 2 not known to be taken');
  expect(words[1]).toBe(
    "没有对账：平台的证书核对不过（SELF_SIGNED_CERT_IN_CHAIN），什么也没有发给它 / not compared: the platform's certificate did not pass (SELF_SIGNED_CERT_IN_CHAIN); nothing was sent to it",
  );
  expect(words[2]).toMatch(/--platform-ca .*改好再运行.*--platform-ca FILE.*then run it again/);
  expect(words).toHaveLength(3);
});

test('what answers without TLS is told as that, not as a certificate', async () => {
  const cause = Object.assign(new Error('no TLS'), { code: 'ERR_SSL_WRONG_VERSION_NUMBER' });
  const report = await bring(() => {
    throw new TypeError('fetch failed', { cause });
  });
  expect(report).toMatchObject({ again: false, complete: false });
  expect(reportWords(report).slice(4)).toEqual([
    '没有对账：那里答的不是 https（ERR_SSL_WRONG_VERSION_NUMBER） / not compared: what answered there is not https (ERR_SSL_WRONG_VERSION_NUMBER)',
    expect.stringMatching(/看 --platform 的网址和端口.*see --platform's address and port/),
  ]);
});

test('an item that the line takes in no way keeps no other back', async () => {
  let bad = '';
  const report = await bring((what, count) => {
    if (count === 1) bad = what;
    return what === bad ? dropped() : undefined;
  });
  expect(report.items.map(({ taken }) => taken)).toEqual([false, true, true]);
  expect(report).toMatchObject({ again: true, complete: false, chain: { state: 'whole' } });
});

test.each([
  ['GET', 500, 'internal'],
  ['GET', 503, 'internal'],
  ['GET', 429, 'slowDown'],
  ['POST', 500, 'internal'],
  ['POST', 429, 'slowDown'],
])(
  'a platform that fails at %s (%i) is told as one that failed, not as a chain that does not hold',
  async (method, status, code) => {
    const fails = problem(status, code);
    const report = await bring((what) => (what.startsWith(method) ? fails() : undefined));
    expect(report).toMatchObject({
      chain: { state: 'notCompared', answer: status },
      again: true,
      complete: false,
    });
    expect(reportWords(report).slice(3)).toEqual([
      `没有对账：平台没有照常回答（${status}），请再运行一次 / not compared: the platform did not answer as it should (${status}); run it again`,
      RUN_AGAIN,
    ]);
  },
);

test.each([
  ['a refusal', problem(401, 'unauthorised'), 401],
  ['a page', () => new Response('<html>'), 200],
])('%s in the place of the terminals is no word of them', async (_what, answer, status) => {
  const report = await bring((what) => (what.startsWith('GET') ? answer() : undefined));
  expect(report).toMatchObject({ chain: { state: 'notCompared', answer: status }, again: false });
  expect(reportWords(report).at(-1)).toBe(
    `没有对账：平台没有照常回答（${status}） / not compared: the platform did not answer as it should (${status})`,
  );
});

test('a platform that fails at an item is asked for the others, and it is told to run it again', async () => {
  const report = await bring((_what, count) =>
    count === 1 ? problem(503, 'internal')() : undefined,
  );
  expect(report.items.map(({ taken }) => taken)).toEqual([false, true, true]);
  expect(report).toMatchObject({ items: [{ outcome: 'internal' }, {}, {}], again: true });
  expect(reportWords(report).at(-1)).toBe(RUN_AGAIN);
});

test('only a platform that tells its terminals, without this one, does not know it', async () => {
  const report = await bring((what) =>
    what.startsWith('GET') ? Response.json({ terminals: [] }) : undefined,
  );
  expect(report).toMatchObject({ chain: { state: 'unknownTerminal' }, again: false });
  expect(reportWords(report).at(-1)).toBe(
    '审计链有问题 / the audit chain does not hold: unknownTerminal',
  );
});

test.each([
  ['had and lost, which is missing and named', { missing: ['2'], lost: ['2'] }, '后来丢了'],
  ['gave up', { givenUp: ['2'] }, '丢失了一部分'],
])('nothing is complete with what the platform %s', async (_what, names, words) => {
  const named = (numbers: readonly string[]) =>
    numbers.map((receiptNumber) => ({ submissionId: receiptNumber, receiptNumber }));
  const answer = (said: Readonly<Record<string, readonly string[]>>) => () =>
    Response.json({
      ...{ matching: 2, missing: [], differing: [], unknown: [] },
      ...Object.fromEntries(Object.entries(said).map(([name, each]) => [name, named(each)])),
    });
  const compared = (instead: () => Response) =>
    bring((what) => (what.endsWith('/reconciliations') ? instead() : undefined));
  expect(await compared(answer({}))).toMatchObject({ complete: true });
  const report = await compared(answer(names));
  expect(report).toMatchObject({ complete: false, chain: { state: 'whole', ...names } });
  const told = reportWords(report).filter((line) => line.endsWith(': 2'));
  expect(told).toHaveLength(1);
  expect(told[0]).toContain(words);
});
