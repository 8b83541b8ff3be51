import { afterEach, beforeEach } from 'vitest';
import { ok } from '../../../domain/result.ts';
import { makeDisk, type Disk } from '../outbox/disk.test-helper.ts';
import type { ItemRow } from '../storage/item-rows.ts';
import { createChunkPace } from './chunk-pace.ts';
import { json, makeLine, until, type Line } from './line.test-helper.ts';
import { createSender, type Sender, type SenderParts } from './sender.ts';

/** The terminal's disk, anew for each test. */
export let disk: Disk;
/** Its line to the platform, which takes every item. */
export let line: Line;
/** What went to the log. */
export let errors: string[];
/** The sender that was started last. */
export let loop: Sender | undefined;

/** To be called once by a file of tests. */
export function useSender(): void {
  beforeEach(async () => {
    disk = await makeDisk();
    line = makeLine();
    errors = [];
    line.answer = ({ method, path }) => {
      if (method === 'HEAD') return ok({ status: 404, headers: {}, body: Buffer.alloc(0) });
      const submissionId = path.split('/').at(-1) ?? '';
      const { envelopeSha256 } = disk.row({ submissionId });
      const receivedAt = '2026-11-02T04:00:09Z';
      const said = { submissionId, envelopeSha256, caseNumber: 'C', cursor: 1, receivedAt };
      return json(201, { result: 'received', ...said });
    };
  });
  afterEach(async () => {
    await loop?.stop();
    disk.close();
  });
}

/** Starts one, with what a test has otherwise. */
export const start = (change: Partial<SenderParts> = {}): Sender => {
  const parts: SenderParts = {
    db: disk.db,
    audit: disk.audit,
    blobs: disk.blobs,
    client: line.client,
    clock: disk.clock,
    pace: createChunkPace(disk.clock, () => 1_000_000),
    // the longest wait each time
    randomness: { bytes: (length) => new Uint8Array(length).fill(0xff) },
    crashPoint: disk.ports.crashPoint,
    backoffBaseMs: 1000,
    backoffCeilingMs: 60_000,
    onChange: () => undefined,
    enrolled: () => true,
    stopping: () => false,
    linkIsAway: () => false,
    onError: (error) => void errors.push(String(error)),
  };
  // a getter of `change` stays one
  loop = createSender(Object.defineProperties(parts, Object.getOwnPropertyDescriptors(change)));
  loop.start();
  return loop;
};
/** Until it waits for something. */
export const rest = (): Promise<void> => until('rest', () => disk.clock.waits.length > 0);
/** Long enough for a loop that would do something to begin it. */
export const aWhile = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
/** Where items stand. */
export const states = (...items: ItemRow[]): string[] => items.map((item) => disk.row(item).state);
/** How often an envelope was handed over. */
export const puts = (): number => line.asked.filter(({ method }) => method === 'PUT').length;
