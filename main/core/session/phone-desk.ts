import type { SessionView } from '../../contract/session-view.ts';
import type { OpenTransfer } from '../phone/phone-link.ts';
import type { Cancel } from '../ports.ts';
import { wipe } from '../seal/give-back.ts';
import type { CaptureDesk } from './capture-desk.ts';
import type { SessionParts } from './parts.ts';

/** How often the platform is asked while a phone may send. */
const ASK_EVERY_MS = 1_500;
/** So many questions in a row without an answer end it. */
const MOST_MISSED = 8;

type PhoneView = NonNullable<SessionView['phone']>;

interface Running {
  readonly materialId: string;
  transfer: OpenTransfer | undefined;
  cancel: Cancel;
  taken: number;
  missed: number;
}

/**
 * Takes pages from the citizen's phone: shows a code, asks the platform what has come, opens it here and hands
 * it to the papers like a picture of the document camera. One phone for one material at a time.
 */
export class PhoneDesk {
  readonly #parts: SessionParts;
  readonly #captures: CaptureDesk;
  readonly #changed: () => void;
  readonly #onPage: () => void;
  #running: Running | undefined;
  #view: PhoneView | undefined;

  /** @param onPage somebody is there: a page came */
  constructor(parts: SessionParts, captures: CaptureDesk, changed: () => void, onPage: () => void) {
    this.#parts = parts;
    this.#captures = captures;
    this.#changed = changed;
    this.#onPage = onPage;
  }

  get view(): PhoneView | undefined {
    return this.#view;
  }

  /**
   * Begins; how it goes stands in the view.
   * @throws NotNow when no paper is asked for under that id
   */
  async start(materialId: string): Promise<void> {
    this.#captures.expect(materialId);
    this.stop();
    const running: Running = {
      ...{ materialId, transfer: undefined, cancel: () => undefined, taken: 0, missed: 0 },
    };
    this.#running = running;
    this.#show({ materialId, state: 'opening', url: null, pagesSoFar: 0, unreadable: 0 });
    const transfer = await this.#parts.phone.open();
    if (this.#running !== running) {
      await transfer?.close();
      return;
    }
    if (transfer === undefined) {
      this.#end('failed');
      return;
    }
    running.transfer = transfer;
    this.#show({ ...this.#now(materialId), state: 'waiting', url: transfer.url });
    this.#askLater(running);
  }

  /** The citizen is done with the phone. Nothing that comes now is taken. */
  stop(): void {
    this.#end(undefined);
  }

  #askLater(running: Running): void {
    running.cancel = this.#parts.clock.after(ASK_EVERY_MS, () => {
      this.#ask(running).catch(() => {
        this.#parts.log('asking for photographs ended with a bug');
        this.#end('failed');
      });
    });
  }

  async #ask(running: Running): Promise<void> {
    const { transfer, materialId } = running;
    if (transfer === undefined || this.#running !== running) return;
    const state = await transfer.state();
    if (this.#running !== running) return;
    if (state === 'gone') {
      this.#end('expired');
      return;
    }
    if (state === 'away') {
      running.missed += 1;
      if (running.missed > MOST_MISSED) this.#end('failed');
      else this.#askLater(running);
      return;
    }
    running.missed = 0;
    if (state.state !== 'waiting' && this.#view?.state === 'waiting') {
      this.#onPage();
      this.#show({ ...this.#now(materialId), state: 'connected', url: null });
    }
    while (running.taken < state.pages) {
      if (!(await this.#take(running, transfer))) break;
    }
    if (this.#running !== running) return;
    if (state.state === 'finished' && running.taken >= state.pages) this.#end('done');
    else this.#askLater(running);
  }

  /** False when it must be tried again later, or somebody ended it meanwhile. */
  async #take(running: Running, transfer: OpenTransfer): Promise<boolean> {
    const page = await transfer.page(running.taken + 1);
    if (this.#running !== running) {
      if (typeof page !== 'string') wipe(page);
      return false;
    }
    if (page === 'away') return false;
    this.#onPage();
    // a picture of the document camera is being worked on: it goes first
    if (this.#captures.busy && typeof page !== 'string') {
      wipe(page);
      return false;
    }
    running.taken += 1;
    const outcome =
      page === 'damaged'
        ? 'unreadable'
        : await this.#captures.expect(running.materialId, { source: 'phone' })(page);
    if (this.#running !== running) return false;
    if (outcome === 'gone' || outcome === 'full') {
      this.#end(outcome === 'full' ? 'done' : undefined);
      return false;
    }
    const before = this.#now(running.materialId);
    this.#show(
      outcome === 'taken'
        ? { ...before, pagesSoFar: before.pagesSoFar + 1 }
        : { ...before, unreadable: before.unreadable + 1 },
    );
    return true;
  }

  #now(materialId: string): PhoneView {
    const opening = {
      materialId,
      state: 'opening',
      url: null,
      pagesSoFar: 0,
      unreadable: 0,
    } as const;
    return this.#view ?? opening;
  }

  /** Ends what runs; the last state is shown, or nothing. */
  #end(state: 'done' | 'expired' | 'failed' | undefined): void {
    const running = this.#running;
    this.#running = undefined;
    running?.cancel();
    running?.transfer
      ?.close()
      .catch(() => this.#parts.log('closing a transfer of photographs ended with a bug'));
    if (state === undefined || running === undefined) {
      if (this.#view === undefined) return;
      this.#view = undefined;
      this.#changed();
      return;
    }
    this.#show({ ...this.#now(running.materialId), state, url: null });
  }

  #show(view: PhoneView): void {
    this.#view = view;
    this.#changed();
  }
}
