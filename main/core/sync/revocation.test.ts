import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeDisk, type Disk } from '../outbox/disk.test-helper.ts';
import { keepRevocation, keptRevocation } from './revocation.ts';

let disk: Disk;
beforeEach(async () => {
  disk = await makeDisk();
});
afterEach(() => disk.close());

const writes = (): unknown => disk.db.get('SELECT total_changes() AS n')?.['n'];

test('a revocation is kept of one key, and the index is written only when it is another', () => {
  const before = writes();
  keepRevocation(disk.db, 'ff00ff00', false);
  expect(writes()).toBe(before);
  keepRevocation(disk.db, 'ff00ff00', true);
  const after = writes();
  keepRevocation(disk.db, 'ff00ff00', true);
  expect(writes()).toBe(after);
  expect(keptRevocation(disk.db, 'ff00ff00')).toBe(true);
  // a terminal that was given another key is not what was revoked
  expect(keptRevocation(disk.db, '00000000')).toBe(false);
  keepRevocation(disk.db, 'ff00ff00', false);
  // nor is any other, however small its number
  for (const keyId of ['ff00ff00', '00000000', '00000001']) {
    expect(keptRevocation(disk.db, keyId)).toBe(false);
  }
});
