import type { DatabaseSync } from 'node:sqlite';
import type { Kysely } from 'kysely';
import {
  AUDIT_START,
  type AuditEvent,
  type AuditHeld,
  type AuditPlace,
} from '../../../domain/wire/audit.ts';
import type { AuditOrigin, AuditStore, ChainCause } from '../audit-port.ts';
import { committed } from './node-sqlite.ts';
import type { KyselyCommit, Tables } from './tables.ts';

const ARCHIVED = 'auditArchivedThrough';
/** How long the platform has run in all, as far as it was counted. */
const RAN = 'ranMs';

/** Events go by the day in which they came, or later. */
const MARK_EVERY_MS = 24 * 3_600_000;

/** A place and the chain that it lies in. */
type Found = AuditPlace & { readonly chain: number };

const NOTHING: AuditHeld = { result: 'held', seq: 0, hash: AUDIT_START, archivedSeq: 0 };

/** What each heartbeat and each piece of a chain asks for and writes, prepared once. */
function prepareStatements(database: DatabaseSync) {
  return {
    eventsAt: database.prepare(
      `SELECT seq, hash, chain FROM auditEvents
       WHERE terminalId = ? AND seq IN (SELECT value FROM json_each(?))`,
    ),
    endsOf: database.prepare(
      'SELECT lastSeq AS seq, lastHash AS hash, chain FROM auditChains WHERE terminalId = ?',
    ),
    newestEnd: database.prepare(
      `SELECT lastSeq AS seq, lastHash AS hash, chain FROM auditChains
       WHERE terminalId = ? ORDER BY lastArrival DESC LIMIT 1`,
    ),
    noted: database.prepare('SELECT value FROM meta WHERE key = ?'),
    // of a fork only its own events count: nothing is given up too early
    archivedEnd: database.prepare(
      `SELECT seq FROM auditEvents WHERE chain = ? AND seq <= ? AND arrival <= ?
       ORDER BY seq DESC LIMIT 1`,
    ),
    addChain: database.prepare(
      `INSERT INTO auditChains (terminalId, origin, firstSeq, lastSeq, lastHash, lastTime, signedThrough,
         badCheckpoint, begunAt, receivedAt, lastArrival) VALUES (?, ?, ?, ?, ?, ?, 0, NULL, ?, ?, 0)`,
    ),
    addEvent: database.prepare(
      `INSERT INTO auditEvents (chain, terminalId, seq, time, event, submissionId, receiptNumber, detail,
         prevHash, hash, receivedAt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    // a first wrong signature is news, whatever was found out about the chain before
    goOn: database.prepare(
      `UPDATE auditChains SET lastSeq = :seq, lastHash = :hash, lastTime = :time, receivedAt = :at,
         lastArrival = :arrival,
         signedThrough = CASE :signed WHEN 0 THEN signedThrough ELSE :signed END,
         badCheckpoint = coalesce(badCheckpoint, :bad),
         foundAt = iif(:bad IS NOT NULL AND badCheckpoint IS NULL, NULL, foundAt)
       WHERE chain = :chain`,
    ),
    noteDown: database.prepare(
      'INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    ),
    // what had come when it had run so long: with each look that finds the last mark old enough
    mark: database.prepare(
      `INSERT INTO auditMarks SELECT :ran, coalesce((SELECT max(arrival) FROM auditEvents), 0)
       WHERE NOT EXISTS (SELECT 1 FROM auditMarks WHERE ranMs > :ran - :every)`,
    ),
    dropOld: database.prepare(
      'DELETE FROM auditEvents WHERE arrival <= (SELECT max(arrival) FROM auditMarks WHERE ranMs <= ?)',
    ),
    dropMarks: database.prepare('DELETE FROM auditMarks WHERE ranMs <= ?'),
  };
}
type Statements = ReturnType<typeof prepareStatements>;

/** Which of a terminal's places are held; the ends of chains are, also when their events were old and went. */
function find(
  { eventsAt, endsOf }: Statements,
  terminalId: string,
  places: readonly AuditPlace[],
): readonly Found[] {
  const wanted = new Set(places.map(({ seq, hash }) => `${seq} ${hash}`));
  const seqs = JSON.stringify(places.map(({ seq }) => seq));
  const rows = [...eventsAt.all(terminalId, seqs), ...endsOf.all(terminalId)];
  return (rows as unknown as readonly Found[]).filter(({ seq, hash }) =>
    wanted.has(`${seq} ${hash}`),
  );
}

/** The chain that events go on from `before`, made when there is none. `undefined`: not held. */
function chainFor(
  statements: Statements,
  terminalId: string,
  before: AuditPlace,
  first: AuditEvent,
  begins: boolean,
  at: string,
): number | undefined {
  const [parent] = find(statements, terminalId, [before]);
  const ends = statements.endsOf.all(terminalId) as unknown as readonly Found[];
  const goesOn = ends.find(({ seq, hash }) => seq === before.seq && hash === before.hash);
  if (goesOn) return goesOn.chain;
  let origin: AuditOrigin = 'fork';
  if (!parent) {
    if (before.seq === 0) origin = ends.length === 0 ? 'first' : 'anew';
    else if (begins) origin = 'gap';
    else return undefined;
  }
  const { seq, hash } = before;
  const made = statements.addChain.run(
    terminalId,
    origin,
    first.seq,
    seq,
    hash,
    first.time,
    at,
    at,
  );
  return Number(made.lastInsertRowid);
}

/** Audit chains in SQLite. */
export function createAuditStore(
  db: Kysely<Tables>,
  database: DatabaseSync,
  together: KyselyCommit,
): AuditStore {
  const statements = prepareStatements(database);
  const { newestEnd, noted, archivedEnd, addEvent, goOn } = statements;
  const { noteDown, mark, dropOld, dropMarks } = statements;
  const archivedArrival = (): number => Number(noted.get(ARCHIVED)?.['value'] ?? 0);
  const heldOf = (place: Found | undefined): AuditHeld => {
    if (!place) return NOTHING;
    const { seq, hash, chain } = place;
    const archived = archivedEnd.get(chain, seq, archivedArrival());
    return { result: 'held', seq, hash, archivedSeq: Number(archived?.['seq'] ?? 0) };
  };
  const add = (chain: number, terminalId: string, event: AuditEvent, at: string): number => {
    const { seq, time, submissionId, receiptNumber, detail, prevHash, hash } = event;
    const added = addEvent.run(
      ...[chain, terminalId, seq, time, event.event, submissionId, receiptNumber, detail],
      ...[prevHash, hash, at],
    );
    return Number(added.lastInsertRowid);
  };
  return {
    append: (terminalId, { events, begins, signedThrough, badCheckpoint }, at) =>
      together(() => {
        const found = find(statements, terminalId, events);
        const here = new Set(found.map(({ hash }) => hash));
        const from = events.findIndex(({ hash }) => !here.has(hash));
        if (from === -1) {
          const end = events.at(-1)?.hash;
          return heldOf(found.find(({ hash }) => hash === end));
        }
        // a piece that came before: what follows it is asked for again
        const next = events.findIndex(({ hash }, n) => n > from && here.has(hash));
        const fresh = events.slice(from, next === -1 ? undefined : next);
        const [first] = fresh;
        const last = fresh.at(-1);
        if (!first || !last) return NOTHING;
        const before = { seq: first.seq - 1, hash: first.prevHash };
        const chain = chainFor(statements, terminalId, before, first, begins, at);
        if (chain === undefined) return 'elsewhere';
        const arrivals = fresh.map((event) => add(chain, terminalId, event, at));
        goOn.run({
          seq: last.seq,
          hash: last.hash,
          time: last.time,
          at,
          arrival: Math.max(...arrivals),
          signed: signedThrough,
          bad: badCheckpoint,
          chain,
        });
        return heldOf({ ...last, chain });
      }),
    stand: (terminalId, known) =>
      committed(db, database, () => {
        const held = find(statements, terminalId, known);
        return heldOf(held.toSorted((a, b) => b.seq - a.seq)[0]);
      }),
    newest: (terminalId) =>
      committed(db, database, () => heldOf(newestEnd.get(terminalId) as Found | undefined)),
    async chains() {
      const rows = await db.selectFrom('auditChains').selectAll().orderBy('chain').execute();
      return rows.map(({ foundAt, foundBy, foundCause, ...row }) => ({
        ...row,
        origin: row.origin as AuditOrigin,
        lookedInto:
          foundAt === null
            ? null
            : { at: foundAt, by: foundBy ?? '', cause: (foundCause ?? 'other') as ChainCause },
      }));
    },
    lookInto: (terminalId, chain, { cause, by, at }) =>
      together(async (tx) => {
        const done = await tx
          .updateTable('auditChains')
          .set({ foundCause: cause, foundBy: by, foundAt: at })
          .where('terminalId', '=', terminalId)
          .where('chain', '=', chain)
          .executeTakeFirst();
        return done.numUpdatedRows > 0n;
      }),
    async events(terminalId, limit, before) {
      return db
        .selectFrom('auditEvents')
        .select([
          ...(['arrival', 'chain', 'seq', 'time', 'event', 'submissionId'] as const),
          ...(['receiptNumber', 'detail', 'prevHash', 'hash'] as const),
        ])
        .where('terminalId', '=', terminalId)
        .where('arrival', '<', before ?? Number.MAX_SAFE_INTEGER)
        .orderBy('arrival', 'desc')
        .limit(limit)
        .execute();
    },
    async lastArrival() {
      const row = await db
        .selectFrom('auditEvents')
        .select((select) => select.fn.max<number | null>('arrival').as('arrival'))
        .executeTakeFirst();
      return row?.arrival ?? 0;
    },
    async setArchivedThrough(arrival) {
      if (arrival <= (await committed(db, database, archivedArrival))) return;
      const value = String(arrival);
      await db
        .insertInto('meta')
        .values({ key: ARCHIVED, value })
        .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
        .execute();
    },
    forgetOld: (ranMs, keepMs) =>
      together(() => {
        const ran = Number(noted.get(RAN)?.['value'] ?? 0) + Math.floor(ranMs);
        noteDown.run(RAN, String(ran));
        mark.run({ ran, every: MARK_EVERY_MS });
        const { changes } = dropOld.run(ran - keepMs);
        dropMarks.run(ran - keepMs);
        return Number(changes);
      }),
  };
}
