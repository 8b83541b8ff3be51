import { fault } from '../../../../domain/device/fault-catalogue.ts';
import { failed, type Trial, type TrialEnd } from './contract.ts';
import { settled, unusable } from './settled.ts';

/** Waits for a code and says how long it was, not what it says. */
export const tryCodeScanner: Trial = async ({ clock, devices, seconds }, signal, tell) => {
  const scanner = devices.codeScanner;
  // one that pretends to be a keyboard is never known, and is tried all the same
  if (scanner.status.state !== 'unknown') {
    const away = unusable(await settled(scanner, clock, signal));
    if (away !== undefined) return failed(away);
  }
  return new Promise<TrialEnd>((resolve) => {
    const end = (ended: TrialEnd): void => {
      cancel();
      for (const stop of unsubscribe) stop();
      signal.removeEventListener('abort', abort);
      resolve(ended);
    };
    const abort = (): void => end(failed(fault('device.cancelled')));
    const cancel = clock.after(seconds * 1_000, () => end(failed(fault('codeScanner.notRead'))));
    const unsubscribe = [
      scanner.onEvent((event) => {
        if (event.type === 'failed') end(failed(event.fault));
        else end({ result: 'passed', code: { characters: Array.from(event.text).length } });
      }),
      scanner.onStatus((status) => {
        const gone = unusable(status);
        if (gone !== undefined) end(failed(gone));
      }),
    ];
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    else tell({ type: 'showCode', seconds });
  });
};
