import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import { ok, type Result } from '../../domain/result.ts';
import type { DriverClock } from '../device.ts';
import { sleep } from '../transport/system-clock.ts';
import type { ChildExit, ChildProcesses, RunningChild } from '../transport/child-process.ts';
import { CONFINED, endsWithin, stopChild } from '../transport/child-process.ts';
import type { ScannedPage, ScanProgress } from './contract.ts';
import { isJpeg } from './jpeg.ts';
import {
  exitFault,
  failureInLine,
  failureOfExit,
  saneFault,
  strangeInLine,
} from './sane-faults.ts';
import type { SaneFailure } from './sane-faults.ts';
import type { IncomingPage, PagePipes } from './sane-page-pipes.ts';

/** How a batch ended: how many pages were handed over, and why there are no more, unless all is well. */
export interface BatchEnd {
  readonly pages: number;
  readonly fault?: Fault;
  /** SANE's own word, where it had one. */
  readonly failure?: SaneFailure;
  /** It ended in a way that SANE has no word for: a crash, silence, words that are none, half a page. */
  readonly strange?: true;
}

/** What a batch needs. */
export interface BatchParts {
  readonly processes: ChildProcesses;
  readonly clock: DriverClock;
  readonly environment: Readonly<Record<string, string>>;
  /** Device, source, mode and so on, as arguments of scanimage. */
  readonly settings: readonly string[];
  readonly pipes: PagePipes;
  readonly pages: number;
  readonly maxPageBytes: number;
  /** A scan that says nothing new for so long, in ms, is given up: scanimage may hang when its saned dies. */
  readonly stalledMs: number;
  readonly onPage: (page: ScannedPage) => void;
  readonly onProgress: (progress: ScanProgress) => void;
  readonly signal: AbortSignal;
}

/** A batch at work. */
export interface RunningBatch {
  /** Never rejects unless `onPage` throws. */
  readonly end: Promise<BatchEnd>;
  /** Sees to it that the program is gone and the device free, gently at first. */
  stop(graceMs: number): Promise<void>;
}

const RETURN = new Uint8Array([0x0a]);
const LONGEST_LINE = 4_096;
/** scanimage that reads from a line which is gone tells the same progress some thousand times a second. */
const SPINNING = 2_000;

/**
 * Scans with one run of scanimage. It is told before each page to go on (`--batch-prompt`), so that a
 * scan can stop between two pages without a sheet too many drawn in.
 */
export async function startBatch(parts: BatchParts): Promise<Result<RunningBatch, Fault>> {
  const talk = new Talk(parts.onProgress);
  const started = await parts.processes.start(
    'prlimit',
    [
      ...[...CONFINED, 'scanimage', ...parts.settings, '--format=jpeg', '--progress'],
      ...[`--batch=${parts.pipes.format}`, '--batch-start=1', `--batch-count=${parts.pages}`],
      '--batch-prompt',
    ],
    { environment: parts.environment, onStderr: (bytes) => talk.hear(bytes) },
  );
  if (!started.ok) return started;
  const child = started.value;
  child.exited.then((exit) => talk.ended(exit)).catch(() => undefined);
  const paper: PaperWay = { moving: false };
  return ok({
    end: run(parts, child, talk, paper),
    stop: async (graceMs) => {
      // The end of its input is the end of the batch; that is all it takes between two pages.
      child.endInput();
      const unfinished = parts.signal.aborted && paper.moving;
      if (unfinished || !(await endsWithin(child, parts.clock, graceMs))) {
        await stopChild(child, parts.clock, graceMs);
      }
      talk.ended({ code: null, signal: 'SIGKILL' });
    },
  });
}

/** Whether scanimage was told to scan a page that has not come yet. */
interface PaperWay {
  moving: boolean;
}

async function run(
  parts: BatchParts,
  child: RunningChild,
  talk: Talk,
  paper: PaperWay,
): Promise<BatchEnd> {
  const stopped = Promise.withResolvers<'stopped'>();
  const stop = (): void => stopped.resolve('stopped');
  parts.signal.addEventListener('abort', stop, { once: true });
  const ended = new AbortController();
  const stalled = talk.stalled(parts.clock, parts.stalledMs, ended.signal);
  let page: IncomingPage | undefined;
  let pages = 0;
  try {
    while (pages < parts.pages) {
      if (parts.signal.aborted) return { pages, fault: fault('device.cancelled') };
      const number = pages + 1;
      page = await parts.pipes.open(number, parts.maxPageBytes).catch(() => undefined);
      if (!page) return { pages, fault: fault('device.misconfigured', { detail: 'page pipe' }) };
      paper.moving = true;
      child.write(RETURN);
      const came = await Promise.race([
        talk.scanned(number),
        page.tooBig.then(() => 'tooBig' as const),
        stopped.promise,
        stalled,
      ]);
      if (came === 'stalled') {
        const silence = fault('device.timeout', { detail: 'nothing comes any more' });
        return { pages, fault: silence, strange: true };
      }
      if (came === 'stopped') return { pages, fault: fault('device.cancelled') };
      const detail = `page above ${parts.maxPageBytes} bytes`;
      if (came === 'tooBig') return { pages, fault: fault('device.protocol', { detail }) };
      if (came === 'over') return await talk.why(pages);
      const bytes = await Promise.race([page.bytes, stopped.promise]);
      if (bytes === 'stopped') return { pages, fault: fault('device.cancelled') };
      if (bytes === undefined) return { pages, fault: fault('device.protocol', { detail }) };
      if (!isJpeg(bytes)) {
        const half = fault('device.protocol', { detail: 'page is no whole JPEG' });
        return { pages, fault: half, strange: true };
      }
      paper.moving = false;
      pages = number;
      parts.onPage({ mediaType: 'image/jpeg', bytes });
    }
    return { pages };
  } finally {
    parts.signal.removeEventListener('abort', stop);
    ended.abort();
    page?.drop();
  }
}

/** What scanimage says on its standard error while it works. */
class Talk {
  readonly #onProgress: (progress: ScanProgress) => void;
  readonly #over = Promise.withResolvers<'over'>();
  readonly #exit = Promise.withResolvers<ChildExit>();
  readonly #pages = new Map<number, PromiseWithResolvers<'scanned'>>();
  #rest = '';
  #page = 1;
  #furthest = 0;
  #failure: SaneFailure | undefined;
  /** What it said that is no word of SANE's: the end of a line that broke, never the end of the paper. */
  #strange: string | undefined;
  /** What it said that was news. */
  #heard = 0;
  /** How often in a row it told the same progress. */
  #still = 0;
  readonly #spins = Promise.withResolvers<'stalled'>();

  constructor(onProgress: (progress: ScanProgress) => void) {
    this.#onProgress = onProgress;
  }

  /** Whether a page was scanned whole, or the batch was over before. */
  scanned(page: number): Promise<'scanned' | 'over'> {
    return Promise.race([this.#of(page).promise, this.#over.promise]);
  }

  /** Why there are no more pages than so many. The device's own word goes before the exit code. */
  async why(pages: number): Promise<BatchEnd> {
    let failure = this.#failure;
    if (!failure && this.#strange !== undefined) {
      return {
        pages,
        fault: fault('device.protocol', { vendorCode: this.#strange }),
        strange: true,
      };
    }
    if (!failure) {
      const exit = await this.#exit.promise;
      failure = failureOfExit(exit);
      if (!failure && exit.code !== 0) return { pages, fault: exitFault(exit), strange: true };
      // Batches without a count end in 0 when the paper does; no other end is said in silence.
      failure ??= { during: 'scan', status: 'NO_DOCS' };
    }
    if (failure.status === 'NO_DOCS' && pages > 0) return { pages };
    // these two are no failures: whoever names them lost its line
    const strange = failure.status === 'GOOD' || failure.status === 'EOF';
    return { pages, fault: saneFault(failure), failure, ...(strange && { strange }) };
  }

  /** Resolves when nothing new was said for so long, or the same again and again; never after the signal. */
  stalled(clock: DriverClock, afterMs: number, ended: AbortSignal): Promise<'stalled'> {
    return Promise.race([this.#spins.promise, this.#quiet(clock, afterMs, ended)]);
  }

  async #quiet(clock: DriverClock, afterMs: number, ended: AbortSignal): Promise<'stalled'> {
    let before = -1;
    while (before !== this.#heard) {
      before = this.#heard;
      await sleep(clock, afterMs, ended);
      if (ended.aborted) return new Promise(() => undefined);
    }
    return 'stalled';
  }

  hear(bytes: Uint8Array): void {
    const lines = (this.#rest + Buffer.from(bytes).toString('latin1')).split(/[\r\n]/);
    this.#rest = (lines.pop() ?? '').slice(-LONGEST_LINE);
    for (const line of lines) if (line !== '') this.#line(line);
  }

  ended(exit: ChildExit): void {
    if (this.#rest !== '') this.#line(this.#rest);
    this.#rest = '';
    this.#exit.resolve(exit);
    this.#over.resolve('over');
  }

  #line(line: string): void {
    const progress = /^Progress: (\d+(?:\.\d+)?)%/.exec(line);
    if (progress) {
      const fraction = Math.min(1, Number(progress[1]) / 100);
      if (fraction <= this.#furthest) {
        this.#still += 1;
        if (this.#still > SPINNING) this.#spins.resolve('stalled');
        return;
      }
      this.#heard += 1;
      this.#still = 0;
      this.#furthest = fraction;
      this.#onProgress({ page: this.#page, fraction });
      return;
    }
    this.#heard += 1;
    const scanned = /Scanned page (\d+)\. \(scanner status = (\d+)\)/.exec(line);
    // GOOD or EOF: the page is whole.
    if (scanned && (scanned[2] === '0' || scanned[2] === '5')) {
      this.#page = Number(scanned[1]) + 1;
      this.#furthest = 0;
      this.#still = 0;
      this.#of(Number(scanned[1])).resolve('scanned');
    } else if (line.startsWith('Batch terminated')) {
      // Some end later, or never: what they had to say is said.
      if (this.#failure !== undefined || this.#strange !== undefined) this.#over.resolve('over');
    } else {
      this.#failure ??= failureInLine(line);
      this.#strange ??= strangeInLine(line);
    }
  }

  #of(page: number): PromiseWithResolvers<'scanned'> {
    const known = this.#pages.get(page);
    if (known) return known;
    const made = Promise.withResolvers<'scanned'>();
    this.#pages.set(page, made);
    return made;
  }
}
