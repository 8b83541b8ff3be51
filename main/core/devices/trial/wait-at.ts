import { fault } from '../../../../domain/device/fault-catalogue.ts';
import type { Unsubscribe } from '../../../../drivers/device.ts';
import type { CoreDevice } from '../contract.ts';
import { failed, type TrialEnd, type TrialParts } from './contract.ts';
import { unusable } from './settled.ts';

/** A device at which something happens by itself. */
export interface Telling<Event> extends CoreDevice {
  onEvent(listener: (event: Event) => void): Unsubscribe;
}

/** What is waited for at a device, and what it shows. */
export interface WaitedFor<Event> {
  /** From here on it is waited for: asks the person. The signal ends with the trial. */
  readonly begin: (signal: AbortSignal) => void;
  /** What an event shows; `undefined` when more is to come. */
  readonly heard: (event: Event) => TrialEnd | undefined;
  /** Nobody did it in the time that there was. */
  readonly late: TrialEnd;
}

/** Waits at a device for what a person does there; ends also when the device goes away or the trial is stopped. */
export function waitAt<Event>(
  device: Telling<Event>,
  { clock, seconds }: Pick<TrialParts, 'clock' | 'seconds'>,
  signal: AbortSignal,
  { begin, heard, late }: WaitedFor<Event>,
): Promise<TrialEnd> {
  const over = new AbortController();
  return new Promise<TrialEnd>((resolve) => {
    const end = (ended: TrialEnd): void => {
      cancel();
      for (const stop of unsubscribe) stop();
      signal.removeEventListener('abort', abort);
      over.abort();
      resolve(ended);
    };
    const abort = (): void => end(failed(fault('device.cancelled')));
    const cancel = clock.after(seconds * 1_000, () => end(late));
    const unsubscribe = [
      device.onEvent((event) => {
        const ended = heard(event);
        if (ended !== undefined) end(ended);
      }),
      device.onStatus((status) => {
        const gone = unusable(status);
        if (gone !== undefined) end(failed(gone));
      }),
    ];
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    else begin(over.signal);
  });
}
