import type { Fault } from '../../../../domain/device/fault.ts';
import { maskName } from '../../../../domain/identity/names.ts';
import { displayForm } from '../../../../domain/identity/private-use.ts';
import { failed, type TrialEnd, type TrialParts, type TrialStep } from './contract.ts';
import { settled, unusable } from './settled.ts';
import { waitAt, type Telling } from './wait-at.ts';

/** What a reader of cards tells, whatever the cards. */
type CardEvent<Readout> =
  | { readonly type: 'reading' | 'removed' }
  | { readonly type: 'failed'; readonly fault: Fault }
  | { readonly type: 'card'; readonly readout: Readout };

/** Reads one card and keeps nothing of it: `nameless` says what may be told of it. */
export async function tryCard<Readout>(
  reader: Telling<CardEvent<Readout>>,
  parts: TrialParts,
  signal: AbortSignal,
  tell: (step: TrialStep) => void,
  {
    asked,
    nameless,
  }: {
    readonly asked: 'layCard' | 'insertCard';
    readonly nameless: (readout: Readout) => NonNullable<TrialEnd['card']>;
  },
): Promise<TrialEnd> {
  const away = unusable(await settled(reader, parts.clock, signal));
  if (away !== undefined) return failed(away);
  return waitAt<CardEvent<Readout>>(reader, parts, signal, {
    begin: () => tell({ type: asked, seconds: parts.seconds }),
    heard: (event) => {
      if (event.type === 'reading') tell({ type: 'reading' });
      if (event.type === 'failed') return failed(event.fault);
      if (event.type === 'card') return { result: 'passed', card: nameless(event.readout) };
      return undefined;
    },
    late: { result: 'failed', noCard: true },
  });
}

/** A name of which the trial may show that it was read. */
export function masked(name: string): string {
  return maskName(displayForm(name));
}
