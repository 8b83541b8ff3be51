import { randomBytes } from 'node:crypto';
import { PHONE_PAGE } from '../../domain/wire/phone.ts';
import type { PhoneClaim, PhoneTransferState } from '../../domain/wire/phone.ts';
import type { Now } from '../time.ts';

/** Most that is held for phones. */
export interface PhoneLimits {
  /** A transfer is forgotten after so long. */
  readonly lifetimeMs: number;
  readonly maxPages: number;
  /** Sealed bytes of one page. */
  readonly maxPageBytes: number;
  /** Sealed bytes of all transfers together. */
  readonly maxBytes: number;
}

/** Ten pages of a phone's camera, made smaller by the page; a quarter of a gigabyte for all. */
export const PHONE_LIMITS: PhoneLimits = {
  lifetimeMs: 10 * 60_000,
  maxPages: 10,
  maxPageBytes: 6 * 1024 * 1024,
  maxBytes: 256 * 1024 * 1024,
};

/** The page sends one picture after the other; another may come while a line that broke is not known to be. */
const MOST_ARRIVING = 2;

interface Transfer {
  readonly terminalId: string;
  readonly expiresAt: number;
  claim: string | undefined;
  finished: boolean;
  readonly pages: Buffer[];
  /** Pages whose bytes are coming: what ends each. */
  readonly arriving: Set<() => void>;
}

/** Why a phone is not heard. `gone`: over, or never there. `taken`: another phone has it. `full`: no room. */
export type PhoneRefusal = 'gone' | 'taken' | 'full' | 'noPage';

/**
 * Transfers from phones, in memory only: what is on its way is sealed, short-lived, and lost with a
 * restart, after which the citizen scans a new code. A terminal has one at a time.
 */
export class PhoneTransfers {
  readonly limits: PhoneLimits;
  readonly #now: Now;
  readonly #transfers = new Map<string, Transfer>();
  #bytes = 0;
  /** Bytes that are coming, or may. */
  #arriving = 0;

  constructor(now: Now, limits: PhoneLimits = PHONE_LIMITS) {
    this.#now = now;
    this.limits = limits;
  }

  /** Begins one; the terminal's earlier one is over. */
  open(terminalId: string): { readonly transferId: string; readonly expiresAt: number } {
    this.#sweep();
    for (const [id, { terminalId: owner }] of this.#transfers) {
      if (owner === terminalId) this.#forget(id);
    }
    const transferId = randomBytes(16).toString('base64url');
    const expiresAt = this.#now() + this.limits.lifetimeMs;
    this.#transfers.set(transferId, {
      ...{
        terminalId,
        expiresAt,
        claim: undefined,
        finished: false,
        pages: [],
        arriving: new Set(),
      },
    });
    return { transferId, expiresAt };
  }

  /** The first phone that asks has it. */
  claim(transferId: string): PhoneClaim | PhoneRefusal {
    const transfer = this.#find(transferId);
    if (transfer === undefined) return 'gone';
    if (transfer.claim !== undefined) return 'taken';
    const claim = randomBytes(16).toString('base64url');
    transfer.claim = claim;
    const { maxPages, maxPageBytes } = this.limits;
    return { claim, maxPages, maxPageBytes };
  }

  /**
   * A page is announced, before a byte of it is held: whether it would be heard. Room is kept for it until what is
   * answered here is called, once or more, and no longer than the transfer is there.
   *
   * @param abort called when the transfer ends first: no more of the page is to be held
   * @param bytes as announced; without, the most that a page may have
   */
  expect(
    transferId: string,
    claim: string,
    abort: () => void,
    bytes?: number,
  ): (() => void) | PhoneRefusal {
    const transfer = this.#of(transferId, claim);
    if (typeof transfer === 'string') return transfer;
    const { maxPages, maxPageBytes, maxBytes } = this.limits;
    const coming = Math.min(bytes ?? maxPageBytes, maxPageBytes);
    const mayCome = transfer.pages.length < maxPages && transfer.arriving.size < MOST_ARRIVING;
    if (!mayCome || this.#bytes + this.#arriving + coming > maxBytes) return 'full';
    const end = (): void => {
      room();
      abort();
    };
    const room = (): void => {
      if (transfer.arriving.delete(end)) this.#arriving -= coming;
    };
    transfer.arriving.add(end);
    this.#arriving += coming;
    return room;
  }

  /** Takes a sealed page of the phone that has it. */
  add(
    transferId: string,
    claim: string,
    sealed: Buffer,
  ): { readonly pages: number } | PhoneRefusal {
    const transfer = this.#of(transferId, claim);
    if (typeof transfer === 'string') return transfer;
    const { maxPages, maxPageBytes, maxBytes } = this.limits;
    const fits = sealed.length > PHONE_PAGE.sealedAt + PHONE_PAGE.tagBytes;
    if (!fits || sealed.length > maxPageBytes) return 'noPage';
    if (transfer.pages.length >= maxPages || this.#bytes + sealed.length > maxBytes) return 'full';
    transfer.pages.push(sealed);
    this.#bytes += sealed.length;
    return { pages: transfer.pages.length };
  }

  /** The phone has sent all it wanted. */
  finish(transferId: string, claim: string): PhoneRefusal | undefined {
    const transfer = this.#of(transferId, claim);
    if (typeof transfer === 'string') return transfer;
    transfer.finished = true;
    return undefined;
  }

  /** How it stands, for the terminal that began it. */
  state(terminalId: string, transferId: string): PhoneTransferState | undefined {
    const transfer = this.#mine(terminalId, transferId);
    if (transfer === undefined) return undefined;
    const { claim, finished, pages } = transfer;
    const state = finished ? 'finished' : claim === undefined ? 'waiting' : 'claimed';
    return { state, pages: pages.length };
  }

  /** A sealed page, from 1, for the terminal that began it. */
  page(terminalId: string, transferId: string, number: number): Buffer | undefined {
    return this.#mine(terminalId, transferId)?.pages[number - 1];
  }

  /** The terminal is done with it: nothing of it stays. */
  close(terminalId: string, transferId: string): void {
    if (this.#mine(terminalId, transferId) !== undefined) this.#forget(transferId);
  }

  #mine(terminalId: string, transferId: string): Transfer | undefined {
    const transfer = this.#find(transferId);
    return transfer?.terminalId === terminalId ? transfer : undefined;
  }

  #of(transferId: string, claim: string): Transfer | PhoneRefusal {
    const transfer = this.#find(transferId);
    if (transfer === undefined || transfer.finished) return 'gone';
    return transfer.claim === claim ? transfer : 'taken';
  }

  #find(transferId: string): Transfer | undefined {
    this.#sweep();
    return this.#transfers.get(transferId);
  }

  #sweep(): void {
    const now = this.#now();
    for (const [id, { expiresAt }] of this.#transfers) if (expiresAt <= now) this.#forget(id);
  }

  #forget(id: string): void {
    const transfer = this.#transfers.get(id);
    this.#transfers.delete(id);
    for (const page of transfer?.pages ?? []) {
      this.#bytes -= page.length;
      page.fill(0);
    }
    for (const end of transfer?.arriving ?? []) end();
  }
}
