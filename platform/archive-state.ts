import type { ArchiveTrouble } from './archive-trouble.ts';
import { isoTime, type Now } from './time.ts';

/** How archiving goes, for the operator. `none`: no pass has ended since the start. */
export type ArchiveState =
  | { readonly kind: 'none' }
  | { readonly kind: 'well'; readonly at: string }
  | {
      readonly kind: 'failing';
      readonly trouble: ArchiveTrouble;
      /**
       * ISO 8601: the first pass that failed since one did not, or since the start; at `hangs` the last step that the
       * running one began.
       */
      readonly since: string;
    };

/**
 * A pass that began no step for so long is told as one that hangs. Each file is a step, so that the first copy of a
 * large archive, which takes hours, is none; copying the database and reading it back are one step each, and done in
 * minutes. A network disk that is away, and one that dies, may never answer: no error comes of it.
 */
export const HANGS_AFTER_MS = 30 * 60_000;

/**
 * When every pass has failed for so long somebody must see to it: a terminal that still has a lost file has handed it
 * in by then.
 */
export const FAILS_LONG_MS = 24 * 60 * 60_000;

/** Since when every pass has failed, ISO 8601, where that is long ago; `undefined`: it is not. */
export function failsLong(state: ArchiveState, now: number): string | undefined {
  if (state.kind !== 'failing') return undefined;
  return now - Date.parse(state.since) >= FAILS_LONG_MS ? state.since : undefined;
}

/** Follows the passes of the archive. */
export interface ArchiveWatch {
  /** A pass begins, or the running one begins its next step. */
  step(): void;
  well(): void;
  failed(trouble: ArchiveTrouble): void;
  /** Since when the running pass hangs, ISO 8601; `undefined`: it does not, or none runs. */
  hangsSince(): string | undefined;
  /**
   * Waits until something is over, but no longer than until the running pass hangs.
   *
   * @returns since when it hangs; `undefined`: what was waited for is over
   */
  overOrHangs(what: Promise<unknown>): Promise<string | undefined>;
  state(): ArchiveState;
}

/** Begins with no pass. */
export function watchArchive(now: Now): ArchiveWatch {
  let ended: ArchiveState = { kind: 'none' };
  /** When the running pass began its last step. */
  let stepped: number | undefined;
  const hangsSince = (): string | undefined =>
    stepped !== undefined && now() - stepped >= HANGS_AFTER_MS ? isoTime(stepped) : undefined;
  return {
    step() {
      stepped = now();
    },
    well() {
      stepped = undefined;
      ended = { kind: 'well', at: isoTime(now()) };
    },
    failed(trouble) {
      stepped = undefined;
      const since = ended.kind === 'failing' ? ended.since : isoTime(now());
      ended = { kind: 'failing', trouble, since };
    },
    hangsSince,
    async overOrHangs(what) {
      let timer: NodeJS.Timeout | undefined;
      const hangs = new Promise<string>((resolve) => {
        const look = (): void => {
          const since = hangsSince();
          if (since !== undefined) {
            resolve(since);
            return;
          }
          // no pass, or one that began its step just now: it hangs at the earliest so much later
          const left = HANGS_AFTER_MS - (stepped === undefined ? 0 : now() - stepped);
          timer = setTimeout(look, Math.min(Math.max(left, 1), HANGS_AFTER_MS)).unref();
        };
        look();
      });
      try {
        return await Promise.race([what.then(() => undefined), hangs]);
      } finally {
        clearTimeout(timer);
      }
    },
    state() {
      const since = hangsSince();
      return since === undefined ? ended : { kind: 'failing', trouble: 'hangs', since };
    },
  };
}
