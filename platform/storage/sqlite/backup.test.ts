import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { temporaryFolder } from '../../../tests/platform-kit/platform.ts';
import type { NewItem } from '../port.ts';
import { openSqliteStorage } from './sqlite-storage.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

const PLACE = '50019910012';

function itemNumber(n: number): NewItem {
  const id = n.toString(16).padStart(32, '0');
  return {
    submissionId: id,
    kind: 'application',
    receiptNumber: `${PLACE}261201${String(n).padStart(6, '0')}`,
    serviceId: 'unemployment-reg',
    handleItemCode: 'x',
    terminalId: 't1',
    place: PLACE,
    envelopeSha256: id + id,
    createdAt: '2026-12-01T00:00:00.000Z',
    receivedAt: '2026-12-01T00:00:00.000Z',
    attachments: [],
  };
}

it('a backup is made whoever writes meanwhile, and holds all that was told before it', async () => {
  const storage = openSqliteStorage(join(folder.path, 'platform.sqlite'));
  let told = 0;
  let over = false;
  const writing = (async () => {
    for (let n = 1; !over; n += 1) {
      await storage.items.receive(itemNumber(n), '2026-12-01');
      // and one that awaits in the middle of its transaction
      await storage.items.keepConflict(itemNumber(n).submissionId, 'f'.repeat(64), 't1', '');
      told = n;
    }
  })();
  try {
    for (let n = 0; n < 30; n += 1) {
      const before = told;
      const copy = join(folder.path, `copy-${n}.sqlite`);
      await storage.backupTo(copy);
      const { items } = await storage.checkBackup(copy);
      expect(items).toBeGreaterThanOrEqual(before);
    }
  } finally {
    over = true;
    await writing;
    await storage.close();
  }
});
