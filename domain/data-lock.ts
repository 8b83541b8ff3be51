import { err, ok, type Result } from './result.ts';

/** A file as the host tells it. */
export interface LockStat {
  readonly dev: number;
  readonly ino: number;
  readonly uid: number;
}

/** What taking a lock needs of the host that it is taken on. */
export interface LockHost {
  /** Opens a file as a SQLite database, making it when it is not there; waits so long for whoever holds it. */
  open(file: string, waitMs: number): { exec(sql: string): void; close(): void };
  /** Throws when it is not there. */
  stat(path: string): LockStat;
  /** Gives what root made to whom the folder belongs; nothing where this process is not root's. */
  giveTo(file: string, owner: LockStat): void;
}

/** Why a folder could not be locked. */
export interface LockTrouble {
  readonly why: 'inUse' | 'notWritable' | 'damaged' | 'fails';
  readonly cause: unknown;
}

/** A folder that this process has for itself. */
export interface DataLock {
  readonly file: string;
  /** Whether it still has it: a file that somebody deleted, or put another one in the place of, keeps nobody out. */
  isHeld(): boolean;
  release(): void;
}

/** Whose folder it is. */
export interface LockOwner {
  readonly zh: string;
  readonly en: string;
}

/**
 * In an EXCLUSIVE transaction of a file that cannot be written SQLite only reads, and says nothing
 * (https://sqlite.org/lang_transaction.html): the write finds that out. It is never committed, and its journal lies
 * in memory, so that nothing is left to be rolled back.
 */
const TAKE = 'PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE; PRAGMA user_version = 1';

/** https://sqlite.org/rescode.html: _BUSY, _LOCKED; _PERM, _READONLY, _CANTOPEN, _AUTH; _CORRUPT, _NOTADB */
const IN_USE: readonly unknown[] = [5, 6];
const NOT_WRITABLE: readonly unknown[] = [3, 8, 14, 23];
const DAMAGED: readonly unknown[] = [11, 26];

function whyOf(error: unknown): LockTrouble['why'] {
  const { errcode } = (error ?? {}) as { readonly errcode?: unknown };
  const primary = typeof errcode === 'number' ? errcode & 0xff : undefined;
  if (IN_USE.includes(primary)) return 'inUse';
  if (NOT_WRITABLE.includes(primary)) return 'notWritable';
  return DAMAGED.includes(primary) ? 'damaged' : 'fails';
}

/**
 * Takes a folder, which must be there, for this process alone, by its file `lock`. The lock is SQLite's, so the
 * kernel gives it back however the process ends.
 *
 * @param waitMs - how long a predecessor may take to go
 */
export function takeDataLock(
  host: LockHost,
  folder: string,
  waitMs: number,
): Result<DataLock, LockTrouble> {
  const file = `${folder}/lock`;
  let database: ReturnType<LockHost['open']> | undefined;
  try {
    database = host.open(file, waitMs);
    const mine = host.stat(file);
    const isHeld = (): boolean => {
      try {
        const { dev, ino } = host.stat(file);
        return dev === mine.dev && ino === mine.ino;
      } catch {
        return false;
      }
    };
    database.exec(TAKE);
    // deleted while it was waited for: whoever comes now locks another file
    if (!isHeld()) throw Object.assign(new Error('the file was taken away'), { errcode: 5 });
    // a tool that root ran must not lock out the program, which is not root's
    const owner = host.stat(folder);
    if (owner.uid !== mine.uid) host.giveTo(file, owner);
    let held: typeof database | undefined = database;
    const release = (): void => {
      held?.close();
      held = undefined;
    };
    return ok({ file, isHeld, release });
  } catch (cause) {
    database?.close();
    return err({ why: whyOf(cause), cause });
  }
}

/** What to do about it, in both languages, for the technician or the operator. */
export function lockTroubleText(file: string, { why, cause }: LockTrouble, who: LockOwner): string {
  switch (why) {
    case 'inUse':
      return `${file}：另一个${who.zh}正在用这个目录，请先停掉它；不要删这个文件。It is held: another ${who.en} runs on this folder. Stop it first; do not delete the file.`;
    case 'notWritable':
      return `${file}：这个用户写不了它（归别的用户，或者硬盘只读）。请把它改成归运行${who.zh}的用户，或者在没有${who.zh}运行的时候删掉它。It cannot be written: it belongs to another user, or the disk is read-only. Give it to the user that the ${who.en} runs as, or delete it while no ${who.en} runs.`;
    case 'damaged':
      return `${file}：这个文件坏了。请在没有${who.zh}运行的时候删掉它，里面什么也没有。It is damaged. Delete it while no ${who.en} runs: there is nothing in it.`;
    case 'fails':
      return `${file}：锁不住。请看硬盘是不是挂上了、好不好。It cannot be locked: see that the disk is mounted and sound. ${cause instanceof Error ? cause.message : String(cause)}`;
  }
}

/** What whoever finds the lock gone says. */
export function lockLostText(file: string, who: LockOwner): string {
  return `${file} 在运行中被人删掉或换掉了：可能还有另一个${who.zh}在用这个目录。请停掉所有的，再启动一个。It was deleted or replaced while this ${who.en} ran: another one may use the folder. Stop all of them and start one.`;
}
