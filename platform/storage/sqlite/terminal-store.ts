import type { DatabaseSync } from 'node:sqlite';
import type { Kysely } from 'kysely';
import type { TerminalRow, TerminalStore } from '../port.ts';
import { committed } from './node-sqlite.ts';
import type { KyselyCommit, Tables } from './tables.ts';

const COLUMNS = [
  'terminalId',
  'region',
  'terminal',
  'generation',
  'publicKey',
  'keyId',
  'enrolledAt',
  'revokedAt',
] as const;

/** Terminals, codes and used assertions in SQLite. */
export function createTerminalStore(
  db: Kysely<Tables>,
  database: DatabaseSync,
  together: KyselyCommit,
): TerminalStore {
  // prepared once: it is asked with every request of every terminal
  const finding = database.prepare(
    `SELECT ${COLUMNS.join(', ')} FROM terminals WHERE terminalId = ?`,
  );
  return {
    async addCode({ reusable, ...code }) {
      await db
        .insertInto('enrolmentCodes')
        .values({ ...code, reusable: reusable ? 1 : 0, spentBy: null })
        .onConflict((conflict) => conflict.column('sha256').doNothing())
        .execute();
    },
    enrol: ({ codeSha256, publicKey, keyId, softwareVersion, at }) =>
      db.transaction().execute(async (tx) => {
        const code = await tx
          .selectFrom('enrolmentCodes')
          .selectAll()
          .where('sha256', '=', codeSha256)
          .executeTakeFirst();
        if (!code) return { kind: 'unknownCode' };
        const before = await tx
          .selectFrom('terminals')
          .select(COLUMNS)
          .where('codeSha256', '=', codeSha256)
          .where('publicKey', '=', publicKey)
          .executeTakeFirst();
        if (before) return { kind: 'enrolled', terminal: before };
        if (code.reusable === 0 && code.spentBy !== null) return { kind: 'spent' };
        const { region, terminal } = code;
        const last = await tx
          .selectFrom('terminals')
          .select((select) => select.fn.max<number | null>('generation').as('generation'))
          .where('region', '=', region)
          .where('terminal', '=', terminal)
          .executeTakeFirst();
        const generation = (last?.generation ?? 0) + 1;
        const row: TerminalRow = {
          terminalId: `${region}${terminal}-g${generation}`,
          region,
          terminal,
          generation,
          publicKey,
          keyId,
          enrolledAt: at,
          revokedAt: null,
        };
        await tx
          .insertInto('terminals')
          .values({ ...row, codeSha256, softwareVersion })
          .execute();
        await tx
          .updateTable('enrolmentCodes')
          .set({ spentBy: row.terminalId })
          .where('sha256', '=', codeSha256)
          .execute();
        return { kind: 'enrolled', terminal: row };
      }),
    find: (terminalId) =>
      committed(db, database, () => finding.get(terminalId) as TerminalRow | undefined),
    findByKey: (keyId) =>
      db.selectFrom('terminals').select(COLUMNS).where('keyId', '=', keyId).execute(),
    all: () => db.selectFrom('terminals').select(COLUMNS).orderBy('terminalId').execute(),
    async mark() {
      // rows are only added, and revoked once
      const row = await db
        .selectFrom('terminals')
        .select((select) => [
          select.fn.countAll<number>().as('all'),
          select.fn.count<number>('revokedAt').as('revoked'),
        ])
        .executeTakeFirstOrThrow();
      return `${String(row.all)}-${String(row.revoked)}`;
    },
    async revoke(terminalId, at) {
      const done = await db
        .updateTable('terminals')
        .set({ revokedAt: at })
        .where('terminalId', '=', terminalId)
        .where('revokedAt', 'is', null)
        .executeTakeFirst();
      return done.numUpdatedRows > 0n;
    },
    useAssertion: (terminalId, jti, expiresAt, now) =>
      together(async (tx) => {
        await tx.deleteFrom('assertions').where('expiresAt', '<', now).execute();
        const done = await tx
          .insertInto('assertions')
          .values({ terminalId, jti, expiresAt })
          .onConflict((conflict) => conflict.columns(['terminalId', 'jti']).doNothing())
          .executeTakeFirst();
        return (done.numInsertedOrUpdatedRows ?? 0n) > 0n;
      }),
    noteHeartbeat: (terminalId, at, body) =>
      together(async (tx) => {
        await tx
          .insertInto('heartbeats')
          .values({ terminalId, at, body })
          .onConflict((conflict) => conflict.column('terminalId').doUpdateSet({ at, body }))
          .execute();
      }),
    async heartbeats() {
      const rows = await db.selectFrom('heartbeats').selectAll().execute();
      return rows.map(({ body, ...row }) => ({ ...row, bodyJson: body }));
    },
  };
}
