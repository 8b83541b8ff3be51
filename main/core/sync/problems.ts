import { hasWalResetBug } from '../../../domain/sqlite-version.ts';
import type { DurableProblem } from '../durable.ts';
import type { DurableStore } from '../durable-store.ts';
import type { Taking } from '../outbox/contract.ts';
import type { KeyStore } from '../ports.ts';
import { backlogOf, oldestWaiting } from '../storage/item-rows.ts';
import { isDiskFull } from '../storage/storage-error.ts';

/** What problems are seen from. */
export interface ProblemFacts {
  readonly store: DurableStore;
  readonly taking: Taking;
  readonly revoked: boolean;
  /** A clock further off the platform's than this is told, milliseconds. */
  readonly clockOffMs: number;
  /** How long the disk took for the last item, when that was too long; milliseconds. */
  readonly slowFlushMs: number | undefined;
  /** Why an envelope could not be filed. */
  readonly filingFailure: unknown;
  readonly enrolmentRefused: string | undefined;
  /** Kinds of bundles that cannot be fetched or kept, each with a code. */
  readonly bundlesFailing: readonly string[];
  /** What was wrong with the certificate of whoever answered last in the platform's place. */
  readonly untrusted: string | undefined;
  readonly keyProtection: KeyStore['protection'];
}

/** So many settings of a policy that this program does not know are named. */
const MOST_WORDS = 20;

/** The code of an error of the system; its message may name files. */
function wordOf(error: unknown): string {
  const { code, errcode } = (error ?? {}) as {
    readonly code?: unknown;
    readonly errcode?: unknown;
  };
  // https://sqlite.org/rescode.html
  if (typeof errcode === 'number') return `SQLite ${errcode}`;
  return typeof code === 'string' ? code : 'unknown';
}

/** A clock that is believed, and yet so far off that receipts show a wrong time. In whole minutes: told once. */
function clockOff({ store: { belief }, clockOffMs }: ProblemFacts): DurableProblem | undefined {
  const skew = belief.skewMs();
  if (skew === undefined || Math.abs(skew) <= clockOffMs || belief.wrong()) return undefined;
  const minutes = Math.round(Math.abs(skew) / 60_000);
  const detail = `the clock is ${minutes} min ${skew > 0 ? 'behind' : 'ahead of'} the platform's`;
  return { code: 'clockOff', detail };
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** What is tried again and again, and does not come through: nobody else would learn of it before the backlog is full. */
function waitsLong({ db, belief }: DurableStore): DurableProblem | undefined {
  // the backlog is counted anyway; the item itself is looked for where it waits too long
  const since = backlogOf(db).oldestWaiting;
  if (since === undefined || belief.wrong()) return undefined;
  const days = Math.floor((belief.now() - Date.parse(since)) / DAY_MS);
  if (days < 1) return undefined;
  const { lastError } = oldestWaiting(db) ?? {};
  return { code: 'itemWaitsLong', detail: `${days} d, ${lastError ?? 'not tried'}` };
}

/** What a technician should see of the durable half now. */
export function durableProblems(facts: ProblemFacts): readonly DurableProblem[] {
  const { store, taking } = facts;
  const held = backlogOf(store.db).held;
  const space = store.room.state();
  const { filingFailure: unfiled } = facts;
  const ours = store.isOurs();
  const strangeWords = store.bundles.current().policy?.content.unknownWords ?? [];
  const list: (DurableProblem | undefined | false)[] = [
    facts.enrolmentRefused !== undefined && {
      code: 'enrolmentRefused',
      detail: facts.enrolmentRefused,
    },
    facts.untrusted !== undefined && { code: 'platformNotTrusted', detail: facts.untrusted },
    facts.revoked && { code: 'terminalRevoked', detail: 'the platform revoked this terminal' },
    ...[...store.bundles.refusals()].map(([kind, why]): DurableProblem => ({
      code: 'bundleRefused',
      detail: `${kind} ${why}`,
    })),
    ...facts.bundlesFailing.map((detail): DurableProblem => ({ code: 'bundleNotHad', detail })),
    strangeWords.length > 0 && {
      code: 'policyWordsUnknown',
      detail: strangeWords.slice(0, MOST_WORDS).join(', '),
    },
    (taking === 'clockWrong' || store.belief.wrong()) && {
      code: 'clockWrong',
      detail: 'the clock is more than a day off, or before what already happened',
    },
    clockOff(facts),
    space !== 'free' && { code: space, detail: store.outboxFolder },
    facts.slowFlushMs !== undefined && {
      code: 'diskSlow',
      detail: `${Math.round(facts.slowFlushMs)} ms for one small flush`,
    },
    !ours && { code: 'lockLost', detail: 'the file lock of the data folder was taken away' },
    ours &&
      unfiled !== undefined &&
      (isDiskFull(unfiled)
        ? space !== 'diskFull' && { code: 'diskFull', detail: store.outboxFolder }
        : { code: 'diskFails', detail: `the disk takes nothing: ${wordOf(unfiled)}` }),
    held > 0 && { code: 'itemHeld', detail: String(held) },
    waitsLong(store),
    store.rebuilt !== undefined && { code: 'indexRebuilt', detail: store.rebuilt },
    (store.setAside || store.stuck > 0) && {
      code: 'filesSetAside',
      detail: [
        ...(store.setAside ? [`see ${store.outboxFolder}/set-aside`] : []),
        // only a check of the file system gets at them
        ...(store.stuck > 0
          ? [`${store.stuck} cannot be moved in ${store.outboxFolder}/blobs`]
          : []),
      ].join(', '),
    },
    store.uncopied && {
      code: 'indexNotCopied',
      detail: `no room for a copy of the index before it was migrated: ${store.outboxFolder}`,
    },
    store.chainBroken !== undefined && { code: 'auditChainBroken', detail: store.chainBroken },
    hasWalResetBug(store.sqliteVersion) && {
      code: 'sqliteOld',
      detail: `SQLite ${store.sqliteVersion}, 3.51.3 is wanted`,
    },
    facts.keyProtection === 'rootOnlyFile' && {
      code: 'keyOnlyRootProtected',
      detail: 'only file permissions guard the terminal key',
    },
  ];
  return list.filter((each) => each !== undefined && each !== false);
}
