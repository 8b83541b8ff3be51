import { parseReceiptToken } from '../../../domain/receipt/token.ts';
import type { CheckedReceipt, CodeView } from '../../contract/code-view.ts';
import type { SessionView } from '../../contract/session-view.ts';
import type { Audit } from '../audit/contract.ts';
import type { CoreCodeScanner } from '../devices/contract.ts';
import type { Cancel, Clock } from '../ports.ts';
import { Latest } from '../session/latest.ts';

/** What the desk lives on. */
export interface CodeDeskParts {
  readonly clock: Clock;
  readonly scanner: CoreCodeScanner;
  /** The scanner pretends to be a keyboard: the page hears it. */
  readonly byKeyboard: () => boolean;
  /** The scanner waits to be told to look. */
  readonly waits: () => boolean;
  readonly session: Latest<SessionView | null>;
  /** Staff or a technician are at the devices: what they scan is none of a citizen's. */
  readonly held: () => boolean;
  readonly touch: () => void;
  readonly verify: (text: string) => Promise<CheckedReceipt>;
  readonly audit: Audit;
  readonly log: (message: string) => void;
}

/** What a code was stands on the screen for so long. */
const SHOWN_MS = 60_000;
/** A scanner that was told to look does so for so long. */
const LOOK_MS = 30_000;

/**
 * Says what a code is that somebody holds before the scanner: on the attract screen and where services are
 * found. It goes away by itself, when it is closed, and when the session goes on. The code itself is not kept.
 */
export class CodeDesk {
  readonly view: Latest<CodeView | null>;
  readonly #parts: CodeDeskParts;
  readonly #unsubscribe: readonly (() => void)[];
  #shown: CodeView | null = null;
  /** Where it was scanned. */
  #place: string | undefined;
  #scans = 0;
  #cancel: Cancel = () => undefined;
  #looking: AbortController | undefined;

  constructor(parts: CodeDeskParts) {
    this.#parts = parts;
    this.view = new Latest(() => this.#shown);
    this.#unsubscribe = [
      parts.scanner.onEvent((event) => {
        if (event.type === 'failed') this.#unreadable();
        else this.#code(event.text);
      }),
      parts.session.onChange(() => {
        if (this.#shown !== null && this.#placeNow() !== this.#place) this.clear();
      }),
    ];
  }

  /** A code that the page heard. Says whether a scanner that pretends to be a keyboard is meant to be there. */
  typed(text: string): boolean {
    if (!this.#parts.byKeyboard()) return false;
    this.#parts.scanner.typed(text);
    return true;
  }

  /**
   * Lets a scanner that waits to be told look for one code, until one came, it is closed or the session goes on.
   * False where the scanner looks by itself, or no code is looked at now.
   */
  look(): boolean {
    if (!this.#parts.waits() || this.#placeNow() === undefined) return false;
    this.#parts.touch();
    this.#show({ is: 'waiting' });
    const looking = new AbortController();
    this.#looking = looking;
    const options = { deadlineMs: LOOK_MS, signal: looking.signal };
    this.#parts.scanner.look(options).then(
      (looked) => {
        // a code that came is told as an event, and so is one that could not be read
        if (this.#looking !== looking) return;
        this.#looking = undefined;
        if (!looked.ok && this.#shown?.is === 'waiting') this.#show({ is: 'notSeen' });
      },
      () => this.#parts.log('looking for a code ended with a bug'),
    );
    return true;
  }

  /** It was read, or nobody shows one any more. */
  clear(): void {
    this.#show(null);
  }

  close(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#cancel();
    this.#looking?.abort();
  }

  #unreadable(): void {
    if (this.#placeNow() !== undefined) this.#show({ is: 'unreadable' });
  }

  #code(text: string): void {
    const place = this.#placeNow();
    if (place === undefined) return;
    this.#parts.touch();
    if (parseReceiptToken(text) === undefined) {
      this.#show({ is: 'unknown' });
      return;
    }
    this.#show({ is: 'checking' });
    const scan = this.#scans;
    this.#parts.verify(text).then(
      (found) => {
        // closed, or another code came meanwhile
        if (this.#scans !== scan) return;
        this.#record(found.signature);
        this.#show(viewOf(found));
      },
      () => {
        if (this.#scans === scan) this.#show(null);
        this.#parts.log('checking a receipt ended with a bug');
      },
    );
  }

  #show(view: CodeView | null): void {
    this.#scans += 1;
    this.#cancel();
    const looking = this.#looking;
    this.#looking = undefined;
    looking?.abort();
    this.#shown = view;
    this.#place = this.#placeNow();
    if (view !== null) this.#cancel = this.#parts.clock.after(SHOWN_MS, () => this.clear());
    this.view.changed();
  }

  /** Where codes are looked at; undefined where they are not. */
  #placeNow(): string | undefined {
    if (this.#parts.held()) return undefined;
    const session = this.#parts.session.value;
    if (session === null) return 'attract';
    return session.step === 'find' ? session.sessionId : undefined;
  }

  #record(signature: string): void {
    try {
      this.#parts.audit.record('receiptChecked', { detail: signature });
    } catch {
      this.#parts.log('audit event could not be recorded');
    }
  }
}

/** A signature that does not hold vouches for nothing beside it. */
function viewOf({ signature, item, state, checkedOffline }: CheckedReceipt): CodeView {
  const holds = signature === 'valid' || signature === 'revokedKey';
  return {
    is: 'receipt',
    signature,
    item: holds ? item : 'unknown',
    caseState: holds ? state : null,
    checkedOffline,
  };
}
