import { expect, test } from 'vitest';
import { ok } from '../../../domain/result.ts';
import { json, noAnswer, until } from './line.test-helper.ts';
import { disk, line, rest, start, states, useSender } from './sender.test-helper.ts';

useSender();

const PIECE = 1000;
/** A line that carries two pieces of each upload, then one, then two again, and is cut off then. */
const cutEachUpload = (platformLoses: boolean): void => {
  const { answer } = line;
  const has = new Map<string, number>();
  const cuts = new Map<string, number>();
  let left = 2;
  line.answer = (request) => {
    const { method, path, headers, body } = request;
    const sha256 = path.split('/').at(-1) ?? '';
    if (method === 'PUT') return answer(request);
    if (method === 'HEAD') {
      const cut = (cuts.get(sha256) ?? 0) + 1;
      cuts.set(sha256, cut);
      left = 1 + (cut % 2);
      if (platformLoses) has.delete(sha256);
      return stands(has.get(sha256) ?? 0, sha256);
    }
    if (left-- <= 0) return noAnswer('unreachable');
    const offset = (has.get(sha256) ?? 0) + (body?.length ?? 0);
    has.set(sha256, offset);
    const complete = String(offset) === headers?.['upload-length'];
    return json(200, { result: 'stored', sha256, offset, complete });
  };
};
const stands = (offset: number, sha256: string) => {
  const size = disk.db.get('SELECT size FROM attachment WHERE sha256 = ?', sha256)?.['size'];
  const headers = { 'upload-offset': String(offset), 'upload-length': String(size) };
  return ok({ status: 200, headers, body: Buffer.alloc(0) });
};
const pace = { bytes: () => PIECE, went: () => undefined, failed: () => undefined };
const attempts = (): number => disk.events().filter((each) => each === 'attemptBegun').length;

test('a line that is cut off after some pieces, each time further: nobody rests for it', async () => {
  const items = [await disk.store([9000]), await disk.store([9000]), await disk.store([9000])];
  cutEachUpload(false);
  // as if each had been tried: where the platform stands is asked then
  disk.db.run('UPDATE item SET attempts = 1');
  start({ pace });
  const allThere = (): boolean => states(...items).every((state) => state === 'received');
  for (;;) {
    await until('waits', () => disk.clock.waits.length > 0 || allThere());
    if (allThere()) break;
    expect(disk.clock.waits[0]).toBeLessThan(1000);
    disk.clock.go(disk.clock.waits[0] ?? 0);
  }
  expect(attempts()).toBeGreaterThan(12);
});

test('a platform that loses what it took each time: all rest, longer each time, as for a line that carries nothing', async () => {
  for (let n = 0; n < 3; n++) await disk.store([9000]);
  cutEachUpload(true);
  disk.db.run('UPDATE item SET attempts = 1');
  start({ pace });
  const rests: number[] = [];
  for (let n = 0; n < 12; n++) {
    await rest();
    rests.push(disk.clock.waits[0] ?? 0);
    disk.clock.go(disk.clock.waits[0] ?? 0);
  }
  expect(Math.max(...rests.slice(0, 2))).toBeLessThan(2000);
  expect(rests.at(-1)).toBe(59_999);
});
