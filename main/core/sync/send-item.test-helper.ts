import { afterEach, beforeEach } from 'vitest';
import { ok } from '../../../domain/result.ts';
import { makeDisk, type Disk } from '../outbox/disk.test-helper.ts';
import type { ItemRow } from '../storage/item-rows.ts';
import { createChunkPace } from './chunk-pace.ts';
import { json, makeLine, type Line } from './line.test-helper.ts';
import type { SendItemParts } from './send-item.ts';

/** The terminal's disk, anew for each test. */
export let disk: Disk;
/** Its line to the platform. */
export let line: Line;
/** Items that were told to have changed. */
export let changed: string[];

/** To be called once by a file of tests. */
export function useSending(): void {
  beforeEach(async () => {
    disk = await makeDisk();
    line = makeLine({ wall: () => disk.clock.wall() });
    changed = [];
  });
  afterEach(() => disk.close());
}

/** The longest wait of an attempt, milliseconds. */
export const CEILING = 60_000;
/** Draws the most that can be drawn. */
const most = { bytes: (length: number) => new Uint8Array(length).fill(0xff) };
/** What sending needs, with what a test has otherwise. */
export const parts = (change: Partial<SendItemParts> = {}): SendItemParts => ({
  db: disk.db,
  audit: disk.audit,
  blobs: disk.blobs,
  client: line.client,
  clock: disk.clock,
  pace: createChunkPace(disk.clock, () => 1_000_000),
  randomness: most,
  crashPoint: disk.ports.crashPoint,
  backoffBaseMs: 1000,
  backoffCeilingMs: CEILING,
  onChange: (id) => void changed.push(id),
  ...change,
});
/** The one answer that counts, with what a test has otherwise. */
export const received = (item: ItemRow, change: object = {}, status = 201) =>
  json(status, {
    result: 'received',
    submissionId: item.submissionId,
    envelopeSha256: item.envelopeSha256,
    caseNumber: 'CASE-1',
    cursor: 5,
    receivedAt: '2026-11-02T04:00:09Z',
    ...change,
  });
/** Takes attachments whole, and answers the envelope as the test says. */
export const farEnd =
  (envelope: Line['answer']): Line['answer'] =>
  (request) => {
    if (request.method === 'HEAD') return ok({ status: 404, headers: {}, body: Buffer.alloc(0) });
    if (request.method === 'PUT') return envelope(request);
    const offset = request.body?.length ?? 0;
    const sha256 = request.path.split('/').at(-1);
    return json(200, { result: 'stored', sha256, offset, complete: true });
  };
