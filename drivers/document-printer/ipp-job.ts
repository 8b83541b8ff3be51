import type { Fault } from '../../domain/device/fault.ts';
import type { DeviceStatus } from '../../domain/device/status.ts';
import { err, type Result } from '../../domain/result.ts';
import type { DriverClock } from '../device.ts';
import { sleep } from '../transport/system-clock.ts';
import type { DocumentPrintRequest, PrintOutcome } from './contract.ts';
import type { IppClient, IppJobView, IppTicket } from './ipp-client.ts';
import { CLIENT_ERROR_NOT_FOUND, failureFault, printerFault } from './ipp-faults.ts';
import { SERVER_ERROR_BUSY, type IppFailure } from './ipp-faults.ts';
import { endOf, type JobStory } from './job-end.ts';
import type { JobLimit } from './job-limit.ts';

/** Pauses and patience of a print, in ms. */
export interface IppJobTiming {
  /** Between two looks at the job. */
  readonly jobPollMs: number;
  /** Before a printer that is busy with others is asked again, and how often it is asked. */
  readonly busyRetryMs: number;
  readonly busyTries: number;
  /** A printer that stops may go on by itself, from another tray or after a short warm-up. */
  readonly stopPatienceMs: number;
  /** A job that is held will not be printed unless somebody goes and releases it. */
  readonly holdPatienceMs: number;
  /** Of the deadline, kept for cancelling the job at the printer: one half to learn its number, one to cancel it. */
  readonly graceMs: number;
}

/** What a print needs. */
export interface IppJob {
  readonly client: IppClient;
  readonly clock: DriverClock;
  readonly timing: IppJobTiming;
  readonly limit: JobLimit;
  readonly request: DocumentPrintRequest;
  readonly ticket: IppTicket;
  /** Whether the printer lets a job be made before its document is sent. */
  readonly createJob: boolean;
  /** Asks the printer how it is; nothing when it does not answer. */
  readonly look: (signal: AbortSignal) => Promise<DeviceStatus | undefined>;
}

/** A job that may still lie in the printer and must be taken back when it answers again. */
export interface OrphanJob {
  readonly id: number;
  readonly identity: string;
}

/** How a print ended, and what it leaves behind. */
export interface JobEnd {
  readonly result: PrintOutcome;
  readonly orphan?: OrphanJob;
}

const HELD = 4;
const STOPPED = 6;
/** A job that waits for its document is called held by some printers. */
const AWAITS_DOCUMENT = ['job-incoming', 'job-data-insufficient', 'job-spooling'];

/** Hands one document to the printer and finds out what became of it. Never sends anything twice. */
export async function runIppJob(job: IppJob): Promise<JobEnd> {
  const { client, limit, ticket } = job;
  const valid = await client.validateJob(ticket, limit.signal);
  if (!valid.ok) return refused(job, valid.error);
  if (valid.value.length > 0) {
    const detail = `the printer leaves out ${valid.value.join(', ')}`;
    return { result: { outcome: 'failed', fault: printerFault('documentRefused', { detail }) } };
  }
  const submitted = await (job.createJob ? createAndSend(job) : printInOneCall(job));
  return submitted.ok ? follow(job, submitted.value) : submitted.error;
}

/** The job is known before the first byte of its document: whatever happens, it can be cancelled. */
async function createAndSend(job: IppJob): Promise<Result<IppJobView, JobEnd>> {
  const { client, limit, ticket, request } = job;
  const late = lateSignal(job);
  const made = await whileBusy(job, () => client.createJob(ticket, late.signal));
  late.forget();
  // A job of which only the answer was lost has no document, and nothing of it can come out.
  if (!made.ok) return err(refused(job, made.error));
  const sent = await client.sendDocument(made.value.id, request.bytes, limit.signal);
  if (sent.ok) return made;
  const why = limit.isOver() ? limit.fault : failureFault(sent.error);
  const isBroken = sent.error.kind !== 'ipp';
  return err(await giveUp(job, made.value, { fault: why, isBroken }));
}

async function printInOneCall(job: IppJob): Promise<Result<IppJobView, JobEnd>> {
  const { client, ticket, request } = job;
  const late = lateSignal(job);
  const made = await whileBusy(job, () => client.printJob(ticket, request.bytes, late.signal));
  late.forget();
  if (made.ok) return made;
  if (isRefusal(made.error)) return err(refused(job, made.error));
  return err({ result: unconfirmed(`no answer to Print-Job: ${made.error.kind}`) });
}

/** Comes a while after the limit: who breaks off the making of a job never learns its number, to cancel it. */
function lateSignal({ clock, limit, timing }: IppJob): {
  readonly signal: AbortSignal;
  forget(): void;
} {
  const late = new AbortController();
  const settled = new AbortController();
  const over = (): void => {
    const cancel = clock.after(timing.graceMs / 2, () => late.abort());
    settled.signal.addEventListener('abort', cancel, { once: true });
  };
  if (limit.isOver()) over();
  else limit.signal.addEventListener('abort', over, { once: true, signal: settled.signal });
  return { signal: late.signal, forget: () => settled.abort() };
}

/** Whether the printer certainly did not take the document. */
function isRefusal(failure: IppFailure): boolean {
  switch (failure.kind) {
    case 'ipp':
    case 'untrusted':
    case 'missingLibrary':
      return true;
    case 'http':
      return failure.status < 500;
    case 'unreachable':
    case 'timeout':
    case 'cancelled':
      return !failure.connected;
    case 'malformed':
      return false;
  }
}

/** A printer that says busy has taken nothing: asking again repeats nothing. */
async function whileBusy<T>(
  { timing, clock, limit }: IppJob,
  call: () => Promise<Result<T, IppFailure>>,
): Promise<Result<T, IppFailure>> {
  for (let tried = 1; ; tried += 1) {
    const answer = await call();
    const isBusy =
      !answer.ok && answer.error.kind === 'ipp' && answer.error.status === SERVER_ERROR_BUSY;
    if (!isBusy || tried >= timing.busyTries || limit.isOver()) return answer;
    await sleep(clock, timing.busyRetryMs, limit.signal);
  }
}

function refused({ limit }: IppJob, failure: IppFailure): JobEnd {
  const why = limit.isOver() ? limit.fault : failureFault(failure);
  return { result: { outcome: 'failed', fault: why } };
}

function unconfirmed(detail: string): PrintOutcome {
  return { outcome: 'unknown', fault: printerFault('unconfirmed', { detail }) };
}

/** Why a job does not go on, and how long to wait for it to go on after all. */
interface Obstacle {
  readonly fault: Fault;
  readonly patienceMs: number;
  readonly isStop: boolean;
}

/** Looks at the job until its end, or until it is clear that it will not come without a person. */
async function follow(job: IppJob, made: IppJobView): Promise<JobEnd> {
  const { client, clock, limit, timing } = job;
  const copies = job.request.copies;
  let sawPrinting = false;
  let stuckSince: number | undefined;
  for (;;) {
    if (limit.isOver()) {
      return giveUp(job, made, { fault: limit.fault, sawPrinting });
    }
    const view = await client.job(made.id, limit.signal);
    if (view.ok) {
      sawPrinting ||= view.value.state > HELD;
      const end = endOf(view.value, { copies, sawPrinting });
      if (end !== undefined) return { result: end };
      const obstacle = obstacleOf(view.value, await job.look(limit.signal), timing);
      stuckSince = obstacle === undefined ? undefined : (stuckSince ?? clock.now());
      const isStuck =
        obstacle !== undefined &&
        stuckSince !== undefined &&
        clock.now() - stuckSince >= obstacle.patienceMs;
      if (isStuck && !limit.isOver()) {
        const { fault, isStop } = obstacle;
        return giveUp(job, made, { fault, sawPrinting, stoppedShort: isStop });
      }
    } else if (isGone(view.error)) {
      return { result: unconfirmed('the printer has forgotten the job') };
    } else if (!limit.isOver()) {
      await job.look(limit.signal);
    }
    await sleep(clock, timing.jobPollMs, limit.signal);
  }
}

function obstacleOf(
  view: IppJobView,
  status: DeviceStatus | undefined,
  { stopPatienceMs, holdPatienceMs }: IppJobTiming,
): Obstacle | undefined {
  const vendorCode = `job ${view.state}: ${view.reasons.join(' ')}`.slice(0, 60);
  if (status?.fault !== undefined) {
    return { fault: status.fault, patienceMs: stopPatienceMs, isStop: true };
  }
  if (view.state === STOPPED) {
    const fault = printerFault('hardware', { vendorCode });
    return { fault, patienceMs: stopPatienceMs, isStop: true };
  }
  if (view.state === HELD && !view.reasons.some((reason) => AWAITS_DOCUMENT.includes(reason))) {
    const fault = printerFault('jobHeld', { vendorCode });
    return { fault, patienceMs: holdPatienceMs, isStop: false };
  }
  return undefined;
}

/** Cancels the job at the printer and waits a little for its word that it is over. */
async function giveUp(
  job: IppJob,
  made: IppJobView,
  story: Omit<JobStory, 'copies'>,
): Promise<JobEnd> {
  const { client, clock, timing } = job;
  const grace = new AbortController();
  const noEnd = clock.after(timing.graceMs / 2, () => grace.abort());
  let sawPrinting = story.sawPrinting === true;
  let isTold = false;
  try {
    while (!grace.signal.aborted) {
      if (!isTold) isTold = heard(await client.cancelJob(made.id, grace.signal));
      const view = await client.job(made.id, grace.signal);
      if (view.ok) {
        sawPrinting ||= view.value.state === 5 || view.value.state === STOPPED;
        const end = endOf(view.value, { ...story, sawPrinting, copies: job.request.copies });
        if (end !== undefined) return { result: end };
      } else if (isGone(view.error)) {
        return { result: unconfirmed('the printer has forgotten the cancelled job') };
      }
      await sleep(clock, timing.jobPollMs, grace.signal);
    }
  } finally {
    noEnd();
  }
  const { id, identity } = made;
  return {
    result: unconfirmed(`${story.fault?.code ?? ''}, cancel not confirmed`),
    orphan: { id, identity },
  };
}

/** Takes back what an earlier print left in the printer. True when nothing of it can come out any more. */
export async function takeBack(
  client: IppClient,
  orphan: OrphanJob,
  signal: AbortSignal,
): Promise<boolean> {
  const view = await client.job(orphan.id, signal);
  if (!view.ok) return isGone(view.error);
  // A printer that was switched off may have given the number to somebody else's job.
  if (orphan.identity !== view.value.identity) return true;
  if (view.value.state > STOPPED) return true;
  const told = await client.cancelJob(orphan.id, signal);
  return !told.ok && isGone(told.error);
}

/** The printer has carried it out, or has nothing to carry out. */
function heard(answer: Result<unknown, IppFailure>): boolean {
  return answer.ok || answer.error.kind === 'ipp';
}

function isGone(failure: IppFailure): boolean {
  return failure.kind === 'ipp' && failure.status === CLIENT_ERROR_NOT_FOUND;
}
