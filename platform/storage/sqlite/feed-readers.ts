import type { DatabaseSync } from 'node:sqlite';

/** How far terminals have read the feed, by what they asked with last. */
export interface FeedReaders {
  /** Where the feed is to begin (`ItemStore.feedFrom`), and whether that is to be noted. */
  from(
    terminalId: string,
    place: string,
    after: number,
  ): { readonly from: number; readonly isNew: boolean };
  /** In a transaction. */
  note(terminalId: string, cursor: number): void;
}

/** Prepares them on a connection. */
export function createFeedReaders(database: DatabaseSync): FeedReaders {
  const asked = database.prepare('SELECT cursor FROM feedReaders WHERE terminalId = ?');
  const own = database.prepare(
    `SELECT 1 FROM caseEvents WHERE cursor = ?1 AND (place = ?2 OR submissionId IN
       (SELECT submissionId FROM broughtBy WHERE place = ?2))`,
  );
  const noting = database.prepare(
    `INSERT INTO feedReaders (terminalId, cursor) VALUES (?, ?)
      ON CONFLICT (terminalId) DO UPDATE SET cursor = excluded.cursor`,
  );
  return {
    from(terminalId, place, after) {
      const before = Number(asked.get(terminalId)?.['cursor'] ?? 0);
      if (after === before) return { from: after, isNew: false };
      const isHeard = after < before || own.get(after, place) !== undefined;
      return { from: isHeard ? after : before, isNew: isHeard };
    },
    note(terminalId, cursor) {
      noting.run(terminalId, cursor);
    },
  };
}
