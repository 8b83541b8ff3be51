import { createActor, type Actor } from 'xstate';
import type { Locale } from '../../../domain/text.ts';
import type { AuditEventName } from '../../../domain/wire/audit-events.ts';
import type { IdCardEvent } from '../../../drivers/id-card/contract.ts';
import type { SessionView } from '../../contract/session-view.ts';
import { MaterialStore } from '../materials/material-store.ts';
import { ApplicationDesk } from './application-desk.ts';
import { CardDesk } from './card-desk.ts';
import { sessionFlow, type FlowEvent, type FlowState } from './flow.ts';
import { Goodbye } from './goodbye.ts';
import { IdleWatch } from './idle.ts';
import { Latest } from './latest.ts';
import { PapersDesk } from './papers-desk.ts';
import { NotNow, type SessionParts } from './parts.ts';
import { personalTexts } from './personal-texts.ts';
import { ReceiptDesk } from './receipt-desk.ts';
import { SecurityCardDesk } from './security-card-desk.ts';
import { SessionData } from './session-data.ts';
import { sessionView } from './view.ts';

/**
 * The session that runs, whatever the page asks of it: at which step it stands, what is drawn of it, who
 * begins it, and the one way in which it is over.
 */
export class SessionRun {
  /** The session as the page draws it; null while there is none. */
  readonly view: Latest<SessionView | null>;
  /** Takes papers in. */
  readonly papers: PapersDesk;
  /** Takes social security cards in place of their pictures. */
  readonly securityCards: SecurityCardDesk;
  /** Stores, and prints what the citizen takes along. */
  readonly receipts: ReceiptDesk;
  /** Judges what happens on the card reader. */
  readonly cards: CardDesk;
  /** Opens, checks and signs what is applied for. */
  readonly application: ApplicationDesk;
  /** Everything of people and their application. */
  readonly data: SessionData;
  readonly #parts: SessionParts;
  readonly #flow: Actor<typeof sessionFlow>;
  readonly #idle: IdleWatch;
  readonly #farewell: Goodbye;
  readonly #unsubscribe: readonly (() => void)[];
  #id: string | undefined;
  #revision = 0;
  readonly #holders = new Set<string>();

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.data = new SessionData(new MaterialStore(parts.randomness, parts.limits));
    this.#flow = createActor(sessionFlow);
    this.#flow.start();
    const changed = (): void => this.changed();
    this.cards = new CardDesk(parts, this.data, changed);
    this.papers = new PapersDesk(parts, this.data, {
      atPapers: () => (this.step === 'materials' ? this.id : undefined),
      changed,
      touch: () => this.touch(),
    });
    this.securityCards = new SecurityCardDesk(parts, this.data, {
      // a technician's card says nothing to citizens
      step: () => (this.#holders.size > 0 ? undefined : this.step),
      changed: () => {
        this.protect();
        this.touch();
        this.changed();
      },
    });
    this.application = new ApplicationDesk(parts, this.data, () => this.papers.forget());
    this.receipts = new ReceiptDesk(parts, this.data, () => this.step === 'receipt', changed);
    this.#idle = new IdleWatch(parts.clock, () => parts.idleTimes(this.data.service?.id), {
      onChange: changed,
      onEnd: () => this.reset('idle'),
    });
    this.#farewell = new Goodbye(
      parts.clock,
      () => this.cards.lies || this.securityCards.lies,
      () => this.reset('ended'),
    );
    this.view = new Latest(() => this.#draw());
    this.#unsubscribe = [
      parts.devices.idCard.onEvent((event) => this.#onCard(event)),
      parts.devices.idCard.onStatus((status) => {
        if (this.cards.readerIs(status)) changed();
      }),
      parts.devices.securityCard.onEvent((event) => this.securityCards.heard(event)),
      parts.outbox.onChange((submissionId) => {
        if (this.data.receipt?.item.submissionId === submissionId) changed();
      }),
      parts.onProblems(() => {
        if (this.data.receipt !== undefined) changed();
      }),
    ];
  }

  /** The screen that it is at. */
  get step(): FlowState {
    return this.#flow.getSnapshot().value;
  }

  /** Undefined while nobody is there. */
  get id(): string | undefined {
    return this.#id;
  }

  /**
   * Lets no session begin while anybody holds: somebody works at the devices.
   * @param who name of the holder; each lets go for itself
   * @returns false when a session runs; nothing was changed then
   */
  hold(who: string, on: boolean): boolean {
    if (on && this.step === 'goodbye') this.reset('ended');
    if (on && this.id !== undefined) return false;
    if (on) this.#holders.add(who);
    else this.#holders.delete(who);
    return true;
  }

  /** Somebody works at the devices. */
  get held(): boolean {
    return this.#holders.size > 0;
  }

  /** Somebody is there. */
  touch(): void {
    if (this.id !== undefined) this.#idle.touch();
  }

  /** Nobody seems to be there any more: the normal warning comes sooner. */
  nobodyThere(): void {
    this.#idle.hurry(20_000);
  }

  /**
   * Begins one, at the step at which nobody has done anything.
   * @param what `earlier`: only to show what was stored before
   * @returns false when none may begin now
   */
  open(locale: Locale, what: 'new' | 'earlier' = 'new'): boolean {
    if (this.#holders.size > 0) return false;
    if (what === 'new' && !this.#parts.mayBegin()) return false;
    const catalogue = this.#parts.bundles.current().catalogue?.content;
    if (catalogue === undefined) return false;
    this.#id = Buffer.from(this.#parts.randomness.bytes(16)).toString('hex');
    this.data.catalogue = catalogue;
    this.data.locale = locale;
    this.data.notice = 'none';
    this.#record('sessionBegun');
    this.#idle.touch();
    return true;
  }

  /** @throws NotNow when that cannot be done at this step */
  can(event: FlowEvent): void {
    if (!this.#flow.getSnapshot().can(event)) throw new NotNow('WRONG_STEP');
  }

  /** Goes to the step that follows, and draws it. @throws NotNow */
  go(event: FlowEvent): void {
    this.can(event);
    const before = this.step;
    this.#flow.send(event);
    // a card that is laid down beside a receipt takes nothing off it
    if (before !== 'receipt' || this.step !== 'receipt') this.data.notice = 'none';
    if (before === 'materials') this.papers.leave();
    this.receipts.at(this.step);
    if (this.step === 'attract' && before !== 'attract') {
      this.reset('ended');
      return;
    }
    if (this.step === 'goodbye') this.#goodbye();
    this.protect();
    this.changed();
  }

  /** To be called after every change: the page draws it. */
  changed(): void {
    this.#revision += 1;
    this.#idle.pause(this.step === 'submitting' || this.papers.scanning || this.receipts.busy);
    this.view.changed();
  }

  /** Keeps what is there of people out of the log. */
  protect(): void {
    this.#parts.protect(personalTexts(this.data));
  }

  /** Draws the step with a notice. */
  notice(notice: SessionView['notice']): void {
    this.data.notice = notice;
    this.changed();
  }

  /**
   * Forgets everybody and everything, from whatever step: people, answers, papers (overwritten), ink
   * (overwritten), receipt, language, what the log must not say. The one way in which a session is over.
   */
  reset(why: 'ended' | 'idle' | 'stopped'): void {
    // what is being stored is not pulled away half-way; its outcome leads on
    if (this.id === undefined || this.step === 'submitting') return;
    this.#forget();
    this.#id = undefined;
    this.data.locale = 'zh';
    this.data.catalogue = undefined;
    this.#record('sessionEnded', why);
    this.#flow.send({ type: 'reset' });
    this.changed();
  }

  /** @param storing settles when nothing is being stored any more */
  async close(storing: Promise<unknown>): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    await storing;
    // lets the step after storing go first
    await Promise.resolve();
    this.reset('stopped');
    this.#flow.stop();
  }

  /** Everything of people, in memory and in what others hold of it. */
  #forget(): void {
    this.#farewell.cancel();
    this.cards.sessionEnds();
    this.receipts.forget();
    this.papers.forget();
    this.#idle.stop();
    this.data.forget();
    this.#parts.protect([]);
  }

  #onCard(event: IdCardEvent): void {
    this.cards.heard(event);
    // a technician's card says nothing to citizens
    if (this.#holders.size > 0) return;
    if (this.step === 'goodbye' && event.type !== 'removed') this.reset('ended');
    const open = this.id === undefined;
    const meaning = this.cards.judge(event, open);
    if (open && (meaning === 'someoneCame' || meaning === 'identified') && !this.open('zh')) {
      // no catalogue: the attract screen says why nothing can be done
      this.cards.photos.forget();
      this.data.forget();
      return;
    }
    if (meaning === 'someoneCame') this.go({ type: 'begin' });
    else if (meaning === 'identified') this.#identified();
    else if (meaning === 'draw') {
      this.protect();
      this.changed();
    }
    if (meaning !== 'nothing') this.touch();
  }

  #identified(): void {
    this.protect();
    this.#record('cardRead');
    const { service } = this.data;
    const mayApply =
      service !== undefined &&
      !this.application.notEligible &&
      !this.application.needsStaff(service);
    if (mayApply && this.step === 'identify') this.application.open(service);
    this.go({ type: 'identified', mayApply });
  }

  #goodbye(): void {
    this.#forget();
    if (this.cards.lies) this.data.card = { state: 'leftBehind' };
    this.securityCards.sayLeft();
    this.#farewell.begin();
  }

  #record(event: AuditEventName, detail?: string): void {
    try {
      this.#parts.audit.record(event, detail === undefined ? {} : { detail });
    } catch {
      this.#parts.log('audit event could not be recorded', { event });
    }
  }

  #draw(): SessionView | null {
    const step = this.step;
    if (this.id === undefined || step === 'attract') return null;
    return sessionView(this.data, {
      sessionId: this.id,
      revision: this.#revision,
      step,
      idle: { ...this.#idle.view },
      wallMs: this.#parts.clock.wall(),
      clockBelieved: this.#parts.outbox.taking() !== 'clockWrong',
      validator: this.#parts.validator,
      delivery: this.receipts.delivery,
      sheet: this.receipts.sheets.state,
      phone: this.papers.phoneView,
      photo: this.cards.photos.id,
    });
  }
}
