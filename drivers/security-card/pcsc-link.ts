import type * as pcscMini from 'pcsc-mini';
import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { Result } from '../../domain/result.ts';
import { err, ok } from '../../domain/result.ts';
import type { DriverClock } from '../device.ts';
import type { CardLink } from './connection.ts';

type PcscLibrary = typeof pcscMini;
type Card = Awaited<ReturnType<InstanceType<PcscLibrary['Reader']>['connect']>>;

/** A card that does not let itself be put away is left after so long. */
const CLOSE_MS = 1_000;

/** How something that cannot be called off ended, or that it did not end in time. */
export type Within<T> =
  | { readonly type: 'done'; readonly value: T }
  | { readonly type: 'failed'; readonly error: unknown }
  | { readonly type: 'late' };

/** Waits for something no longer than so many ms. Never rejects. */
export function within<T>(doing: Promise<T>, ms: number, clock: DriverClock): Promise<Within<T>> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, () => resolve({ type: 'late' }));
    doing.then(
      (value) => {
        cancel();
        resolve({ type: 'done', value });
      },
      (error: unknown) => {
        cancel();
        resolve({ type: 'failed', error });
      },
    );
  });
}

/** A card behind the PC/SC service. */
export class PcscLink implements CardLink {
  readonly #card: Card;
  readonly #library: PcscLibrary;
  readonly #clock: DriverClock;

  constructor(card: Card, library: PcscLibrary, clock: DriverClock) {
    this.#card = card;
    this.#library = library;
    this.#clock = clock;
  }

  async transmit(
    apdu: Uint8Array,
    { deadlineMs }: { readonly deadlineMs: number },
  ): Promise<Result<Uint8Array, Fault>> {
    const sent = await within(this.#card.transmit(apdu), deadlineMs, this.#clock);
    if (sent.type === 'late') return err(fault('device.timeout'));
    if (sent.type === 'failed') return err(pcscFault(sent.error));
    const answer = Uint8Array.from(sent.value);
    // the library's buffer held a person
    sent.value.fill(0);
    return ok(answer);
  }

  async close(): Promise<void> {
    const parting = this.#card.disconnect(this.#library.CardDisposition.UNPOWER);
    await within(parting, CLOSE_MS, this.#clock);
  }
}

/** What an error of PC/SC means for a card. The library names them as the standard does, without `SCARD_E_`. */
export function pcscFault(error: unknown): Fault {
  const vendorCode = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  switch (vendorCode) {
    case 'RemovedCard':
    case 'NoSmartCard':
      return fault('securityCard.removedEarly', { vendorCode });
    case 'SharingViolation':
      return fault('device.busy', { vendorCode });
    case 'NoService':
    case 'ServiceStopped':
    case 'CommError':
      return fault('securityCard.serviceDown', { vendorCode });
    case 'ReaderUnavailable':
    case 'UnknownReader':
      return fault('device.offline', { vendorCode });
    default:
      // UnresponsiveCard, UnpoweredCard, UnsupportedCard, ProtoMismatch, ResetCard, NotTransacted …
      return fault('securityCard.unreadable', { vendorCode });
  }
}
