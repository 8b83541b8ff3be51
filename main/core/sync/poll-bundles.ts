import { ok, type Result } from '../../../domain/result.ts';
import type { BundleKind, HeartbeatReceived } from '../../../domain/wire/platform.ts';
import { BUNDLE_KINDS, type BundleStore } from '../bundles/bundle-store.ts';
import type { Clock } from '../ports.ts';
import {
  failureCode,
  isToldToWait,
  type CallFailure,
  type PlatformClient,
} from './platform-client.ts';

/** What asking for bundles needs. */
export interface BundlePollParts {
  readonly clock: Clock;
  readonly client: PlatformClient;
  readonly bundles: BundleStore;
  /** Told what kept a bundle from being written, once each time it was tried. */
  readonly onError: (error: unknown) => void;
}

/**
 * The questions of one terminal for its bundles, round after round. What fails for one kind alone ends no
 * round; whether it was that kind alone the feed tells, which is asked for next. Each gives only the
 * failures that do end it: of the line, of the terminal, of a platform that asks to wait.
 */
export interface BundlePoll {
  /**
   * Before the feed: for what is not as the platform told, or for all when it told nothing. After a kind
   * that fails no other is asked for, as the platform may be away; one that failed before is left, too.
   */
  first(root: string): Promise<Result<true, CallFailure>>;
  /** The feed was not answered: no kind is to blame for what it was told before. */
  feedFailed(): void;
  /** After the feed was answered: for those that were left. */
  left(root: string): Promise<Result<true, CallFailure>>;
  /** What a heartbeat's answer told of those in force; `undefined`: nothing that counts. */
  told(bundles: HeartbeatReceived['bundles'] | undefined): void;
  /** After the heartbeat: for those that it told of. */
  named(root: string): Promise<Result<true, CallFailure>>;
  /** Each kind that failed more than once in a row, with the short code of its last failure. */
  failing(): readonly string[];
}

const MAX_BUNDLE_BYTES = 32 * 1024 * 1024;

/** Below the shortest usual time between two rounds. */
const FIRST_AGAIN_MS = 30_000;
/** A bundle may be large, the line paid by volume, and a full disk stays so for days. */
const LONGEST_AGAIN_MS = 60 * 60_000;

/** How one kind failed last. */
interface Failing {
  /** In a row; 0 where it was the line, by all that is known yet. */
  readonly times: number;
  readonly at: number;
  /** `notWritten`: it came over the line, and could not be kept. Else as `failureCode`. */
  readonly code: string;
  readonly round: number;
  /** What the platform told of it each time, and first told of it since. */
  readonly named: Set<string>;
}

/** What came of one question that gave no bundle. */
type Failed =
  | { readonly what: 'ofTheKind'; readonly code: string }
  | { readonly what: 'ofTheRound'; readonly failure: CallFailure };

const NOT_WRITTEN = 'notWritten';
/** What came whole was of no use, and may be the same next time: something on the way takes the ETag off. */
const NO_ETAG = 'noEtag';
/** The platform is there, and the line was paid for it. */
const CAME_WHOLE: readonly string[] = [NOT_WRITTEN, NO_ETAG];

/** Whether the platform says it of the terminal, or nobody could ask it as one. */
function isOfTheTerminal(failure: CallFailure): boolean {
  if (failure.kind === 'problem') return failure.status === 401 || failure.status === 403;
  return failure.kind === 'notEnrolled';
}

/**
 * Whether nothing else would be answered better: there is no line, it is not the bundle that is spoken of, or
 * the platform asks to wait.
 * @param answered whether anything came in answer to the question for the bundle, and not for a token
 */
function endsTheRound(failure: CallFailure, answered: boolean): boolean {
  if (failure.kind === 'network') return failure.failure.kind !== 'answerTooLong';
  if (!answered || isOfTheTerminal(failure)) return true;
  return failure.kind === 'problem' && (failure.status === 429 || isToldToWait(failure));
}

function isAnother({ named }: Failing, now: string | undefined): boolean {
  return named.size > 0 && now !== undefined && !named.has(now);
}

/** Asks for the bundles of a terminal. What was refused is not fetched again while it is what the platform has. */
export function createBundlePoll({ clock, client, bundles, onError }: BundlePollParts): BundlePoll {
  let told: HeartbeatReceived['bundles'] | undefined;
  /** The ETag that was refused last, and under which root: the same bytes would be refused again. */
  const refused = new Map<BundleKind, { readonly etag: string; readonly root: string }>();
  /** The ETag of what was wrongly signed once: something on the way may have changed it, and it is fetched once more. */
  const perhapsCut = new Map<BundleKind, string>();
  const failing = new Map<BundleKind, Failing>();
  let round = 0;
  let lastRoot: string | undefined;
  /** What this round's first questions left, and what failed among them for want of a bundle or of a platform. */
  let left: BundleKind[] = [];
  let doubtful: BundleKind | undefined;

  /** The ETag of what was refused and would be again; `undefined` once the store tells of no refusal or the root is another. */
  const refusedEtag = (root: string, kind: BundleKind): string | undefined => {
    const last = refused.get(kind);
    return last?.root === root && bundles.refusals().has(kind) ? last.etag : undefined;
  };
  const rests = (kind: BundleKind): boolean => {
    const last = failing.get(kind);
    if (!last) return false;
    const named = told?.[kind];
    if (last.named.size === 0 && named !== undefined) last.named.add(named);
    // another one may be whole, or smaller
    if (last.times === 0 || isAnother(last, named)) return false;
    if (last.round === round) return true;
    // without keys or catalogue nobody can hand in anything, and to hear that there are none costs little
    const needed = kind !== 'policy' && bundles.current()[kind] === undefined;
    const seldom = CAME_WHOLE.includes(last.code) || !needed;
    const wait = seldom ? FIRST_AGAIN_MS * 2 ** (last.times - 1) : FIRST_AGAIN_MS;
    return clock.now() < last.at + Math.min(wait, LONGEST_AGAIN_MS);
  };
  const wanted = (root: string): readonly BundleKind[] =>
    BUNDLE_KINDS.filter((kind) => {
      const etag = bundles.etag(kind);
      const named = told && (told[kind] ?? etag);
      if (told && (named === etag || named === refusedEtag(root, kind))) {
        // the platform may have taken back what failed
        failing.delete(kind);
        return false;
      }
      return !rests(kind);
    });
  const note = (kind: BundleKind, code: string, count = 1): void => {
    const last = failing.get(kind);
    const named = told?.[kind];
    const times = (last && !isAnother(last, named) ? last.times : 0) + count;
    // two that fail may be told of in turn
    const all = new Set(last?.named);
    if (named !== undefined) all.add(named);
    failing.set(kind, { times, at: clock.now(), code, round, named: all });
  };

  const ask = async (kind: BundleKind, root: string): Promise<Failed | undefined> => {
    const known = refusedEtag(root, kind) ?? bundles.etag(kind);
    let answered = false;
    const answer = await client.authorised<{ jws?: string; etag?: string }>(
      {
        method: 'GET',
        path: `/v1/bundles/${kind}`,
        maxAnswerBytes: MAX_BUNDLE_BYTES,
        ...(known === undefined ? {} : { headers: { 'if-none-match': known } }),
      },
      ({ status, headers, body }) => {
        answered = true;
        if (status === 304 && known !== undefined) return {};
        // a page in the place of a bundle is not the platform's word, and no wrong signature either
        const jws = Buffer.from(body).toString('latin1').trim();
        if (status !== 200 || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(jws)) return undefined;
        return headers['etag'] === undefined ? { jws } : { jws, etag: headers['etag'] };
      },
      'oneThing',
    );
    if (!answer.ok) {
      const failure = answer.error;
      // this platform has no such bundle (yet)
      if (failure.kind === 'problem' && failure.code === 'notFound') return undefined;
      return endsTheRound(failure, answered)
        ? { what: 'ofTheRound', failure }
        : { what: 'ofTheKind', code: failureCode(failure) };
    }
    const { jws, etag } = answer.value;
    if (jws === undefined) return undefined;
    try {
      const adopted = await bundles.adopt(kind, jws, etag, root);
      refused.delete(kind);
      const isNew = adopted.ok && adopted.value;
      if (etag === undefined) return isNew ? undefined : { what: 'ofTheKind', code: NO_ETAG };
      // a refusal is told as a problem; it says nothing about the link
      if (adopted.ok) return undefined;
      if (adopted.error === 'signature' && perhapsCut.get(kind) !== etag) {
        perhapsCut.set(kind, etag);
        return { what: 'ofTheKind', code: adopted.error };
      }
      refused.set(kind, { etag, root });
      return undefined;
    } catch (error) {
      // a full disk: just then the platform must hear of this terminal
      onError(error);
      return { what: 'ofTheKind', code: NOT_WRITTEN };
    }
  };

  /** Asks for these of a platform that was heard just now. */
  const askAll = async (
    kinds: readonly BundleKind[],
    root: string,
  ): Promise<Result<true, CallFailure>> => {
    for (const kind of kinds) {
      const failed = await ask(kind, root);
      if (!failed) {
        failing.delete(kind);
        continue;
      }
      if (failed.what !== 'ofTheRound') {
        note(kind, failed.code);
        continue;
      }
      const { failure } = failed;
      // all was well just now: it may be a bundle that this line does not carry
      if (!isOfTheTerminal(failure)) note(kind, failureCode(failure));
      return { ok: false, error: failure };
    }
    return ok(true);
  };

  return {
    async first(root) {
      round++;
      // another platform's
      if (root !== lastRoot) {
        failing.clear();
        perhapsCut.clear();
      }
      lastRoot = root;
      left = [];
      doubtful = undefined;
      for (const kind of wanted(root)) {
        if (doubtful !== undefined || failing.has(kind)) {
          left.push(kind);
          continue;
        }
        const failed = await ask(kind, root);
        if (failed?.what === 'ofTheRound') {
          const { failure } = failed;
          // the feed comes before it next time: it may be that bundle alone
          if (!isOfTheTerminal(failure)) note(kind, '', 0);
          return { ok: false, error: failure };
        }
        if (!failed) continue;
        note(kind, failed.code);
        if (!CAME_WHOLE.includes(failed.code)) doubtful = kind;
      }
      return ok(true);
    },
    feedFailed() {
      for (const [kind, { times }] of failing) {
        if (times === 0 || kind === doubtful) failing.delete(kind);
      }
    },
    left: (root) => askAll(left, root),
    told(now) {
      told = now;
    },
    named: (root) => (told ? askAll(wanted(root), root) : Promise.resolve(ok(true))),
    failing: () =>
      [...failing].flatMap(([kind, { times, code }]) =>
        times > 1 && code !== NO_ETAG ? [`${kind} ${code}`] : [],
      ),
  };
}
