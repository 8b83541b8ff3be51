import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  deliver,
  sealApplication,
  type SealedApplication,
} from '../../tests/platform-kit/application.ts';
import {
  flipInEnvelope,
  sealedFile,
  spoilEnvelope,
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../../tests/platform-kit/platform.ts';
import { enrolTerminal, sha256, type TestTerminal } from '../../tests/platform-kit/terminal.ts';

const HOUR = 3_600_000;
const MONDAY = Date.parse('2026-11-02T00:00:00.000Z');
const TUESDAY = MONDAY + 24 * HOUR;
/** When the stick was written. */
const WRITTEN = MONDAY + 12 * HOUR;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: TestPlatform;
let terminal: TestTerminal | undefined;
let wall = MONDAY;

beforeAll(async () => {
  folder = await temporaryFolder();
  platform = await startTestPlatform(folder.path, { now: () => wall });
});
afterAll(async () => {
  await platform.close();
  await folder.remove();
});

/** An item that the terminal sealed at one time by its clock and the platform received at another by its own. */
const item = async (sealed: number, received: number) => {
  wall = received;
  terminal = await enrolTerminal(
    () => platform.url,
    TEST_CODE,
    terminal?.key,
    () => wall,
  );
  const application = await sealApplication(terminal, { createdAt: new Date(sealed) });
  expect((await deliver(terminal, application)).status).toBe(201);
  const { submissionId, receiptNumber } = application;
  return { submissionId, receiptNumber };
};

const paperOf = ({ attachments: [paper = Buffer.alloc(0)] }: SealedApplication): string =>
  sealedFile(platform.dataDir, 'attachments', sha256(paper));

interface Said {
  readonly since: string;
  readonly until?: string | undefined;
  readonly stored: readonly object[];
}
/** What the platform says of what a terminal says that it stored. */
const compared = async (terminalId: string | undefined, said: Said) => {
  const { status, body } = await platform.admin(`/terminals/${terminalId ?? ''}/reconciliations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(said),
  });
  expect(status).toBe(200);
  return body;
};

test('only what was sealed and received before the chain ends can be unknown to the terminal', async () => {
  const ofTheChain = await item(MONDAY + HOUR, MONDAY + HOUR);
  const ofAClone = await item(MONDAY + 2 * HOUR, MONDAY + 3 * HOUR);
  const inTheLastMoment = await item(WRITTEN, WRITTEN);
  // its clock was ahead, and was set right before the stick was written
  const sealedAhead = await item(WRITTEN + HOUR, WRITTEN - HOUR);
  const ofTheNextDay = await item(TUESDAY, TUESDAY);
  const clockSetBack = await item(MONDAY + 11 * HOUR, TUESDAY + HOUR);
  const compare = (until?: string) =>
    compared(terminal?.enrolment.terminalId, {
      since: new Date(MONDAY).toISOString(),
      until,
      stored: [ofTheChain],
    });
  const rest = { matching: 1, missing: [], differing: [] };
  expect(await compare(new Date(WRITTEN).toISOString())).toEqual({
    ...rest,
    unknown: [ofAClone, inTheLastMoment],
  });
  // a chain that says nothing of its end is compared with everything
  expect(await compare()).toEqual({
    ...rest,
    unknown: [ofAClone, inTheLastMoment, sealedAhead, ofTheNextDay, clockSetBack],
  });
});

test.each(['envelope', 'paper'])(
  'of what the platform lost the %s of it says that it misses it, until it is there again',
  async (what) => {
    const its = await enrolTerminal(
      () => platform.url,
      TEST_CODE,
      terminal?.key,
      () => wall,
    );
    const application = await sealApplication(its, { createdAt: new Date(wall) });
    expect((await deliver(its, application)).status).toBe(201);
    const paper = application.attachments[0] ?? Buffer.alloc(0);
    if (what === 'envelope') spoilEnvelope(platform.dataDir, application.envelopeSha256);
    else await rm(sealedFile(platform.dataDir, 'attachments', sha256(paper)));
    expect((await platform.admin('/archive', { method: 'POST' })).body).toMatchObject({
      trouble: 'filesLost',
    });
    const stored = [
      { submissionId: application.submissionId, receiptNumber: application.receiptNumber },
    ];
    const since = new Date(wall + HOUR).toISOString();
    const compare = () => compared(its.enrolment.terminalId, { since, stored });
    const rest = { differing: [], unknown: [] };
    expect(await compare()).toEqual({ ...rest, matching: 0, missing: stored, lost: stored });
    if (what === 'paper') await its.upload(paper);
    expect((await deliver(its, application)).status).toBe(201);
    expect(await compare()).toEqual({ ...rest, matching: 1, missing: [] });
  },
);

test.each<readonly [string, (its: SealedApplication) => Promise<void> | void]>([
  [
    'an envelope that is gone',
    (its) => {
      spoilEnvelope(platform.dataDir, its.envelopeSha256);
    },
  ],
  [
    'an envelope of which a bit flipped',
    (its) => {
      flipInEnvelope(platform.dataDir, its.envelopeSha256);
    },
  ],
  ['a paper that is gone', (its) => rm(paperOf(its))],
  ['a paper that was cut short', (its) => truncate(paperOf(its), 10)],
  [
    'a paper that has other bytes',
    async (its) => {
      const bytes = await readFile(paperOf(its));
      await writeFile(paperOf(its), bytes.fill(1, bytes.length - 1));
    },
  ],
])('%s, lost without a pass of the archive that found it: it misses it', async (_what, lose) => {
  const its = await enrolTerminal(
    () => platform.url,
    TEST_CODE,
    terminal?.key,
    () => wall,
  );
  const [whole, spoilt] = [await sealApplication(its), await sealApplication(its)];
  for (const each of [whole, spoilt]) expect((await deliver(its, each)).status).toBe(201);
  const named = ({ submissionId, receiptNumber }: SealedApplication) => ({
    submissionId,
    receiptNumber,
  });
  const stored = [named(whole), named(spoilt)];
  const since = new Date(Date.now() + HOUR).toISOString();
  const compare = () => compared(its.enrolment.terminalId, { since, stored });
  const rest = { differing: [], unknown: [] };
  expect(await compare()).toEqual({ ...rest, matching: 2, missing: [] });
  await lose(spoilt);
  const lost = [named(spoilt)];
  expect(await compare()).toEqual({ ...rest, matching: 1, missing: lost, lost });
  for (const paper of spoilt.attachments) await its.upload(paper);
  expect((await deliver(its, spoilt)).status).toBe(201);
  expect(await compare()).toEqual({ ...rest, matching: 2, missing: [] });
});
