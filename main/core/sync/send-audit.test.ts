import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  AUDIT_START,
  type AuditBatch,
  type AuditHeld,
  type AuditPlace,
} from '../../../domain/wire/audit.ts';
import type { AuditChain } from '../audit/chain.ts';
import { makeDisk, type Disk } from '../outbox/disk.test-helper.ts';
import {
  json,
  makeLine,
  noAnswer,
  problemAnswer,
  type Answer,
  type Line,
} from './line.test-helper.ts';
import { sendAudit } from './send-audit.ts';

const NOTHING: AuditHeld = { result: 'held', seq: 0, hash: AUDIT_START, archivedSeq: 0 };
const EVENTS = '/v1/audit/events';
const POSITIONS = '/v1/audit/positions';

describe('a round', () => {
  let disk: Disk;
  let line: Line;
  /** How the platform answers events, after it was noted what came. */
  let onEvents: (batch: AuditBatch) => Answer;
  let onPositions: (known: readonly AuditPlace[]) => Answer;
  let busy: () => boolean;

  const heldAt = (seq: number, archivedSeq = 0): AuditHeld => {
    const hash = seq === 0 ? AUDIT_START : (disk.audit.rows()[seq - 1]?.hash ?? '');
    return { result: 'held', seq, hash, archivedSeq };
  };
  const elsewhere = (seq: number): AuditHeld => ({ ...heldAt(seq), hash: 'f'.repeat(64) });
  const round = (told: AuditHeld): Promise<AuditHeld | undefined> =>
    sendAudit({ audit: disk.audit, client: line.client, itemsGoFirst: () => busy() }, told);
  /** What went out: `from-to` of each batch, and `asked`. */
  const sent = (): readonly string[] =>
    line.asked.map(({ path, body }) => {
      if (path === POSITIONS) return 'asked';
      const { events } = JSON.parse(Buffer.from(body ?? []).toString()) as AuditBatch;
      return `${String(events[0]?.seq)}-${String(events.at(-1)?.seq)}`;
    });

  beforeEach(async () => {
    disk = await makeDisk();
    line = makeLine();
    busy = () => false;
    while (disk.audit.end().seq < 120) disk.audit.record('coreStarted');
    onEvents = ({ events }) => json(201, heldAt(events.at(-1)?.seq ?? 0));
    onPositions = () => json(200, heldAt(60));
    line.answer = ({ path, body }) => {
      const said: unknown = JSON.parse(Buffer.from(body ?? []).toString());
      if (path === EVENTS) return onEvents(said as AuditBatch);
      return onPositions((said as { known: readonly AuditPlace[] }).known);
    };
  });
  afterEach(() => disk.close());

  test('sends all that the platform does not hold, a hundred at a time, and says how far it came', async () => {
    expect(await round(NOTHING)).toEqual(heldAt(120));
    expect(sent()).toEqual(['1-100', '101-120']);
    const [first] = line.asked;
    expect(first).toMatchObject({ method: 'POST', path: EVENTS });
    expect(first?.headers).toMatchObject({ 'content-type': 'application/json' });
    expect(JSON.parse(Buffer.from(first?.body ?? []).toString())).toEqual({
      events: disk.audit.after(0, 100),
      begins: false,
    });
  });

  test('sends nothing when the platform holds everything', async () => {
    expect(await round(heldAt(120, 7))).toEqual(heldAt(120, 7));
    expect(line.asked).toEqual([]);
  });

  test('asks where the platform stands when that is no place of this chain, and goes on there', async () => {
    let asked: readonly AuditPlace[] = [];
    onPositions = (known) => {
      asked = known;
      return json(200, heldAt(60));
    };
    expect(await round(elsewhere(90))).toEqual(heldAt(120));
    expect(sent()).toEqual(['asked', '61-120']);
    expect(line.asked[0]).toMatchObject({ method: 'POST', path: POSITIONS });
    expect(asked).toEqual(disk.audit.landmarks());
  });

  test.each<[string, () => Answer]>([
    ['tells a place of another chain', () => json(200, elsewhere(60))],
    ['does not know the question', () => problemAnswer(404, 'notFound')],
    ['answers with another status', () => json(201, heldAt(60))],
    ['answers something else', () => json(200, { result: 'held' })],
    ['does not answer', () => noAnswer('unreachable')],
  ])('sends nothing when the platform, asked, %s', async (_what, answer) => {
    onPositions = answer;
    expect(await round(elsewhere(90))).toBe(undefined);
    expect(sent()).toEqual(['asked']);
  });

  test('waits while items go first, also between two batches', async () => {
    busy = () => true;
    expect(await round(NOTHING)).toEqual(NOTHING);
    expect(line.asked).toEqual([]);
    busy = () => line.asked.length > 0;
    expect(await round(NOTHING)).toEqual(heldAt(100));
    expect(sent()).toEqual(['1-100']);
  });

  test('asks once more when the platform went back meanwhile, and leaves it at that', async () => {
    onEvents = () => problemAnswer(409, 'offsetMismatch');
    expect(await round(heldAt(100))).toEqual(heldAt(60));
    expect(sent()).toEqual(['101-120', 'asked']);
    onPositions = () => json(200, elsewhere(60));
    expect(await round(heldAt(100))).toBe(undefined);
  });

  test.each<[string, () => Answer]>([
    ['another problem', () => problemAnswer(500, 'internal')],
    ['a hash that differs', () => problemAnswer(422, 'hashMismatch')],
    ['no line', () => noAnswer('unreachable')],
    ['another status', () => json(200, heldAt(120))],
    ['no answer of ours', () => json(201, { result: 'taken' })],
  ])('ends at %s, with what was held before', async (_what, answer) => {
    onEvents = answer;
    expect(await round(heldAt(100, 3))).toEqual(heldAt(100, 3));
    expect(sent()).toEqual(['101-120']);
  });

  test('ends when the platform does not get further, or tells a place of another chain', async () => {
    onEvents = () => json(201, heldAt(100));
    expect(await round(heldAt(100, 3))).toEqual(heldAt(100, 3));
    onEvents = () => json(201, heldAt(90));
    expect(await round(heldAt(100, 3))).toEqual(heldAt(100, 3));
    onEvents = () => json(201, elsewhere(120));
    expect(await round(heldAt(100, 3))).toEqual(heldAt(100, 3));
    expect(sent()).toEqual(['101-120', '101-120', '101-120']);
  });

  test('ends after twenty batches: bundles and feed must have their turn', async () => {
    onEvents = ({ events }) => json(201, heldAt(events[0]?.seq ?? 0));
    expect(await round(NOTHING)).toEqual(heldAt(20));
    expect(line.asked).toHaveLength(20);
  });

  test('leaves an event out that the disk tells otherwise, and sends what follows as a piece of its own', async () => {
    const after: AuditChain['after'] = (seq, limit) =>
      disk.audit
        .after(seq, limit)
        .map((row) => (row.seq === 110 ? { ...row, detail: 'something else' } : row));
    const audit = { ...disk.audit, after };
    const parts = { audit, client: line.client, itemsGoFirst: () => false };
    expect(await sendAudit(parts, heldAt(100))).toEqual(heldAt(120));
    expect(sent()).toEqual(['101-109', '111-120']);
  });
});
