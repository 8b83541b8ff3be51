import type { DatabaseSync } from 'node:sqlite';
import type { ItemReceived } from '../../../domain/wire/platform.ts';
import type { GivenUpFile } from '../port.ts';

/** The statements about files that were lost and given up; what writes is to be called in a transaction. */
export interface GivenUpRows {
  giveUp(
    submissionId: string,
    files: readonly string[],
    statement: Omit<GivenUpFile, 'sha256'>,
  ): void;
  isGivenUp(submissionId: string): boolean;
  /** @param before the answer of its reception until now, which is given back where nothing of it is given up */
  comeBack(before: ItemReceived, at: string): ItemReceived;
}

/** Prepares them on a connection. */
export function createGivenUp(database: DatabaseSync): GivenUpRows {
  const add = database.prepare(
    `INSERT INTO givenUp (submissionId, sha256, cause, actor, at) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (submissionId, sha256) DO NOTHING`,
  );
  const one = database.prepare('SELECT 1 FROM givenUp WHERE submissionId = ? LIMIT 1');
  const forget = database.prepare('DELETE FROM givenUp WHERE submissionId = ?');
  const receivedAgain = database.prepare(
    `INSERT INTO caseEvents (submissionId, place, receiptNumber, caseNumber, state, at, reasons)
      SELECT submissionId, place, receiptNumber, caseNumber, state, ?, '[]' FROM items
      WHERE submissionId = ? RETURNING cursor`,
  );
  const moveOn = database.prepare('UPDATE items SET cursor = ?, answer = ? WHERE submissionId = ?');
  const isGivenUp = (submissionId: string): boolean => one.get(submissionId) !== undefined;
  return {
    giveUp(submissionId, files, { cause, by, at }) {
      for (const sha256 of files) add.run(submissionId, sha256, cause, by, at);
    },
    isGivenUp,
    comeBack(before, at) {
      const { submissionId } = before;
      if (!isGivenUp(submissionId)) return before;
      const cursor = Number(receivedAgain.get(at, submissionId)?.['cursor']);
      const answer: ItemReceived = { ...before, cursor };
      moveOn.run(cursor, JSON.stringify(answer), submissionId);
      forget.run(submissionId);
      return answer;
    },
  };
}
