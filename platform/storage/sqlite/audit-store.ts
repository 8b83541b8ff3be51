import type { DatabaseSync } from 'node:sqlite';
import type { Kysely } from 'kysely';
import {
  AUDIT_START,
  type AuditEvent,
  type AuditHeld,
  type AuditPlace,
} from '../../../domain/wire/audit.ts';
import type { AuditOrigin, AuditStore, ChainCause } from '../port.ts';
import { committed } from './node-sqlite.ts';
import type { KyselyCommit, Tables } from './tables.ts';

const ARCHIVED = 'auditArchivedThrough';

/** A place and the chain that it lies in. */
type Found = AuditPlace & { readonly chain: number };

/** Which of a terminal's places are held; the ends of chains are, also when their events were old and went. */
async function find(
  db: Kysely<Tables>,
  terminalId: string,
  places: readonly AuditPlace[],
): Promise<readonly Found[]> {
  const wanted = new Set(places.map(({ seq, hash }) => `${seq} ${hash}`));
  const events = await db
    .selectFrom('auditEvents')
    .select(['seq', 'hash', 'chain'])
    .where('terminalId', '=', terminalId)
    .where(
      'seq',
      'in',
      places.map(({ seq }) => seq),
    )
    .execute();
  const ends = await db
    .selectFrom('auditChains')
    .select(['lastSeq as seq', 'lastHash as hash', 'chain'])
    .where('terminalId', '=', terminalId)
    .execute();
  return [...events, ...ends].filter(({ seq, hash }) => wanted.has(`${seq} ${hash}`));
}

const NOTHING: AuditHeld = { result: 'held', seq: 0, hash: AUDIT_START, archivedSeq: 0 };

/** The chain that events go on from `before`, made when there is none. `undefined`: not held. */
async function chainFor(
  tx: Kysely<Tables>,
  terminalId: string,
  before: AuditPlace,
  first: AuditEvent,
  begins: boolean,
  at: string,
): Promise<number | undefined> {
  const [parent] = await find(tx, terminalId, [before]);
  const chains = await tx
    .selectFrom('auditChains')
    .select(['chain', 'lastSeq', 'lastHash'])
    .where('terminalId', '=', terminalId)
    .execute();
  const goesOn = chains.find(
    ({ lastSeq, lastHash }) => lastSeq === before.seq && lastHash === before.hash,
  );
  if (goesOn) return goesOn.chain;
  let origin: AuditOrigin = 'fork';
  if (!parent) {
    if (before.seq === 0) origin = chains.length === 0 ? 'first' : 'anew';
    else if (begins) origin = 'gap';
    else return undefined;
  }
  const made = await tx
    .insertInto('auditChains')
    .values({
      terminalId,
      origin,
      firstSeq: first.seq,
      lastSeq: before.seq,
      lastHash: before.hash,
      lastTime: first.time,
      signedThrough: 0,
      badCheckpoint: null,
      begunAt: at,
      receivedAt: at,
      lastArrival: 0,
      foundCause: null,
      foundBy: null,
      foundAt: null,
    })
    .returning('chain')
    .executeTakeFirstOrThrow();
  return made.chain;
}

/** Audit chains in SQLite. */
export function createAuditStore(
  db: Kysely<Tables>,
  database: DatabaseSync,
  together: KyselyCommit,
): AuditStore {
  // prepared once: each heartbeat of each terminal asks for them
  const newestEnd = database.prepare(
    `SELECT lastSeq AS seq, lastHash AS hash, chain FROM auditChains
     WHERE terminalId = ? ORDER BY lastArrival DESC LIMIT 1`,
  );
  const noted = database.prepare('SELECT value FROM meta WHERE key = ?');
  const archivedArrival = (): number => Number(noted.get(ARCHIVED)?.['value'] ?? 0);
  // of a fork only its own events count: nothing is given up too early
  const archivedEnd = database.prepare(
    `SELECT seq FROM auditEvents WHERE chain = ? AND seq <= ? AND arrival <= ?
     ORDER BY seq DESC LIMIT 1`,
  );
  const heldOf = (place: Found | undefined): AuditHeld => {
    if (!place) return NOTHING;
    const { seq, hash, chain } = place;
    const archived = archivedEnd.get(chain, seq, archivedArrival());
    return { result: 'held', seq, hash, archivedSeq: Number(archived?.['seq'] ?? 0) };
  };
  return {
    append: (terminalId, { events, begins, signedThrough, badCheckpoint }, at) =>
      together(async (tx) => {
        const found = await find(tx, terminalId, events);
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
        const chain = await chainFor(tx, terminalId, before, first, begins, at);
        if (chain === undefined) return 'elsewhere';
        const rows = await tx
          .insertInto('auditEvents')
          .values(fresh.map((event) => ({ ...event, chain, terminalId, receivedAt: at })))
          .returning('arrival')
          .execute();
        await tx
          .updateTable('auditChains')
          .set((set) => ({
            lastSeq: last.seq,
            lastHash: last.hash,
            lastTime: last.time,
            receivedAt: at,
            lastArrival: Math.max(...rows.map(({ arrival }) => arrival)),
            signedThrough: signedThrough === 0 ? set.ref('signedThrough') : signedThrough,
            badCheckpoint: set.fn.coalesce('badCheckpoint', set.val(badCheckpoint)),
            // a first wrong signature is news, whatever was found out about the chain before
            foundAt:
              badCheckpoint === null
                ? set.ref('foundAt')
                : set
                    .case()
                    .when('badCheckpoint', 'is', null)
                    .then(null)
                    .else(set.ref('foundAt'))
                    .end(),
          }))
          .where('chain', '=', chain)
          .execute();
        return heldOf({ ...last, chain });
      }),
    async stand(terminalId, known) {
      if (known.length === 0) return NOTHING;
      const held = await find(db, terminalId, known);
      const furthest = held.toSorted((a, b) => b.seq - a.seq)[0];
      return committed(db, database, () => heldOf(furthest));
    },
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
    forgetBefore: (at) =>
      together(async (tx) => {
        const done = await tx
          .deleteFrom('auditEvents')
          .where('receivedAt', '<', at)
          .executeTakeFirst();
        return Number(done.numDeletedRows);
      }),
  };
}
