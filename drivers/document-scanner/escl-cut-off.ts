import type { EsclStatus } from './escl-xml.ts';

/** A scanner may make a job so long after the caller has hung up; ages are told in whole seconds. */
const SLACK_MS = 3_000;
/** So often a scanner that answers is looked at; then there was no job, or it lists none. */
const LOOKS = 5;

const isOpen = ({ state }: EsclStatus['jobs'][number]): boolean =>
  state === 'Processing' || state === 'Pending';

/** What one look at the scanner says. */
export type CutOffFinding =
  /** This one is taken to be ours, by its path. */
  | { readonly is: 'ours'; readonly path: string }
  /** There is none, or nobody can tell whose it is: it is left alone for good. */
  | { readonly is: 'over' }
  /** Not to be seen yet. */
  | { readonly is: 'notYet' };

/**
 * A job whose making was cut off: the scanner may have made it, and nobody told its path. It is taken to be ours
 * where the scanner had nothing to do before the call, and afterwards has exactly one job at work that was not listed
 * then, made while the call ran or right after it. By its age (Mopria eSCL: `Age`, in seconds; some tell none) or
 * because it is still that early. Whatever is not as likely as that is left to the scanner. A job has no mark of who
 * made it: where others use the scanner, one that they began in those very seconds, while ours never arrived, is ended
 * in its place.
 */
export class CutOffJob {
  readonly #known: ReadonlySet<string>;
  readonly #sinceMs: number;
  readonly #untilMs: number;
  #looks = 0;

  private constructor(known: ReadonlySet<string>, sinceMs: number, untilMs: number) {
    this.#known = known;
    this.#sinceMs = sinceMs;
    this.#untilMs = untilMs;
  }

  /**
   * @param before what the scanner said before the call
   * @param sinceMs when it was asked that
   * @param untilMs when the call was cut off
   * @returns undefined where the scanner worked for somebody before: a job could be theirs
   */
  static after(before: EsclStatus, sinceMs: number, untilMs: number): CutOffJob | undefined {
    if (before.state !== 'Idle' || before.jobs.some(isOpen)) return undefined;
    return new CutOffJob(new Set(before.jobs.map(({ path }) => path)), sinceMs, untilMs);
  }

  /**
   * Looks for it in what the scanner says now.
   * @param askedMs when the scanner was asked
   * @param nowMs when it answered
   */
  look(status: EsclStatus, askedMs: number, nowMs: number): CutOffFinding {
    this.#looks += 1;
    const [job, ...others] = status.jobs.filter(isOpen);
    if (job === undefined) return { is: this.#looks < LOOKS ? 'notYet' : 'over' };
    const isNew = !this.#known.has(job.path) && /\/ScanJobs\/[^/]+$/.test(job.path);
    if (others.length > 0 || !isNew) return { is: 'over' };
    const age = job.ageSeconds;
    const fits =
      age === undefined
        ? nowMs <= this.#untilMs + SLACK_MS
        : age * 1_000 >= askedMs - this.#untilMs - SLACK_MS &&
          age * 1_000 <= nowMs - this.#sinceMs + SLACK_MS;
    return fits ? { is: 'ours', path: job.path } : { is: 'over' };
  }
}
