import { PHOTO_BYTES, SW3, TEXT_BYTES } from '../sdt-commands.ts';

/** SW3 of the simulated security module: fine, self-test failed, not authorised. */
export type SamStatus = 0x90 | 0x60 | 0x66;

/** What a simulated card holds. */
export interface SimulatedCardContents {
  /** What the control plane shows of it: a persona's id, never a name. */
  readonly label: string;
  readonly text: Uint8Array;
  readonly photo?: Uint8Array;
  readonly newest?: Uint8Array;
}

/** A card, for one laying-down. */
export class SimulatedCard {
  readonly label: string;
  readonly text: Uint8Array;
  readonly photo: Uint8Array;
  readonly newest: Uint8Array | undefined;
  /** Was read whole since it was laid down. */
  wasRead = false;

  constructor(contents: SimulatedCardContents) {
    this.label = contents.label;
    this.text = contents.text;
    this.photo = contents.photo ?? syntheticPhoto(contents.label);
    this.newest = contents.newest;
  }
}

/** Opaque bytes that look like the picture of nobody; the same for the same label. */
function syntheticPhoto(label: string): Uint8Array {
  const photo = new Uint8Array(PHOTO_BYTES);
  let seed = Array.from(label).reduce((sum, c) => (sum * 31 + (c.codePointAt(0) ?? 0)) >>> 0, 7);
  for (let i = 0; i < photo.length; i++) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    photo[i] = seed >>> 24;
  }
  photo.set([0x57, 0x4c, 0x66, 0x00]); // "WLf"
  return photo;
}

/** An answer that is being made: what lies on the reader at its end counts. */
export interface Answering {
  /** Goes over the radio for long. */
  readonly reads: boolean;
  /** The body of the answer: SW1 SW2 SW3 DATA. */
  finish(): Uint8Array;
}

/** 05.01-20110253-0000123456-123456789 */
const SAM_ID: readonly number[] = [
  5, 0, 1, 0, 0xad, 0xdb, 0x32, 0x01, 0x40, 0xe2, 0x01, 0, 0x15, 0xcd, 0x5b, 0x07,
];

/** The module in a reader that finds, selects and reads one card at a time. */
export class SimulatedSam {
  readonly counts = { finds: 0, reads: 0, resets: 0, badRequests: 0 };
  readonly #refindsLyingCard: boolean;
  readonly #status: SamStatus;
  #card: SimulatedCard | undefined;
  #found: SimulatedCard | undefined;
  #selected: SimulatedCard | undefined;
  #failures = 0;

  constructor(options: { readonly refindsLyingCard: boolean; readonly status: SamStatus }) {
    this.#refindsLyingCard = options.refindsLyingCard;
    this.#status = options.status;
  }

  /** What lies on the reader. */
  get card(): SimulatedCard | undefined {
    return this.#card;
  }

  /** Lays a card down, in place of any other. */
  insert(card: SimulatedCard): void {
    this.#card = card;
  }

  /** Takes the card away. */
  remove(): void {
    this.#card = undefined;
  }

  /** So many of the coming reads fail with 41. */
  failNext(times: number): void {
    this.#failures = times;
  }

  /** Begins to answer a request (CMD PARA DATA); undefined is one with a wrong checksum. */
  begin(request: Uint8Array | undefined): Answering {
    const [cmd, para] = request ?? [];
    const reads = cmd === 0x30;
    const card = this.#card;
    return {
      reads,
      finish: () => {
        // A card that was there at the beginning and is no longer there at the end was pulled.
        if (reads && this.#card !== card) return refusal(SW3.readFailed);
        return this.#finish(request, ((cmd ?? 0) << 8) | (para ?? 0));
      },
    };
  }

  #finish(request: Uint8Array | undefined, code: number): Uint8Array {
    if (request === undefined) {
      this.counts.badRequests += 1;
      return refusal(SW3.badChecksum);
    }
    if (this.#status === SW3.samSelfTestFailed) return refusal(this.#status);
    const plain = request.length === 2;
    switch (code) {
      case 0x10ff:
        this.counts.resets += 1;
        this.#found = undefined;
        this.#selected = undefined;
        return plain ? refusal(this.#status) : refusal(SW3.badLength);
      case 0x11ff:
        return plain ? refusal(this.#status) : refusal(SW3.badLength);
      case 0x12ff:
        return plain ? answer(SW3.success, SAM_ID) : refusal(SW3.badLength);
      case 0x2001:
        return plain ? this.#find() : refusal(SW3.badLength);
      case 0x2002:
        return plain ? this.#select() : refusal(SW3.badLength);
      case 0x3001:
      case 0x3003:
      case 0x3010:
        return plain ? this.#read(code) : refusal(SW3.badLength);
      case 0x6000:
      case 0x6001:
      case 0x6002:
      case 0x6003:
      case 0x6004:
        return plain ? answer(SW3.success) : refusal(SW3.badLength);
      case 0x61ff:
        return request.length === 3 ? answer(SW3.success) : refusal(SW3.badLength);
      default:
        this.counts.badRequests += 1;
        return refusal(SW3.unknownCommand);
    }
  }

  #find(): Uint8Array {
    if (this.#status !== SW3.success) return refusal(this.#status);
    this.counts.finds += 1;
    this.#selected = undefined;
    const card = this.#card;
    const seen = card !== undefined && (!card.wasRead || this.#refindsLyingCard);
    this.#found = seen ? card : undefined;
    return seen ? answer(SW3.found, [0, 0, 0, 0]) : refusal(SW3.noCard);
  }

  #select(): Uint8Array {
    const card = this.#card;
    if (card === undefined || card !== this.#found) return refusal(SW3.selectFailed);
    this.#selected = card;
    return answer(SW3.success, new Uint8Array(8));
  }

  #read(code: 0x3001 | 0x3003 | 0x3010): Uint8Array {
    const card = this.#card;
    if (card === undefined || card !== this.#selected) return refusal(SW3.readFailed);
    if (this.#failures > 0) {
      this.#failures -= 1;
      return refusal(SW3.readFailed);
    }
    if (code === 0x3003) {
      return card.newest === undefined ? refusal(SW3.noSuchItem) : answer(SW3.success, card.newest);
    }
    card.wasRead = true;
    this.counts.reads += 1;
    const lengths = [TEXT_BYTES >> 8, TEXT_BYTES & 0xff, PHOTO_BYTES >> 8, PHOTO_BYTES & 0xff];
    const fingerprints = code === 0x3010 ? [0, 0] : [];
    return answer(SW3.success, [...lengths, ...fingerprints, ...card.text, ...card.photo]);
  }
}

function answer(sw3: number, data: ArrayLike<number> = []): Uint8Array {
  const body = new Uint8Array(3 + data.length);
  body[2] = sw3;
  body.set(data, 3);
  return body;
}

function refusal(sw3: number): Uint8Array {
  return answer(sw3);
}
