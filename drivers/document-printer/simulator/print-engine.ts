import { randomUUID } from 'node:crypto';

/** States of a job, RFC 8011 5.3.7. */
export const JOB_STATE = {
  pending: 3,
  held: 4,
  processing: 5,
  stopped: 6,
  canceled: 7,
  aborted: 8,
  completed: 9,
} as const;

/** How a job is to be printed, as its maker said. */
export interface SimulatedTicket {
  readonly name: string;
  readonly user: string;
  readonly copies: number;
  readonly sides: string;
  readonly media: string;
}

/** A job in the simulated printer. */
export interface SimulatedJob {
  readonly id: number;
  readonly uuid: string;
  readonly ticket: SimulatedTicket;
  state: number;
  reason: string;
  /** Sides that left the printer. */
  impressions: number;
  pages: number;
  document: Uint8Array | undefined;
}

/** What came out: whole, or as much as there was when it was stopped. */
export interface Printed {
  readonly jobId: number;
  readonly isWhole: boolean;
  readonly document: Uint8Array;
}

type Trouble = 'paper' | 'cover' | 'jam';

const KEPT_JOBS = 50;
const KEPT_DOCUMENTS = 20;

/** The inside of a printer: paper, cover, toner and jobs, side by side out of it. Keeps nothing on disk. */
export class PrintEngine {
  readonly #jobs: SimulatedJob[] = [];
  readonly #printed: Printed[] = [];
  readonly #planned = new Map<Trouble, number>();
  #lastId = 0;
  #timer: NodeJS.Timeout | undefined;
  #abortNext = 0;
  paper: 'full' | 'low' | 'out' = 'full';
  coverOpen = false;
  jammed = false;
  holdsJobs = false;
  tonerPercent = 80;
  /** Time that one side takes, in ms. */
  pageMs: number;

  constructor(pageMs: number) {
    this.pageMs = pageMs;
  }

  get jobs(): readonly SimulatedJob[] {
    return this.#jobs;
  }

  get printed(): readonly Printed[] {
    return this.#printed;
  }

  get isStopped(): boolean {
    return this.paper === 'out' || this.coverOpen || this.jammed;
  }

  get isWorking(): boolean {
    return this.#jobs.some((job) => job.state === JOB_STATE.processing);
  }

  /** A job that waits for its document. */
  create(ticket: SimulatedTicket): SimulatedJob {
    this.#lastId += 1;
    const job: SimulatedJob = {
      id: this.#lastId,
      uuid: `urn:uuid:${randomUUID()}`,
      ticket,
      state: JOB_STATE.held,
      reason: 'job-incoming',
      impressions: 0,
      pages: 0,
      document: undefined,
    };
    this.#jobs.push(job);
    if (this.#jobs.length > KEPT_JOBS) this.#jobs.shift();
    return job;
  }

  /** The document has come: the job is printed when its turn comes. */
  submit(job: SimulatedJob, document: Uint8Array): void {
    job.document = document;
    job.pages = pagesOf(document) * job.ticket.copies;
    job.state = this.holdsJobs ? JOB_STATE.held : JOB_STATE.pending;
    job.reason = this.holdsJobs ? 'job-hold-until-specified' : 'none';
    this.wake();
  }

  cancel(job: SimulatedJob): void {
    this.#end(job, JOB_STATE.canceled, 'job-canceled-by-user');
  }

  abort(job: SimulatedJob, reason: string): void {
    this.#end(job, JOB_STATE.aborted, reason);
  }

  /** Jobs that come next are aborted before their first side. */
  abortNext(times: number): void {
    this.#abortNext = times;
  }

  /** The thing happens when so many more sides are out. */
  plan(trouble: Trouble, afterPages: number): void {
    this.#planned.set(trouble, afterPages);
  }

  unplan(trouble: Trouble): void {
    this.#planned.delete(trouble);
  }

  /** Goes on where it stopped. */
  wake(): void {
    if (this.#timer !== undefined) return;
    const job = this.#current();
    if (job === undefined) return;
    if (this.isStopped) {
      if (job.state === JOB_STATE.processing) job.state = JOB_STATE.stopped;
      return;
    }
    job.state = JOB_STATE.processing;
    job.reason = 'job-printing';
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#step(job);
      this.wake();
    }, this.pageMs);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #current(): SimulatedJob | undefined {
    return (
      this.#jobs.find(
        ({ state }) => state === JOB_STATE.processing || state === JOB_STATE.stopped,
      ) ?? this.#jobs.find(({ state }) => state === JOB_STATE.pending)
    );
  }

  #step(job: SimulatedJob): void {
    if (job.state !== JOB_STATE.processing) return;
    if (this.#abortNext > 0) {
      this.#abortNext -= 1;
      this.abort(job, 'aborted-by-system');
      return;
    }
    this.#happen();
    if (this.isStopped) return;
    job.impressions += 1;
    if (job.impressions >= job.pages) {
      this.#end(job, JOB_STATE.completed, 'job-completed-successfully');
    }
  }

  /** What was planned for this side. */
  #happen(): void {
    for (const [trouble, left] of this.#planned) {
      if (left > 0) {
        this.#planned.set(trouble, left - 1);
        continue;
      }
      this.#planned.delete(trouble);
      if (trouble === 'paper') this.paper = 'out';
      if (trouble === 'cover') this.coverOpen = true;
      if (trouble === 'jam') this.jammed = true;
    }
  }

  #end(job: SimulatedJob, state: number, reason: string): void {
    if (job.state >= JOB_STATE.canceled) return;
    if (job.document !== undefined && job.impressions > 0) {
      const isWhole = state === JOB_STATE.completed;
      this.#printed.push({ jobId: job.id, isWhole, document: job.document });
      if (this.#printed.length > KEPT_DOCUMENTS) this.#printed.shift();
    }
    job.state = state;
    job.reason = reason;
    job.document = undefined;
    this.wake();
  }
}

/** Sides of a PDF whose page objects lie open, as those of this project do; at least one. */
function pagesOf(document: Uint8Array): number {
  const text = Buffer.from(document).toString('latin1');
  return Math.max(1, text.match(/\/Type\s*\/Page(?![a-zA-Z])/g)?.length ?? 1);
}
