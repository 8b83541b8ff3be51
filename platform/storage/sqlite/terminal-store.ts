import type { DatabaseSync } from 'node:sqlite';
import { type Kysely, sql } from 'kysely';
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

/** A public key without its last character: two bits of that one stand for nothing, and earlier programs kept them. */
const SPELT = 42;
const spelt = sql<string>`substr(publicKey, 1, ${sql.lit(SPELT)})`;

/** Terminals, codes and used assertions in SQLite. */
export function createTerminalStore(
  db: Kysely<Tables>,
  database: DatabaseSync,
  together: KyselyCommit,
): TerminalStore {
  // prepared once: what each request of each terminal asks for, and each of its rounds
  const finding = database.prepare(
    `SELECT ${COLUMNS.join(', ')} FROM terminals WHERE terminalId = ?`,
  );
  const counting = database.prepare(
    'SELECT count(*) AS known, count(revokedAt) AS revoked FROM terminals',
  );
  const registering = database.prepare(
    'SELECT count(*) AS codes, count(spentBy) AS spent FROM enrolmentCodes',
  );
  const forgetting = database.prepare('DELETE FROM assertions WHERE expiresAt < ?');
  const using = database.prepare(
    `INSERT INTO assertions (terminalId, jti, expiresAt) VALUES (?, ?, ?)
     ON CONFLICT (terminalId, jti) DO NOTHING`,
  );
  const noting = database.prepare(
    `INSERT INTO heartbeats (terminalId, at, body) VALUES (?, ?, ?)
     ON CONFLICT (terminalId) DO UPDATE SET at = excluded.at, body = excluded.body`,
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
        const ofKey = await tx
          .selectFrom('terminals')
          .select(['region', 'terminal', 'revokedAt'])
          .where('keyId', '=', keyId)
          .where(spelt, '=', publicKey.slice(0, SPELT))
          .execute();
        if (ofKey.some(({ revokedAt }) => revokedAt !== null)) return { kind: 'revokedKey' };
        const before = await tx
          .selectFrom('terminals')
          .select(COLUMNS)
          .where('codeSha256', '=', codeSha256)
          .where('publicKey', '=', publicKey)
          .executeTakeFirst();
        if (before) return { kind: 'enrolled', terminal: before };
        if (code.reusable === 0 && code.spentBy !== null) return { kind: 'spent' };
        const { region, terminal } = code;
        // nobody proved to have this key: who revoked it here would revoke the terminal there
        const isElsewhere = ofKey.some((at) => at.region !== region || at.terminal !== terminal);
        if (isElsewhere) return { kind: 'keyElsewhere' };
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
    mark: () =>
      committed(db, database, () => {
        // rows are only added, and revoked once
        const row = counting.get();
        return `${String(row?.['known'])}-${String(row?.['revoked'])}`;
      }),
    registry: () =>
      committed(db, database, () => {
        // codes are only added, and spent once
        const { known, revoked } = counting.get() ?? {};
        const { codes, spent } = registering.get() ?? {};
        const counts = [known, revoked, codes, spent].map(Number);
        return counts.some((count) => count > 0) ? counts.join('-') : '';
      }),
    async revoke(terminalId, at) {
      const done = await db
        .updateTable('terminals')
        .set({ revokedAt: at })
        .where('keyId', 'in', (of) =>
          of.selectFrom('terminals').select('keyId').where('terminalId', '=', terminalId),
        )
        .where(spelt, 'in', (of) =>
          of.selectFrom('terminals').select(spelt.as('key')).where('terminalId', '=', terminalId),
        )
        .where('revokedAt', 'is', null)
        .returning('terminalId')
        .execute();
      return done.map((row) => row.terminalId).sort();
    },
    useAssertion: (terminalId, jti, expiresAt, now) =>
      together(() => {
        forgetting.run(now);
        return using.run(terminalId, jti, expiresAt).changes > 0;
      }),
    noteHeartbeat: (terminalId, at, body) =>
      together(() => {
        noting.run(terminalId, at, body);
      }),
    async heartbeats() {
      const rows = await db.selectFrom('heartbeats').selectAll().execute();
      return rows.map(({ body, ...row }) => ({ ...row, bodyJson: body }));
    },
  };
}
