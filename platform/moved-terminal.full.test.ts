import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createSystemPorts, type SystemPorts } from '../main/core/adapters/system-ports.ts';
import { createDurableCore, type DurableCore } from '../main/core/durable.ts';
import { QUICK, submissionOf, until } from '../main/core/outbox/durable-bench.test-helper.ts';
import type { HttpRequest } from '../main/core/ports.ts';
import { importFolder } from '../scripts/import/import-folder.ts';
import {
  ONE_TIME_CODE,
  sealedFile,
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../tests/platform-kit/platform.ts';

// slow shared machines: nothing here depends on how long it takes
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let dataFolder: string;
let platform: TestPlatform;
let core: DurableCore;
let ports: SystemPorts | undefined;
/** Whether the line takes a request. */
let takes: (request: HttpRequest) => boolean;
/** Whether it brings the answer. */
let answers: (request: HttpRequest) => boolean;

beforeEach(async () => {
  folder = await temporaryFolder();
  dataFolder = join(folder.path, 'terminal');
  for (const each of ['terminal', 'stick']) await mkdir(join(folder.path, each), { mode: 0o700 });
  platform = await startTestPlatform(join(folder.path, 'platform'));
});
afterEach(async () => {
  await stop();
  await platform.close();
  await folder.remove();
});

const stop = async (): Promise<void> => {
  if (!ports) return;
  await core.stop();
  await ports.close();
  ports = undefined;
};

/** Starts the terminal on its data folder; it is done when somebody may use it. */
async function start(enrolmentCode: string, line: typeof takes = () => true): Promise<void> {
  takes = line;
  answers = () => true;
  const real = await createSystemPorts({
    dataFolder,
    platformUrl: platform.url,
    environment: 'demo',
  });
  ports = real;
  core = await createDurableCore(
    {
      ...real,
      network: {
        async request(request) {
          const cut = { ok: false, error: { kind: 'unreachable', detail: 'cut' } } as const;
          if (!takes(request)) return cut;
          const answer = await real.network.request(request);
          return answers(request) ? answer : cut;
        },
      },
    },
    { ...QUICK, enrolmentCode, requestDeadlineMs: 10_000, chunkBytes: 65_536 },
  );
  core.start();
  await until('taking', () => core.outbox.taking() === 'yes');
}

const submit = async (sizes?: readonly number[]) => {
  const done = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId(), sizes));
  if (!done.ok) throw new Error(done.error);
  return done.value;
};

/** As the technician's guide says: the key is moved away, and the terminal gets a code of the other place. */
const moveAway = async (): Promise<void> => {
  await stop();
  const key = join(dataFolder, 'keys', 'terminal.ed25519');
  await rename(key, join(folder.path, 'earlier.ed25519'));
};

const came = (receiptNumber: string, ...states: readonly string[]): Promise<void> =>
  until(states.join(' or '), () =>
    states.includes(core.outbox.find(receiptNumber)?.state ?? 'none'),
  );
const copies = async (submissionId: string): Promise<unknown> =>
  (await platform.admin(`/items/${submissionId}`)).body;

const archive = (): Promise<unknown> => platform.admin('/archive', { method: 'POST' });
const revoke = (terminalId: string): Promise<unknown> =>
  platform.admin(`/terminals/${terminalId}/revoke`, { method: 'POST' });

/** Rows of the platform's own database. */
const rows = (query: string): readonly Record<string, unknown>[] => {
  const database = new DatabaseSync(join(platform.dataDir, 'platform.sqlite'), { readOnly: true });
  try {
    return database.prepare(query).all();
  } finally {
    database.close();
  }
};
const chainOf = (terminalId: string) =>
  rows(
    `SELECT origin, signedThrough, badCheckpoint, lastSeq FROM auditChains WHERE terminalId = '${terminalId}'`,
  );

const EARLIER = '500151001001-g1';
const NOW = '500151001002-g1';
const isHandingOver = ({ path }: HttpRequest): boolean => path.startsWith('/v1/items/');

/** A terminal with two applications that wait, moved to another place; of one a part was sent. */
async function moved() {
  let chunks = 0;
  await start(TEST_CODE);
  takes = (request) => {
    if (request.method === 'PATCH') chunks += 1;
    return request.method === 'PATCH' ? chunks < 3 : !isHandingOver(request);
  };
  const begun = await submit([200_000]);
  await until('a part of it is there', () => chunks >= 3);
  takes = () => false;
  const waiting = [begun, await submit()] as const;
  await moveAway();
  return waiting;
}

async function copyToStick(): Promise<string> {
  const exported = await core.exportWaiting(join(folder.path, 'stick'));
  if (!exported.ok) throw new Error(exported.error);
  return exported.value.folder;
}
const importStick = async (stick: string, alsoRevoked = false) =>
  importFolder(stick, {
    platform: platform.url,
    token: (await readFile(platform.adminTokenFile, 'utf8')).trim(),
    alsoRevoked,
  });

test('a terminal that moves to another place: what waited arrives once, under the number of its receipt', async () => {
  const waiting = await moved();
  await start(ONE_TIME_CODE);
  expect(core.enrolment.current()?.terminalId).toBe(NOW);
  for (const { submissionId, receiptNumber, envelopeSha256, qr } of waiting) {
    await came(receiptNumber, 'received', 'held');
    expect(core.outbox.find(receiptNumber)).toMatchObject({ state: 'received' });
    const once = { copies: 1, conflicts: 0, receiptNumber, envelopeSha256 };
    expect(await copies(submissionId)).toMatchObject(once);
    expect(await core.verifyReceipt(qr)).toMatchObject({ signature: 'valid', item: 'arrived' });
    // the feed of the place where it stands now tells of it
    await until('case state', () => core.outbox.find(receiptNumber)?.caseState !== null);
  }
  expect(rows('SELECT DISTINCT terminalId FROM items')).toEqual([{ terminalId: EARLIER }]);
  const own = await submit();
  expect(own.receiptNumber.slice(0, 12)).toBe('500151001002');
  await came(own.receiptNumber, 'received');
  await archive();
  for (const { receiptNumber } of [...waiting, own]) await came(receiptNumber, 'archived');
});

test('the audit chain of a terminal that moved is whole: what the key of before signed is not told as odd', async () => {
  await moved();
  await start(ONE_TIME_CODE);
  await until('its chain', () => chainOf(NOW).length > 0);
  expect(core.problems().map(({ code }) => code)).not.toContain('auditChainBroken');
  await stop();
  // what it signed when it stopped
  await start(ONE_TIME_CODE);
  await until('signed by the key of now', () => Number(chainOf(NOW)[0]?.['signedThrough']) > 0);
  expect(chainOf(NOW)).toMatchObject([{ origin: 'first', badCheckpoint: null }]);
  const signers = rows(
    `SELECT DISTINCT substr(detail, 1, 8) AS keyId FROM auditEvents WHERE event = 'checkpoint' AND terminalId = '${NOW}'`,
  );
  expect(signers).toHaveLength(2);
});

test('nor is it where the enrolment was moved away with the key, and no directory is at hand before the terminal is enrolled', async () => {
  await moved();
  await rename(join(dataFolder, 'enrolment.json'), join(folder.path, 'earlier.json'));
  const problems = (): string[] => core.problems().map(({ code }) => code);
  await start(ONE_TIME_CODE);
  expect(problems()).not.toContain('auditChainBroken');
  await stop();
  // what it could not check then it checks now
  await start(ONE_TIME_CODE);
  expect(problems()).not.toContain('auditChainBroken');
  await stop();
  const index = new DatabaseSync(join(dataFolder, 'outbox', 'index.db'));
  const trigger = index
    .prepare("SELECT sql FROM sqlite_master WHERE name = 'audit_event_never_changes'")
    .get();
  index.exec('DROP TRIGGER audit_event_never_changes');
  index.exec("UPDATE audit_event SET detail = 'x' WHERE seq = 2");
  // an index of another shape would be made anew
  index.exec(String(trigger?.['sql']));
  index.close();
  await rm(join(dataFolder, 'enrolment.json'));
  await start(ONE_TIME_CODE);
  expect(problems()).toContain('auditChainBroken');
});

test('a terminal that moved and has no line: a stick takes what waited, and its report is right', async () => {
  const waiting = await moved();
  await start(ONE_TIME_CODE, (request) => !isHandingOver(request) && request.method !== 'PATCH');
  const report = await importStick(await copyToStick());
  expect(report).toMatchObject({
    items: [{ taken: true }, { taken: true }],
    chain: { state: 'whole', matching: 2, missing: [], differing: [], unknown: [] },
    complete: true,
  });
  takes = () => true;
  for (const { submissionId, receiptNumber } of waiting) {
    await came(receiptNumber, 'received');
    expect(await copies(submissionId)).toMatchObject({ copies: 1, conflicts: 0, receiptNumber });
  }
});

test('what an earlier key sealed that was revoked is held with a reason of its own, and a stick takes it when a person says so', async () => {
  const waiting = await moved();
  await revoke(EARLIER);
  await start(ONE_TIME_CODE);
  for (const { receiptNumber } of waiting) {
    await came(receiptNumber, 'received', 'held');
    expect(core.outbox.find(receiptNumber)).toMatchObject({
      state: 'held',
      heldFor: 'sealerRevoked',
    });
  }
  expect(rows('SELECT * FROM items')).toEqual([]);
  const own = await submit();
  await came(own.receiptNumber, 'received');
  const stick = await copyToStick();
  expect(await importStick(stick)).toMatchObject({
    items: [{ outcome: 'revoked' }, { outcome: 'revoked' }],
    chain: { state: 'whole', matching: 1 },
    complete: false,
  });
  expect(await importStick(stick, true)).toMatchObject({
    items: [{ taken: true }, { taken: true }],
    chain: { matching: 3, missing: [] },
    complete: true,
  });
  // nobody releases them: the terminal asks by their receipts, and the feed of this place tells of them, too
  for (const { receiptNumber } of waiting) {
    await came(receiptNumber, 'received');
    await until('case state', () => core.outbox.find(receiptNumber)?.caseState !== null);
  }
  expect(core.problems().map(({ code }) => code)).not.toContain('itemHeld');
  await archive();
  for (const { receiptNumber } of waiting) await came(receiptNumber, 'archived');
});

const paperOf = (submissionId: string): string =>
  sealedFile(
    platform.dataDir,
    'attachments',
    String(
      rows(`SELECT sha256 FROM itemAttachments WHERE submissionId = '${submissionId}'`)[0]?.[
        'sha256'
      ],
    ),
  );

test('what it brought and the platform lost since is asked of it where it stands now', async () => {
  const [item] = await moved();
  await start(ONE_TIME_CODE);
  await came(item.receiptNumber, 'received');
  await rm(paperOf(item.submissionId));
  await archive();
  await until('handed over once more', () => existsSync(paperOf(item.submissionId)));
  await came(item.receiptNumber, 'received');
  await archive();
  await came(item.receiptNumber, 'archived');
});

test('so is what the platform had received before it moved', async () => {
  await start(TEST_CODE);
  const item = await submit();
  await came(item.receiptNumber, 'received');
  await moveAway();
  await rm(paperOf(item.submissionId));
  await archive();
  await start(ONE_TIME_CODE);
  await until('handed over once more', () => existsSync(paperOf(item.submissionId)));
  await came(item.receiptNumber, 'received');
  await archive();
  await came(item.receiptNumber, 'archived');
});

test('what a clerk did with what the platform had, while its answer was lost and the terminal moved, is told where it stands now', async () => {
  await start(TEST_CODE);
  answers = (request) => !isHandingOver(request);
  const { submissionId, receiptNumber } = await submit();
  const its = `FROM items WHERE submissionId = '${submissionId}'`;
  await until('the platform has it', () => rows(`SELECT 1 ${its}`).length > 0);
  await moveAway();
  const database = new DatabaseSync(join(platform.dataDir, 'platform.sqlite'));
  database.exec(
    `BEGIN IMMEDIATE;
     INSERT INTO caseEvents (submissionId, place, receiptNumber, caseNumber, state, at, reasons)
       SELECT submissionId, place, receiptNumber, caseNumber, 'accepted', receivedAt, '[]' ${its};
     UPDATE items SET state = 'accepted' WHERE submissionId = '${submissionId}';
     COMMIT`,
  );
  database.close();
  await start(ONE_TIME_CODE, ({ path }) => !path.endsWith(submissionId));
  // of its own the feed tells, and is read past what was done there
  const own = await submit();
  const stateOf = (number: string) => core.outbox.find(number)?.caseState ?? null;
  await until('its own is told', () => stateOf(own.receiptNumber) !== null);
  takes = () => true;
  await came(receiptNumber, 'received');
  await until('so is that', () => stateOf(receiptNumber) === 'accepted');
});
