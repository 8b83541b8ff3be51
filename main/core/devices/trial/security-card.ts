import { fault } from '../../../../domain/device/fault-catalogue.ts';
import { maskName } from '../../../../domain/identity/names.ts';
import { displayForm } from '../../../../domain/identity/private-use.ts';
import type { SecurityCardReadout } from '../../../../drivers/security-card/contract.ts';
import { failed, type Trial, type TrialEnd } from './contract.ts';
import { settled, unusable } from './settled.ts';

/** Reads a social security card and keeps nothing of it. */
export const trySecurityCard: Trial = async ({ clock, devices, seconds }, signal, tell) => {
  const reader = devices.securityCard;
  const away = unusable(await settled(reader, clock, signal));
  if (away !== undefined) return failed(away);
  return new Promise<TrialEnd>((resolve) => {
    const end = (ended: TrialEnd): void => {
      cancel();
      for (const stop of unsubscribe) stop();
      signal.removeEventListener('abort', abort);
      resolve(ended);
    };
    const abort = (): void => end(failed(fault('device.cancelled')));
    const cancel = clock.after(seconds * 1_000, () => end({ result: 'failed', noCard: true }));
    const unsubscribe = [
      reader.onEvent((event) => {
        if (event.type === 'reading') tell({ type: 'reading' });
        if (event.type === 'failed') end(failed(event.fault));
        if (event.type === 'card') end({ result: 'passed', card: nameless(event.readout) });
      }),
      reader.onStatus((status) => {
        const gone = unusable(status);
        if (gone !== undefined) end(failed(gone));
      }),
    ];
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    else tell({ type: 'insertCard', seconds });
  });
};

function nameless({ data, doubts }: SecurityCardReadout): NonNullable<TrialEnd['card']> {
  const maskedName = maskName(displayForm(data.name));
  return { kind: 'securityCard', maskedName, doubts: doubts.length };
}
