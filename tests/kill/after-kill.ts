import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import {
  INVARIANTS,
  readPlatform,
  readTerminal,
  type Ground,
  type Printed,
  type TerminalDisk,
  type Violation,
} from '../invariants/index.ts';
import { terminalItem } from '../invariants/disks.ts';

const SQLITE_BUSY = 5;
const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY;

/**
 * The items of a terminal that may be at work, or be killed or started meanwhile: what it has committed, read as
 * another program of the same machine reads it. Who recovers the log of a killed one has it for a moment alone.
 */
async function itemsBeside(folder: string): Promise<TerminalDisk['items']> {
  const file = join(folder, 'outbox', 'index.db');
  const deadline = performance.now() + 60_000;
  for (;;) {
    let database: DatabaseSync | undefined;
    try {
      // it may not have come so far yet
      if (!existsSync(file)) return [];
      database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
      if (!database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'item'").get()) return [];
      return database
        .prepare('SELECT * FROM item')
        .all()
        .map((row) => terminalItem(row, []));
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error;
    } finally {
      database?.close();
    }
    await pause(20);
  }
}

/**
 * What the terminal says the platform has, while the platform is dead and before it starts again: every answer that
 * it can have noted by now came before the kill, so that the platform's disk must hold it, whatever the terminal
 * does meanwhile.
 */
export async function afterPlatformKill(folder: string): Promise<readonly Violation[]> {
  const items = await itemsBeside(join(folder, 'terminal'));
  const terminal = { ...readTerminal(join(folder, 'terminal'), 'terminal', NOTHING), items };
  return INVARIANTS.I7({
    terminals: [terminal],
    platform: readPlatform(join(folder, 'platform')),
    witness: { printed: [], shown: [], people: [] },
  });
}

/** Nothing of the folder is looked at but the rows that were read beside. */
const NOTHING = {
  exists: () => false,
  read: () => Buffer.alloc(0),
  names: () => [],
  below: () => [],
  sound: () => false,
  look: (): never => {
    throw new Error('not looked at');
  },
};

/** What lies on the terminal's disk while the terminal is dead; of the platform, which may be at work, nothing. */
export function afterTerminalKill(
  folder: string,
  printed: readonly Printed[],
): readonly Violation[] {
  const ground: Ground = {
    terminals: [readTerminal(join(folder, 'terminal'))],
    platform: undefined,
    witness: { printed, shown: [], people: [] },
    onlyKilled: true,
  };
  return [INVARIANTS.I2, INVARIANTS.I5, INVARIANTS.I6].flatMap((check) => check(ground));
}
