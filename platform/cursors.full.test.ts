import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Feed, FeedEvent } from '../domain/wire/platform.ts';
import { deliver, sealApplication } from '../tests/platform-kit/application.ts';
import {
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../tests/platform-kit/platform.ts';
import { enrolTerminal, type TestTerminal } from '../tests/platform-kit/terminal.ts';
import { beginCursors, drawLeap } from './cursors.ts';
import type { PlatformStorage } from './storage/port.ts';
import { openSqliteStorage } from './storage/sqlite/sqlite-storage.ts';

const DAY = 24 * 60 * 60 * 1000;
const NOON = Date.UTC(2026, 11, 1, 4);

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

it('cursors begin where the clock is, or above what is known by a leap that differs, and a clock that is behind is told', async () => {
  const storage = openSqliteStorage(join(folder.path, 'platform.sqlite'));
  const told: string[] = [];
  const log = pino({}, { write: (line: string) => told.push(line) });
  const next = async (at: number): Promise<number> => {
    const { answer } = await receiveOne(storage, at);
    return answer.cursor;
  };
  await beginCursors(storage.items, NOON, log);
  const first = await next(NOON);
  expect(await next(NOON)).toBe(first + 1);
  await beginCursors(storage.items, NOON + DAY, log);
  expect(await next(NOON + DAY)).toBe(first + DAY / 10);
  // as many were given as there were hundredths of a second
  await beginCursors(storage.items, NOON + DAY, log, 1000);
  expect(await next(NOON + DAY)).toBe(first + DAY / 10 + 1001);
  expect(told).toEqual([]);
  await beginCursors(storage.items, NOON - 300 * DAY, log, 50_000);
  expect(await next(NOON - 300 * DAY)).toBe(first + DAY / 10 + 50_000);
  expect(told).toHaveLength(1);
  expect(told[0]).toContain('"newest":"2026-12-02T04:00:00.000Z"');
  await storage.close();
  expect(new Set(Array.from({ length: 20 }, drawLeap)).size).toBeGreaterThan(15);
});

let items = 0;
/** An item without attachments, straight into a database. */
function receiveOne(
  storage: PlatformStorage,
  at: number,
): ReturnType<PlatformStorage['items']['receive']> {
  items += 1;
  const id = String(items).padStart(32, '0');
  const time = new Date(at).toISOString();
  return storage.items.receive(
    {
      ...{ submissionId: id, kind: 'application', serviceId: 's', handleItemCode: 'x' },
      ...{ receiptNumber: `5001991001212612010${String(items).padStart(4, '0')}` },
      ...{ terminalId: 't1', place: '500199100121', envelopeSha256: id + id },
      ...{ createdAt: time, receivedAt: time, attachments: [] },
    },
    time.slice(0, 10),
  );
}

it('a terminal that asks with a cursor that this platform never gave its place is told all since it asked before', async () => {
  const storage = openSqliteStorage(join(folder.path, 'platform.sqlite'));
  const { items } = storage;
  const [first, second] = [await receiveOne(storage, NOON), await receiveOne(storage, NOON)].map(
    ({ answer }) => answer.cursor,
  ) as [number, number];
  const from = (after: number): Promise<number> => items.feedFrom('t1', '500199100121', after);
  expect(await from(0)).toBe(0);
  // of then, when nothing was noted
  expect(await from(second + 7)).toBe(0);
  expect(await from(first)).toBe(first);
  expect(await from(second + 7)).toBe(first);
  expect(await from(second)).toBe(second);
  expect(await from(second + 7)).toBe(second);
  // another place’s, and another terminal’s of this one
  expect(await items.feedFrom('t2', '500199100122', second)).toBe(0);
  expect(await items.feedFrom('t3', '500199100121', second + 7)).toBe(0);
  // it went back by itself
  expect(await from(first - 1)).toBe(first - 1);
  expect(await from(second + 7)).toBe(first - 1);
  await storage.close();
});

/** A platform whose clock, which its terminal believes, is set by hand, and that is restored from a copy. */
describe('a platform that comes back from a backup', () => {
  let now = NOON;
  let platform: TestPlatform;
  let terminal: TestTerminal;
  const start = async (at: number, name = 'data'): Promise<void> => {
    now = at;
    const tokenSeconds = (1000 * DAY) / 1000;
    platform = await startTestPlatform(join(folder.path, name), { now: () => now, tokenSeconds });
  };
  const startAgain = async (at: number, name = 'data'): Promise<void> => {
    await platform.close();
    await start(at, name);
  };
  /** @returns case number */
  const receive = async (): Promise<string> => {
    const answer = await deliver(terminal, await sealApplication(terminal));
    await platform.reviewed();
    return ((await answer.json()) as { caseNumber: string }).caseNumber;
  };
  const read = async (after: number): Promise<Feed> =>
    (await (await terminal.request(`/v1/feed?after=${after}`)).json()) as Feed;
  const cases = (events: readonly FeedEvent[]): readonly string[] => [
    ...new Set(events.map(({ caseNumber }) => caseNumber)),
  ];
  beforeEach(async () => {
    await start(NOON);
    terminal = await enrolTerminal(
      () => platform.url,
      TEST_CODE,
      undefined,
      () => now,
    );
  });
  afterEach(() => platform.close());

  /** What is in the backup, and how far the terminal read what came after it. */
  const lose = async (startedAgain: boolean): Promise<{ kept: string; heard: number }> => {
    const kept = await receive();
    const { cursor } = await read(0);
    await read(cursor);
    await platform.close();
    await cp(join(folder.path, 'data'), join(folder.path, 'backup'), { recursive: true });
    await start(startedAgain ? NOON + 3 * DAY : NOON);
    await receive();
    await receive();
    const { events, cursor: heard } = await read(cursor);
    expect(events).toHaveLength(2);
    return { kept, heard };
  };

  it.each([
    ['', false],
    [', once more before it was lost', true],
  ])(
    'with a clock that is far behind tells its terminal all that comes, however far that had read%s',
    async (_, startedAgain) => {
      const { heard } = await lose(startedAgain);
      await startAgain(NOON - 300 * DAY, 'backup');
      const early = [await receive(), await receive(), await receive()];
      // the terminal asks only now, when cursors are far above what it knew
      await startAgain(NOON + 5 * DAY, 'backup');
      const late = await receive();
      const { events, lastCursor } = await read(heard);
      expect(lastCursor).toBeGreaterThan(heard);
      expect(cases(events)).toEqual([...early, late]);
      const again = await read(events.at(-1)?.cursor ?? 0);
      expect(again.events).toEqual([]);
    },
  );

  it('tells nothing twice that the terminal had read, but what it did not say that it has', async () => {
    const { kept, heard } = await lose(true);
    await startAgain(NOON + 4 * DAY, 'backup');
    expect(await read(heard)).toMatchObject({ events: [], more: false });
    const late = await receive();
    expect(cases((await read(heard)).events)).toEqual([late]);
    expect(cases((await read(0)).events)).toEqual([kept, late]);
  });
});
