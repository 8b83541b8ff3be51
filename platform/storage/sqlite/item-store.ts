import type { DatabaseSync } from 'node:sqlite';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { FeedEvent } from '../../../domain/wire/platform.ts';
import type { ItemRow, ItemStore } from '../port.ts';
import { createItemReception } from './item-reception.ts';
import { toCaseEvent, toItems } from './item-rows.ts';
import { committed } from './node-sqlite.ts';
import type { KyselyCommit, Tables } from './tables.ts';

type Row = Selectable<Tables['items']>;

/** Adds an event to a case and gives back its cursor. */
async function addEvent(
  tx: Transaction<Tables>,
  event: Omit<Tables['caseEvents'], 'cursor'>,
): Promise<number> {
  const row = await tx
    .insertInto('caseEvents')
    .values(event)
    .returning('cursor')
    .executeTakeFirstOrThrow();
  return row.cursor;
}

/** Items, cases and the feed in SQLite. */
export function createItemStore(
  db: Kysely<Tables>,
  database: DatabaseSync,
  together: KyselyCommit,
): ItemStore {
  const reception = createItemReception(database);
  // prepared once: each round of each terminal asks for them
  const following = database.prepare(
    `SELECT cursor, receiptNumber, submissionId, state, caseNumber, at FROM caseEvents
     WHERE place = ? AND cursor > ? ORDER BY cursor LIMIT ?`,
  );
  const waiting = database.prepare(
    'SELECT * FROM items WHERE reviewedAt IS NULL ORDER BY cursor LIMIT ?',
  );
  const highest = database.prepare('SELECT max(cursor) AS cursor FROM caseEvents');
  // of no rows the highest is null
  const newestCursor = (): number => Number(highest.get()?.['cursor'] ?? 0);
  const one = async (column: 'submissionId' | 'caseNumber', value: string) => {
    const rows = await db.selectFrom('items').selectAll().where(column, '=', value).execute();
    return (await toItems(db, rows))[0];
  };
  return {
    receive: (item, day) =>
      together(() => {
        const before = reception.answer(item.submissionId);
        if (before) return { kind: 'alreadyThere', answer: before };
        return { kind: 'stored', answer: reception.insert(item, day) };
      }),
    answer: (id) => committed(db, database, () => reception.answer(id)),
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
    find: (id) => one('submissionId', id),
    findByCase: (number) => one('caseNumber', number),
    findByReceipt: async (number) =>
      toItems(
        db,
        await db
          .selectFrom('items')
          .selectAll()
          .where('receiptNumber', '=', number)
          .orderBy('cursor')
          .execute(),
      ),
    async list(limit, before) {
      let query = db.selectFrom('items').selectAll().orderBy('cursor', 'desc').limit(limit);
      if (before !== undefined) query = query.where('cursor', '<', before);
      return toItems(db, await query.execute());
    },
    ofTerminal: (terminalId, since) =>
      db
        .selectFrom('items')
        .select(['submissionId', 'receiptNumber'])
        .where('terminalId', '=', terminalId)
        .where('createdAt', '>=', since)
        .orderBy('cursor')
        .execute(),
    unreviewed: async (limit) =>
      toItems(db, await committed(db, database, () => waiting.all(limit) as unknown as Row[])),
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
      together(async (tx) => {
        const row = await tx
          .selectFrom('items')
          .selectAll()
          .where('submissionId', '=', submissionId)
          .executeTakeFirstOrThrow();
        // a clerk may have been faster: what a person decided stands
        const invalid = problems.length > 0 && row.state === 'received';
        if (invalid) await addEvent(tx, { ...eventOf(row), state: 'invalid', at, ...BY_PLATFORM });
        await tx
          .updateTable('items')
          .set({
            reviewedAt: at,
            problems: JSON.stringify(problems),
            ...(invalid ? { state: 'invalid' } : {}),
          })
          .where('submissionId', '=', submissionId)
          .execute();
      }),
    move: ({ submissionId, from, to, action, actor, reasons, at }) =>
      db.transaction().execute(async (tx) => {
        const row = await tx
          .updateTable('items')
          .set({ state: to })
          .where('submissionId', '=', submissionId)
          .where('state', '=', from)
          .returningAll()
          .executeTakeFirst();
        if (!row) return false;
        const event = { state: to, at, action, actor, reasons: JSON.stringify(reasons) };
        await addEvent(tx, { ...eventOf(row), ...event });
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
    feed: (place, after, limit) =>
      committed(db, database, () => following.all(place, after, limit) as unknown as FeedEvent[]),
    lastCursor: () => committed(db, database, newestCursor),
    beginAfter: (cursor) =>
      together(async (tx) => {
        // SQLite's own table of the numbers that AUTOINCREMENT gave
        await sql`insert into sqlite_sequence (name, seq) select 'caseEvents', 0
          where not exists (select 1 from sqlite_sequence where name = 'caseEvents')`.execute(tx);
        await sql`update sqlite_sequence set seq = max(seq, ${cursor}) where name = 'caseEvents'`.execute(
          tx,
        );
      }),
    async count(through) {
      const row = await db
        .selectFrom('items')
        .select((select) => select.fn.countAll().as('n'))
        .where('cursor', '<=', through)
        .executeTakeFirst();
      return Number(row?.n ?? 0);
    },
    async filesBetween(after, through) {
      const items = await toItems(
        db,
        await db
          .selectFrom('items')
          .selectAll()
          .where('cursor', '>', after)
          .where('cursor', '<=', through)
          .execute(),
      );
      const conflicts = await db
        .selectFrom('conflicts')
        .select('envelopeSha256')
        .where('afterCursor', '>=', after)
        .where('afterCursor', '<=', through)
        .execute();
      return {
        envelopes: [
          ...items.map((item: ItemRow) => item.envelopeSha256),
          ...conflicts.map((row) => row.envelopeSha256),
        ],
        attachments: items.flatMap((item) => item.attachments.map((entry) => entry.sha256)),
      };
    },
  };
}

const BY_PLATFORM = { action: 'review', actor: 'platform', reasons: '[]' } as const;

function eventOf(row: Pick<ItemRow, 'submissionId' | 'place' | 'receiptNumber' | 'caseNumber'>) {
  const { submissionId, place, receiptNumber, caseNumber } = row;
  return { submissionId, place, receiptNumber, caseNumber };
}
