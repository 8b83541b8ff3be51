import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LEAST_AUDIT_DAYS } from '../../domain/wire/audit.ts';
import { createAuditChain } from '../../main/core/audit/chain.ts';
import { openIndex } from '../../main/core/storage/index-db.ts';
import {
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../platform-kit/platform.ts';
import { enrolTerminal } from '../platform-kit/terminal.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const BEGUN = Date.parse('2026-11-24T02:00:00.000Z');
let now = BEGUN;
/** What no one can set. */
let uptime = 0;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: TestPlatform;

const start = async (): Promise<void> => {
  platform = await startTestPlatform(join(folder.path, 'platform'), {
    auditDays: LEAST_AUDIT_DAYS,
    now: () => now,
    uptime: () => uptime,
  });
};
beforeEach(async () => {
  [now, uptime] = [BEGUN, 0];
  folder = await temporaryFolder();
  await start();
});
afterEach(async () => {
  await platform.close();
  await folder.remove();
});

let machines = 0;

/** Another terminal sends a chain of some events. @returns its id */
async function chainOf(length: number): Promise<string> {
  const { db } = openIndex(join(folder.path, `index-${machines++}.db`), now);
  const clock = { wall: () => now, now: () => now, after: () => () => undefined };
  const chain = createAuditChain(db, clock);
  for (let n = 0; n < length; n += 1) chain.record('coreStarted');
  const events = chain.rows();
  db.close();
  const terminal = await enrolTerminal(
    () => platform.url,
    TEST_CODE,
    undefined,
    () => now,
  );
  const answer = await terminal.request('/v1/audit/events', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ events, begins: true }),
  });
  expect(answer.status).toBe(201);
  return terminal.enrolment.terminalId;
}

/** How many events of a terminal lie in the database. */
function held(terminalId: string): number {
  const database = new DatabaseSync(join(platform.dataDir, 'platform.sqlite'), { readOnly: true });
  try {
    const counting = 'SELECT count(*) AS n FROM auditEvents WHERE terminalId = ?';
    return Number(database.prepare(counting).get(terminalId)?.['n']);
  } finally {
    database.close();
  }
}

/** Time goes on, by every clock. */
const pass = (ms: number): void => {
  now += ms;
  uptime += ms;
};

test('a clock that jumps years ahead, and back, takes no event with it, at a start neither', async () => {
  const first = await chainOf(20);
  pass(HOUR);
  const second = await chainOf(3);
  const right = now;
  now += 5 * 365 * DAY;
  uptime += HOUR;
  await chainOf(1);
  await platform.close();
  await start();
  uptime += HOUR;
  await chainOf(1);
  now = right;
  uptime += HOUR;
  await chainOf(1);
  expect([held(first), held(second)]).toEqual([20, 3]);
});

test('what came under a clock that was years behind stays when it is set right', async () => {
  now = Date.parse('2021-01-01T00:00:00.000Z');
  const first = await chainOf(5);
  pass(HOUR);
  await chainOf(1);
  now = BEGUN;
  uptime += HOUR;
  await chainOf(1);
  expect(held(first)).toBe(5);
});

test('events go when the platform has run for their days since they came, and not before, however often it was started', async () => {
  const first = await chainOf(4);
  pass(HOUR);
  const second = await chainOf(3);
  pass(DAY);
  const third = await chainOf(2);
  pass((LEAST_AUDIT_DAYS - 2) * DAY);
  await chainOf(1);
  await platform.close();
  // a month in which it is switched off counts for nobody
  now += 30 * DAY;
  await start();
  pass(DAY - HOUR);
  await chainOf(1);
  expect([held(first), held(second), held(third)]).toEqual([4, 3, 2]);
  pass(HOUR);
  await chainOf(1);
  expect([held(first), held(second), held(third)]).toEqual([0, 0, 2]);
  pass(DAY);
  await chainOf(1);
  expect(held(third)).toBe(0);
});
