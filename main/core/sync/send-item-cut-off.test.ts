import { describe, expect, test } from 'vitest';
import { ok } from '../../../domain/result.ts';
import { NOON } from '../outbox/disk.test-helper.ts';
import { attachmentsOf, type ItemRow } from '../storage/item-rows.ts';
import { json, noAnswer, page, problemAnswer, type Line } from './line.test-helper.ts';
import {
  CEILING,
  disk,
  farEnd,
  line,
  parts,
  received,
  useSending,
} from './send-item.test-helper.ts';
import { sendItem } from './send-item.ts';

useSending();

describe('how far an item came that is cut off', () => {
  const PIECE = 1000;
  /** The longest draw after so many failures. */
  const after = (failures: number): number => Math.min(CEILING, 1000 * 2 ** (failures - 1)) - 1;
  /** What the platform has of the one attachment. */
  let has: number;
  /** An attempt of which the platform takes so many pieces, and how it ends then. */
  const attempt = async (
    item: ItemRow,
    pieces: number,
    end: ReturnType<Line['answer']>,
    mostBefore?: number,
  ) => {
    let left = pieces;
    const [{ sha256, size } = { sha256: '', size: 0 }] = attachmentsOf(disk.db, item.submissionId);
    const length = String(size);
    line.answer = ({ method, body }) => {
      if (method === 'HEAD') {
        const headers = { 'upload-offset': String(has), 'upload-length': length };
        return ok({ status: 200, headers, body: Buffer.alloc(0) });
      }
      if (method === 'PUT' || left-- <= 0) return end;
      has += body?.length ?? 0;
      const said = { result: 'stored', sha256, offset: has, complete: has === size };
      return json(200, said);
    };
    const pace = { bytes: () => PIECE, went: () => undefined, failed: () => undefined };
    const reached = await sendItem(parts({ pace }), disk.row(item), mostBefore);
    return { reached, ...disk.row(item), wait: disk.row(item).notBefore - NOON };
  };
  const cut = noAnswer('timeout');
  const failedOften = async (): Promise<ItemRow> => {
    has = 0;
    const item = await disk.store([10_000]);
    disk.db.run('UPDATE item SET attempts = 4');
    return item;
  };

  test('further than ever: its failures count anew; no further: they go on', async () => {
    const item = await failedOften();
    expect(await attempt(item, 2, cut)).toMatchObject({
      reached: { bytes: 2 * PIECE, further: true },
      wait: after(1),
    });
    for (const failures of [2, 3]) {
      expect(await attempt(item, 0, cut)).toMatchObject({
        reached: { bytes: 2 * PIECE, further: false },
        wait: after(failures),
      });
    }
    expect(await attempt(item, 1, page(502))).toMatchObject({
      reached: { bytes: 3 * PIECE, further: true },
      wait: after(1),
    });
  });

  test('is no further when the platform had lost as much before', async () => {
    const item = await failedOften();
    await attempt(item, 3, cut);
    for (const failures of [2, 3, 4]) {
      has = 0;
      expect(await attempt(item, 3, cut, 3 * PIECE)).toMatchObject({
        reached: { bytes: 3 * PIECE, further: false },
        wait: after(failures),
      });
    }
    // and every second time a little less
    has = 0;
    await attempt(item, 1, cut, 3 * PIECE);
    has = 0;
    expect((await attempt(item, 3, cut, 3 * PIECE)).reached?.further).toBe(false);
  });

  test('counts once when it is whole and its envelope does not get through', async () => {
    const item = await failedOften();
    expect((await attempt(item, 99, cut)).reached?.further).toBe(true);
    expect(await attempt(item, 99, cut)).toMatchObject({
      reached: { further: false },
      wait: after(2),
    });
  });

  test.each([
    ['that the platform is out of order', problemAnswer(503, 'internal')],
    ['to slow down', problemAnswer(429, 'slowDown')],
  ])('does not count where the platform itself says %s', async (_what, end) => {
    const item = await failedOften();
    expect(await attempt(item, 2, end)).toMatchObject({
      reached: { bytes: 2 * PIECE, further: false },
      wait: after(5),
    });
  });

  test('is nobody’s business once it waits no more', async () => {
    const item = await failedOften();
    expect((await attempt(item, 2, problemAnswer(413, 'tooLarge'))).reached).toBeUndefined();
    const other = await disk.store([]);
    line.answer = farEnd(() => received(other));
    expect(await sendItem(parts(), other)).toBeUndefined();
  });
});
