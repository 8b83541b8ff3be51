import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSystemPorts, type SystemPorts } from '../../main/core/adapters/system-ports.ts';
import { createDurableCore, type DurableCore } from '../../main/core/durable.ts';
import type { StoredItem } from '../../main/core/outbox/contract.ts';
import { submissionOf, until } from '../../main/core/outbox/durable-bench.test-helper.ts';
import type { Network } from '../../main/core/ports.ts';
import { openBrowser } from '../platform-kit/browser.ts';
import { checkInvariants, readPlatform, readTerminal } from '../invariants/index.ts';
import {
  flipInEnvelope,
  sealedFile,
  spoilEnvelope,
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../platform-kit/platform.ts';

const OPERATOR = {
  name: 'operator',
  role: 'operator',
  password: 'operator-test-password',
} as const;

/** Files that vanish or change on the platform's own disk while its database survives: real disks, a real platform. */

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: TestPlatform;
let opened: { readonly core: DurableCore; readonly ports: SystemPorts } | undefined;

beforeEach(async () => {
  folder = await temporaryFolder();
  platform = await startTestPlatform(join(folder.path, 'platform'), { users: [OPERATOR] });
});
const shut = async (): Promise<void> => {
  await opened?.core.stop();
  await opened?.ports.close();
  opened = undefined;
};
afterEach(async () => {
  await shut();
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
    const paper = sealedFile(platform.dataDir, 'attachments', name);
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

test('an item whose envelope both have lost is held, and a technician is told', async () => {
  const core = await open();
  const [lost, other] = [await store(core), await store(core)];
  const stateOf = ({ receiptNumber }: StoredItem) => core.outbox.find(receiptNumber)?.state;
  await until('received', () => [lost, other].every((item) => stateOf(item) === 'received'));
  await platform.reviewed();
  await rm(join(data(), 'outbox', 'blobs', lost.envelopeSha256));
  spoilEnvelope(platform.dataDir, lost.envelopeSha256);
  expect(await archive()).toMatchObject({ kind: 'failed', trouble: 'filesLost' });
  await until('held', () => stateOf(lost) === 'held');
  expect(core.problems().map(({ code }) => code)).toContain('itemHeld');
  expect(stateOf(other)).toBe('received');
}, 180_000);

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

/** A file of the second of three items is lost while their terminal is away, and an operator gives it up. */
async function givenUp(what: 'paper' | 'envelope'): Promise<{
  readonly items: readonly StoredItem[];
  readonly harmed: StoredItem;
  readonly paper: string;
}> {
  const core = await open();
  const items = [await store(core), await store(core), await store(core)];
  await until('received', () =>
    items.every(({ receiptNumber }) => core.outbox.find(receiptNumber)?.state === 'received'),
  );
  await platform.reviewed();
  await shut();
  const harmed = items[1]!;
  const { attachments } = readTerminal(data()).items.find(
    ({ submissionId }) => submissionId === harmed.submissionId,
  )!;
  const paper = attachments[1]!.sha256;
  if (what === 'envelope') spoilEnvelope(platform.dataDir, harmed.envelopeSha256);
  else await rm(join(platform.dataDir, 'attachments', paper.slice(0, 2), paper));
  expect(await archive()).toMatchObject({ kind: 'failed', trouble: 'filesLost' });
  const browser = openBrowser(platform.url);
  await browser.login(OPERATOR.name, OPERATOR.password);
  const fields = { submissionId: harmed.submissionId, cause: 'terminalDestroyed' };
  await browser.post('/console/terminals', '/console/archive/give-up', fields);
  expect(await archive()).toMatchObject({ kind: 'archived' });
  return { items, harmed, paper };
}

test('a terminal that comes back after what it holds was given up keeps the last copy, hands it in, and lets go of it only once it is archived', async () => {
  const { items, harmed, paper } = await givenUp('paper');
  const others = items.filter((item) => item !== harmed);
  const core = await open();
  const stateOf = ({ receiptNumber }: StoredItem): string | undefined =>
    core.outbox.find(receiptNumber)?.state;
  const kept = (): boolean => {
    const terminal = readTerminal(data());
    const row = terminal.items.find(({ submissionId }) => submissionId === harmed.submissionId)!;
    return (
      !row.ciphertextDeleted &&
      terminal.holds(harmed.envelopeSha256) &&
      row.attachments.every(({ sha256 }) => terminal.holds(sha256))
    );
  };
  // the watermark that it reads stands above all three
  await until('the others archived', () => others.every((item) => stateOf(item) === 'archived'));
  await until('handed in once more', () =>
    readPlatform(platform.dataDir).holds('attachments', paper),
  );
  await until('received', () => stateOf(harmed) === 'received');
  // what the feed told of the second came in a later round than what it told of the first: that one is over
  const later: StoredItem[] = [];
  for (const _ of [1, 2]) {
    const item = await store(core);
    later.push(item);
    await until('heard of', () =>
      core.outbox.list().some((each) => each.submissionId === item.submissionId && each.caseState),
    );
  }
  expect([stateOf(harmed), kept()]).toEqual(['received', true]);
  expect(readPlatform(platform.dataDir).archives('attachments', paper)).toBe(false);
  expect(await archive()).toMatchObject({ kind: 'archived' });
  expect(readPlatform(platform.dataDir).archives('attachments', paper)).toBe(true);
  await until('given up', () =>
    readTerminal(data()).items.every(({ ciphertextDeleted }) => ciphertextDeleted),
  );
  const violations = checkInvariants({
    terminals: [readTerminal(data())],
    platform: readPlatform(platform.dataDir),
    witness: { printed: [...items, ...later], shown: [], people: ['张测试'] },
    settled: true,
  });
  expect(violations).toEqual([]);
}, 180_000);

test.each(['paper', 'envelope'] as const)(
  'a terminal whose own envelope is damaged gives nothing up of an item of which the %s was given up',
  async (what) => {
    const { items, harmed, paper } = await givenUp(what);
    const blob = join(data(), 'outbox', 'blobs', harmed.envelopeSha256);
    const bytes = await readFile(blob);
    await writeFile(blob, bytes.fill(1, bytes.length - 20));
    const core = await open();
    const stateOf = ({ receiptNumber }: StoredItem): string | undefined =>
      core.outbox.find(receiptNumber)?.state;
    await until('the others archived', () =>
      items.every((item) => item === harmed || stateOf(item) === 'archived'),
    );
    await until('held', () => stateOf(harmed) === 'held');
    expect(readTerminal(data()).holds(paper)).toBe(true);
  },
  180_000,
);
