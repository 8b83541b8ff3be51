import type { DeviceStatus } from '../../../domain/device/status.ts';
import type { IdCardData } from '../../../domain/identity/card.ts';
import type { IdCardEvent } from '../../../drivers/id-card/contract.ts';
import type { CoreIdCard, Devices } from '../devices/contract.ts';
import { wantsProxyCard } from './material-state.ts';
import { withCards, withoutProxyCard } from './form-state.ts';
import type { SessionParts } from './parts.ts';
import { PhotoDesk } from './photo-desk.ts';
import type { SessionData } from './session-data.ts';
import { saltedDigest } from './submission.ts';

/** A card found so soon after the reader came back was lying there already. */
const LYING_SINCE_BEFORE_MS = 8_000;

/** So long may the answer that asks for a second card come after the card. */
const WAITING_MS = 60_000;

/** What the card desk needs of the session's parts. */
export interface CardParts extends Pick<
  SessionParts,
  'clock' | 'randomness' | 'photoDecoder' | 'log'
> {
  readonly devices: Pick<Devices, 'cardReaderSince'> & {
    readonly idCard: Pick<CoreIdCard, 'status'>;
  };
}

/** What a card event means for the session. */
export type CardMeaning =
  /** Nothing to do. */
  | 'nothing'
  /** Something to draw anew. */
  | 'draw'
  /** Somebody lays a card down where no session runs. */
  | 'someoneCame'
  /** A card was read into a session that had none. */
  | 'identified';

/** Judges what happens on the reader. A card never silently replaces another one. */
export class CardDesk {
  readonly photos: PhotoDesk;
  readonly #parts: CardParts;
  readonly #data: SessionData;
  /** A card was read and nobody has said that it was taken away. */
  #lies = false;
  /**
   * Salted digest of the card of the last session, until the next person is known: it may still lie there,
   * whatever the reader says. The salt never leaves this desk.
   */
  #lastCard: string | undefined;
  readonly #salt: Uint8Array;
  #waitingSince = 0;
  /** When the reader that read a card last had come online. */
  #cardOf: number | undefined;
  /** The last card was the first one since the reader had come online. */
  #firstCard = false;

  constructor(parts: CardParts, data: SessionData, changed: () => void) {
    this.photos = new PhotoDesk(parts, changed);
    this.#parts = parts;
    this.#data = data;
    this.#salt = parts.randomness.bytes(32);
  }

  /** A card is on the reader, as far as the reader says; of one that does not work nobody can say so. */
  get lies(): boolean {
    return this.#lies && this.#parts.devices.idCard.status.state === 'online';
  }

  /** To be called with every event, also with those that say nothing to citizens. */
  heard(event: IdCardEvent): void {
    if (event.type === 'card') {
      this.#lies = true;
      this.#firstCard = this.#noCardYet;
      this.#cardOf = this.#parts.devices.cardReaderSince;
    }
    if (event.type === 'removed') this.#lies = false;
  }

  /**
   * To be called when the reader stands otherwise than before.
   * @returns there is something to draw anew
   */
  readerIs({ state, fault }: DeviceStatus): boolean {
    // a driver that begins anew never says `removed` of what lay there before
    const anew = state === 'starting' || state === 'noDevice' || fault?.code === 'device.hostDown';
    if (anew) this.#lies = false;
    if (this.lies || this.#data.card.state !== 'leftBehind') return false;
    this.#data.card = { state: 'none' };
    return true;
  }

  /** To be called before the session's people are forgotten. */
  sessionEnds(): void {
    this.photos.forget();
    const { applicant } = this.#data;
    // also when it was said to be gone: the reader may have been lost meanwhile
    if (applicant !== undefined) {
      this.#lastCard = saltedDigest(this.#salt, applicant.card.idNumber);
    }
  }

  /** @param open no session runs, or one that is over: a card begins a new one */
  judge(event: IdCardEvent, open: boolean): CardMeaning {
    switch (event.type) {
      case 'reading':
      case 'failed':
        return this.#attempt(event, open);
      case 'card': {
        const { photo } = event.readout;
        const meaning = this.#card(event, open);
        // of the applicant's own card only
        if (meaning === 'identified') this.photos.take(photo);
        else photo.fill(0);
        return meaning;
      }
      case 'removed':
        if (this.#data.card.state !== 'reading' && this.#data.card.state !== 'leftBehind') {
          return 'nothing';
        }
        this.#data.card = { state: 'none' };
        return 'draw';
    }
  }

  #attempt(
    event: Extract<IdCardEvent, { type: 'reading' | 'failed' }>,
    open: boolean,
  ): CardMeaning {
    if (this.#data.applicant !== undefined) return 'nothing';
    if (open && this.#noCardYet && this.#wasLyingThere()) return 'nothing';
    const meaning = open ? 'someoneCame' : 'draw';
    this.#data.card =
      event.type === 'reading' ? { state: 'reading' } : { state: 'failed', fault: event.fault };
    return meaning;
  }

  #card(event: Extract<IdCardEvent, { type: 'card' }>, open: boolean): CardMeaning {
    const { data: card, doubts } = event.readout;
    const { applicant } = this.#data;
    if (applicant === undefined) {
      const known = saltedDigest(this.#salt, card.idNumber) === this.#lastCard;
      if (open && known && this.#firstCard && this.#wasLyingThere()) return 'nothing';
      this.#lastCard = undefined;
      this.#data.applicant = { card, doubts };
      this.#data.card = { state: 'read' };
      return 'identified';
    }
    if (applicant.card.idNumber === card.idNumber) return this.#knownAgain();
    if (this.#data.ink === undefined && this.#takeProxy(card)) return 'draw';
    if (this.#data.proxyCard?.idNumber === card.idNumber) return this.#knownAgain();
    this.#data.waitingCard = card;
    this.#waitingSince = this.#parts.clock.now();
    this.#data.notice = 'otherCard';
    return 'draw';
  }

  /** To be called when answers changed: a card laid down just before may be the one now asked for. */
  answersChanged(): void {
    const { waitingCard } = this.#data;
    // readers say `removed` of a card that lies there too: only the time tells
    const fresh = this.#parts.clock.now() - this.#waitingSince < WAITING_MS;
    if (!fresh) this.#data.waitingCard = undefined;
    else if (waitingCard !== undefined && this.#takeProxy(waitingCard)) return;
    if (this.#data.notice === 'proxyCardRead') this.#data.notice = 'none';
  }

  /** The card that was asked to be put back lies there again. */
  #knownAgain(): CardMeaning {
    this.#data.waitingCard = undefined;
    if (this.#data.notice !== 'otherCard') return 'nothing';
    this.#data.notice = 'none';
    return 'draw';
  }

  /** Whoever laid down a wrong second card lays down the right one: the page says which card counts. */
  #takeProxy(card: IdCardData): boolean {
    const { form, applicant, proxyCard } = this.#data;
    if (form === undefined || applicant === undefined) return false;
    if (proxyCard?.idNumber === card.idNumber) return false;
    if (!wantsProxyCard(form.service, form.answers)) return false;
    const cards = { applicant: applicant.card, proxy: card };
    this.#data.form = withCards(proxyCard === undefined ? form : withoutProxyCard(form), cards);
    this.#data.proxyCard = card;
    this.#data.waitingCard = undefined;
    this.#data.notice = 'proxyCardRead';
    return true;
  }

  /** No card was read since the reader came online. */
  get #noCardYet(): boolean {
    return this.#cardOf !== this.#parts.devices.cardReaderSince;
  }

  /**
   * A reader that comes back (its host was started anew, other devices were set up, its line or power was
   * away) finds the card that somebody forgot: that is nobody coming. Asked of the first card only: whoever
   * comes back with their card in these few seconds lays it down once more.
   */
  #wasLyingThere(): boolean {
    if (this.#lastCard === undefined) return false;
    return this.#parts.clock.now() - this.#parts.devices.cardReaderSince < LYING_SINCE_BEFORE_MS;
  }
}
