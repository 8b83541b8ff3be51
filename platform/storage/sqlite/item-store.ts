import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { type Kysely, sql } from 'kysely';
import type { FeedEvent } from '../../../domain/wire/platform.ts';
import type { CaseEvent, ItemRow, ItemStore } from '../port.ts';
import { createFeedReaders } from './feed-readers.ts';
import { createGivenUp } from './given-up.ts';
import { createItemReception } from './item-reception.ts';
import { createItemFiller, type ItemRecord, toCaseEvent } from './item-rows.ts';
import { committed } from './node-sqlite.ts';
import type { KyselyCommit, Tables } from './tables.ts';

type EventOf = Pick<CaseEvent, 'state' | 'at' | 'action' | 'actor' | 'reasons'>;

/** Items, cases and the feed in SQLite. */
export function createItemStore(
  db: Kysely<Tables>,
  database: DatabaseSync,
  together: KyselyCommit,
): ItemStore {
  const reception = createItemReception(database);
  const filled = createItemFiller(database);
  /** Items of which this is true, read by a statement that is prepared once. */
  const itemsWhere = (condition: string) => {
    const statement = database.prepare(`SELECT * FROM items WHERE ${condition}`);
    return (...values: SQLInputValue[]): Promise<readonly ItemRow[]> =>
      committed(db, database, () => filled(statement.all(...values) as unknown as ItemRecord[]));
  };
  const bySubmission = itemsWhere('submissionId = ?');
  const byCase = itemsWhere('caseNumber = ?');
  const byReceipt = itemsWhere('receiptNumber = ? ORDER BY cursor');
  const newestBefore = itemsWhere('cursor < ? ORDER BY cursor DESC LIMIT ?');
  const unreviewed = itemsWhere('reviewedAt IS NULL AND cursor > ? ORDER BY cursor LIMIT ?');
  const between = itemsWhere('cursor > ? AND cursor <= ? ORDER BY cursor LIMIT ?');
  // the plus keeps SQLite from reading all that ever came of a place: few items are given up
  const givenUpAt = itemsWhere(
    `(+place = ?1 OR submissionId IN (SELECT submissionId FROM broughtBy WHERE place = ?1))
       AND submissionId IN (SELECT submissionId FROM givenUp) ORDER BY cursor DESC`,
  );
  const givenUp = itemsWhere(
    'submissionId IN (SELECT submissionId FROM givenUp) ORDER BY cursor DESC',
  );
  const losses = createGivenUp(database);
  const readers = createFeedReaders(database);
  // prepared once: each round of each terminal asks for them
  const following = database.prepare(
    `SELECT ${EVENT} FROM caseEvents WHERE place = ?1 AND cursor > ?2 ORDER BY cursor LIMIT ?3`,
  );
  const followingAlso = database.prepare(
    `SELECT ${EVENT} FROM caseEvents WHERE place = ?1 AND cursor > ?2
     UNION ALL
     SELECT ${EVENT} FROM caseEvents
       WHERE submissionId IN (SELECT submissionId FROM broughtBy WHERE place = ?1)
         AND +place <> ?1 AND cursor > ?2
     ORDER BY cursor LIMIT ?3`,
  );
  const bringsAny = database.prepare('SELECT 1 FROM broughtBy WHERE place = ? LIMIT 1');
  const brought = database.prepare('SELECT submissionId FROM broughtBy WHERE place = ?');
  const isBrought = database.prepare(
    'SELECT 1 FROM broughtBy WHERE place = ? AND submissionId = ?',
  );
  const bring = database.prepare('INSERT OR IGNORE INTO broughtBy VALUES (?, ?)');
  const numbered = database.prepare('SELECT submissionId, at FROM caseEvents WHERE cursor = ?');
  const highest = database.prepare('SELECT max(cursor) AS cursor FROM caseEvents');
  // of no rows the highest is null
  const newestCursor = (): number => Number(highest.get()?.['cursor'] ?? 0);
  const insertEvent = database.prepare(
    `INSERT INTO caseEvents (submissionId, place, receiptNumber, caseNumber, state, at, action, actor, reasons)
     SELECT submissionId, place, receiptNumber, caseNumber, ?, ?, ?, ?, ? FROM items WHERE submissionId = ?`,
  );
  /** Tells of a case; in a transaction. */
  const addEvent = (submissionId: string, event: EventOf): void => {
    const { state, at, action, actor, reasons } = event;
    insertEvent.run(state, at, action, actor, JSON.stringify(reasons), submissionId);
  };
  const stateOf = database.prepare('SELECT state FROM items WHERE submissionId = ?');
  const endReview = database.prepare(
    'UPDATE items SET reviewedAt = ?, problems = ?, state = ? WHERE submissionId = ?',
  );
  return {
    receive: (item, day) =>
      together(() => {
        const before = reception.answer(item.submissionId);
        if (before) return { kind: 'alreadyThere', answer: before };
        return { kind: 'stored', answer: reception.insert(item, day) };
      }),
    answer: (id) => committed(db, database, () => reception.answer(id)),
    async noteBroughtBy(submissionId, place) {
      const known = await committed(db, database, () => isBrought.get(place, submissionId));
      if (!known) await together(() => void bring.run(place, submissionId));
    },
    broughtBy: (place) =>
      committed(db, database, () => brought.all(place).map((row) => String(row['submissionId']))),
    keepConflict: (submissionId, envelopeSha256, terminalId, at) =>
      together(async (tx) => {
        await tx
          .insertInto('conflicts')
          .values({
            submissionId,
            envelopeSha256,
            terminalId,
            at,
            afterCursor: newestCursor(),
          })
          .onConflict((conflict) =>
            conflict.columns(['submissionId', 'envelopeSha256']).doNothing(),
          )
          .execute();
      }),
    giveUp: (submissionId, files, statement) =>
      together(() => {
        losses.giveUp(submissionId, files, statement);
      }),
    givenUp: (place) => (place === undefined ? givenUp() : givenUpAt(place)),
    isGivenUp: (id) => committed(db, database, () => losses.isGivenUp(id)),
    comeBack: (submissionId, at) =>
      together(() => {
        const before = reception.answer(submissionId);
        if (!before) throw new Error('what came back is not there');
        return losses.comeBack(before, at);
      }),
    find: async (id) => (await bySubmission(id))[0],
    findByCase: async (number) => (await byCase(number))[0],
    findByReceipt: byReceipt,
    list: (limit, before = Number.MAX_SAFE_INTEGER) => newestBefore(before, limit),
    ofTerminal: (terminalId, since) =>
      db
        .selectFrom('items')
        .select(['submissionId', 'receiptNumber'])
        .where('terminalId', '=', terminalId)
        .where('createdAt', '>=', since)
        .orderBy('cursor')
        .execute(),
    unreviewed: (limit, after = 0) => unreviewed(after, limit),
    async lastReceiptNumber(place, day) {
      // a terminal whose clock was once years ahead must not hide the numbers of today
      for (const start of [place + day.replaceAll('-', '').slice(2), place]) {
        const row = await db
          .selectFrom('items')
          .select((select) => select.fn.max('receiptNumber').as('last'))
          .where('place', '=', place)
          .where(sql<boolean>`length(receiptNumber) = 23 and receiptNumber not glob '*[^0-9]*'`)
          .where('receiptNumber', 'like', `${start}%`)
          .executeTakeFirst();
        if (row?.last) return row.last;
      }
      return null;
    },
    reviewed: (submissionId, problems, at) =>
      together(() => {
        const state = stateOf.get(submissionId)?.['state'];
        if (state === undefined) throw new Error('what was reviewed is not there');
        // a clerk may have been faster: what a person decided stands
        const invalid = problems.length > 0 && state === 'received';
        const now = invalid ? 'invalid' : String(state);
        if (invalid) addEvent(submissionId, { state: 'invalid', at, ...BY_PLATFORM });
        endReview.run(at, JSON.stringify(problems), now, submissionId);
      }),
    move: ({ submissionId, from, to, action, actor, reasons, at }) =>
      db.transaction().execute(async (tx) => {
        const { numUpdatedRows } = await tx
          .updateTable('items')
          .set({ state: to })
          .where('submissionId', '=', submissionId)
          .where('state', '=', from)
          .executeTakeFirst();
        if (numUpdatedRows === 0n) return false;
        addEvent(submissionId, { state: to, at, action, actor, reasons });
        return true;
      }),
    history: async (id) =>
      (
        await db
          .selectFrom('caseEvents')
          .selectAll()
          .where('submissionId', '=', id)
          .orderBy('cursor')
          .execute()
      ).map(toCaseEvent),
    eventAt: (cursor) =>
      committed(
        db,
        database,
        () => numbered.get(cursor) as Pick<CaseEvent, 'submissionId' | 'at'> | undefined,
      ),
    feed: (place, after, limit) =>
      committed(db, database, () => {
        // few places ever had a terminal that came from another one, and two lists cost more than one
        const events = bringsAny.get(place) ? followingAlso : following;
        return events.all(place, after, limit) as unknown as FeedEvent[];
      }),
    async feedFrom(terminalId, place, after) {
      const { from, isNew } = await committed(db, database, () =>
        readers.from(terminalId, place, after),
      );
      if (isNew) await together(() => readers.note(terminalId, from));
      return from;
    },
    lastCursor: () => committed(db, database, newestCursor),
    beginAfter: (cursor, leap) =>
      together(async (tx) => {
        // SQLite's own table of the numbers that AUTOINCREMENT gave
        await sql`insert into sqlite_sequence (name, seq) select 'caseEvents', 0
          where not exists (select 1 from sqlite_sequence where name = 'caseEvents')`.execute(tx);
        await sql`update sqlite_sequence set seq = iif(seq < ${cursor}, ${cursor}, seq + ${leap})
          where name = 'caseEvents'`.execute(tx);
      }),
    async count(through) {
      const row = await db
        .selectFrom('items')
        .select((select) => select.fn.countAll().as('n'))
        .where('cursor', '<=', through)
        .executeTakeFirst();
      return Number(row?.n ?? 0);
    },
    async *filesBetween(after, through) {
      let from = after;
      // once at least: a conflict has no number of its own
      do {
        const items = await between(from, through, PAGE);
        const last = items.at(PAGE - 1)?.cursor ?? through;
        const conflicts = await db
          .selectFrom('conflicts')
          .select('envelopeSha256')
          .where('afterCursor', '>=', from)
          .where('afterCursor', '<=', last)
          .execute();
        yield {
          items,
          envelopes: [
            ...items.map((item: ItemRow) => item.envelopeSha256),
            ...conflicts.map((row) => row.envelopeSha256),
          ],
          attachments: items.flatMap((item) => item.attachments.map((entry) => entry.sha256)),
        };
        from = last;
      } while (from < through);
    },
  };
}

/** Items whose files are named at once. */
const PAGE = 500;

/** What a feed tells of an event. */
const EVENT = 'cursor, receiptNumber, submissionId, state, caseNumber, at';

const BY_PLATFORM = { action: 'review', actor: 'platform', reasons: [] } as const;
