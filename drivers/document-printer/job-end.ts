import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { PrintOutcome } from './contract.ts';
import type { IppJobView } from './ipp-client.ts';
import { printerFault } from './ipp-faults.ts';

/** What is known of a job besides what the printer says at its end. */
export interface JobStory {
  readonly copies: number;
  /** Why it was given up, if it was. */
  readonly fault?: Fault;
  /** The document may not have arrived whole. */
  readonly isBroken?: boolean;
  /** The printer was seen at work on it. */
  readonly sawPrinting?: boolean;
  /** It stopped in its middle for want of something: its last sheet was still to come. */
  readonly stoppedShort?: boolean;
}

const CANCELED = 7;
const ABORTED = 8;
const COMPLETED = 9;

/** How a print ended by the printer's last word on its job; nothing while the job goes on. */
export function endOf(view: IppJobView, story: JobStory): PrintOutcome | undefined {
  const vendorCode = `job ${view.state}: ${view.reasons.join(' ')}`.slice(0, 60);
  const unconfirmed = (): PrintOutcome => ({
    outcome: 'unknown',
    fault: printerFault('unconfirmed', { vendorCode }),
  });
  if (view.state === COMPLETED) {
    const doubtful = story.isBroken === true || view.reasons.includes('job-completed-with-errors');
    return doubtful ? unconfirmed() : { outcome: 'printed' };
  }
  if (view.state !== CANCELED && view.state !== ABORTED) return undefined;
  // Sheets are out: whether they are the whole document nobody can tell from here.
  const mayBeOut =
    view.impressions === undefined
      ? view.state === CANCELED && story.sawPrinting === true
      : view.impressions > 0;
  const isCertainlyShort = story.stoppedShort === true && story.copies === 1;
  if (mayBeOut && !isCertainlyShort) return unconfirmed();
  if (story.fault !== undefined) return { outcome: 'failed', fault: story.fault };
  const why = view.state === CANCELED ? fault('device.cancelled', { vendorCode }) : abort(view);
  return { outcome: 'failed', fault: why };
}

/** Why the printer gave a job up: RFC 8011 5.3.8. */
function abort({ state, reasons }: IppJobView): Fault {
  const vendorCode = `job ${state}: ${reasons.join(' ')}`.slice(0, 60);
  const isDocument = reasons.some((reason) =>
    /^(unsupported-document-format|document-(format|unprintable|password|permission)-error|unsupported-attributes-or-values|compression-error)$/.test(
      reason,
    ),
  );
  return printerFault(isDocument ? 'documentRefused' : 'jobAborted', { vendorCode });
}
