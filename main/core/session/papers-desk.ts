import type { ScanSource } from '../../../drivers/document-scanner/contract.ts';
import { CaptureDesk } from './capture-desk.ts';
import { NotNow, type SessionParts } from './parts.ts';
import { PhoneDesk } from './phone-desk.ts';
import { ScanDesk } from './scan-desk.ts';
import type { SessionData } from './session-data.ts';

/** What the papers know of the session around them. */
export interface AroundPapers {
  /** The session that is at its papers now, by its id. */
  readonly atPapers: () => string | undefined;
  readonly changed: () => void;
  /** Somebody is there. */
  readonly touch: () => void;
}

/** Everything by which papers come in: scanner, document camera, the citizen's phone. Only at the papers. */
export class PapersDesk {
  /** Takes pictures of the document camera in. */
  readonly captures: CaptureDesk;
  readonly #data: SessionData;
  readonly #around: AroundPapers;
  readonly #scans: ScanDesk;
  readonly #phone: PhoneDesk;

  readonly #images: SessionParts['images'];
  /** The page that is being turned. */
  #turning: string | undefined;

  constructor(parts: SessionParts, data: SessionData, around: AroundPapers) {
    this.#data = data;
    this.#images = parts.images;
    this.#around = around;
    this.#scans = new ScanDesk(parts, data, around.changed);
    this.captures = new CaptureDesk(parts, data, around.atPapers, around.changed);
    this.#phone = new PhoneDesk(parts, this.captures, around.changed, around.touch);
  }

  /** A page is on its way. */
  get busy(): boolean {
    return this.#scans.busy || this.captures.busy || this.#turning !== undefined;
  }

  get scanning(): boolean {
    return this.#scans.busy;
  }

  get phoneView(): PhoneDesk['view'] {
    return this.#phone.view;
  }

  /** Begins a scan; how it goes stands in the view. */
  scan(materialId: string, source: ScanSource, replaces?: string): Promise<void> {
    this.#here();
    this.#data.notice = 'none';
    return this.#scans.scan(materialId, source, replaces);
  }

  cancelScan(): void {
    this.#here();
    this.#scans.cancel();
  }

  /** Takes photographs from the citizen's phone; how it goes stands in the view. */
  phone(materialId: string): Promise<void> {
    this.#here();
    this.#data.notice = 'none';
    return this.#phone.start(materialId);
  }

  phoneStop(): void {
    this.#here();
    this.#phone.stop();
  }

  /** Takes a page away, or keeps it as it is, whatever the advice. */
  onPage(what: 'remove' | 'keep', pageId: string): void {
    this.#here();
    if (!this.#data.store[what](pageId)) throw new NotNow('NOT_FOUND');
    this.#around.changed();
  }

  /**
   * Turns a page by a quarter, clockwise. One that goes meanwhile is gone.
   * @throws NotNow `DEVICE` while another one is turned
   */
  async turn(pageId: string): Promise<void> {
    this.#here();
    const { store } = this.#data;
    const page = store.get(pageId);
    if (page === undefined) throw new NotNow('NOT_FOUND');
    if (this.#turning !== undefined) throw new NotNow('DEVICE');
    this.#turning = pageId;
    try {
      store.exchange(pageId, await this.#images.turn(page));
    } finally {
      this.#turning = undefined;
    }
    if (this.#around.atPapers() !== undefined) this.#around.changed();
  }

  /** The citizen goes on or back: no phone sends any more, and no scan runs where nobody can stop it. */
  leave(): void {
    this.#phone.stop();
    this.#scans.cancel();
  }

  /** The application is over: what still comes is thrown away unseen. */
  forget(): void {
    this.#phone.stop();
    this.#scans.forget();
    this.captures.forget();
  }

  #here(): void {
    if (this.#around.atPapers() === undefined) throw new NotNow('WRONG_STEP');
  }
}
