import { fault } from '../../../../domain/device/fault-catalogue.ts';
import { maskName } from '../../../../domain/identity/names.ts';
import { displayForm } from '../../../../domain/identity/private-use.ts';
import type { CardReadout } from '../../../../drivers/id-card/contract.ts';
import { failed, type Trial, type TrialEnd } from './contract.ts';
import { settled, unusable } from './settled.ts';

/** Reads a card and keeps nothing of it. */
export const tryIdCard: Trial = async ({ clock, devices, seconds }, signal, tell) => {
  const reader = devices.idCard;
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
    else tell({ type: 'layCard', seconds });
  });
};

function nameless({ data, doubts, photo }: CardReadout): NonNullable<TrialEnd['card']> {
  // nothing here needs the photo
  photo.fill(0);
  const name = data.name === '' ? (data.latinName ?? '') : data.name;
  return { kind: data.kind, maskedName: maskName(displayForm(name)), doubts: doubts.length };
}
