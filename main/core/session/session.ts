import { createActor, type Actor } from 'xstate';
import type { Catalogue, ServiceItem } from '../../../domain/catalogue/catalogue.ts';
import type { Answers, AnswerValue } from '../../../domain/catalogue/form.ts';
import type { Locale } from '../../../domain/text.ts';
import type { IdCardEvent } from '../../../drivers/id-card/contract.ts';
import type { SessionStep, SessionView } from '../../contract/session-view.ts';
import type { AuditEventName } from '../../../domain/wire/audit-events.ts';
import { MaterialStore } from '../materials/material-store.ts';
import { ApplicationDesk, type InkInput } from './application-desk.ts';
import { CardDesk } from './card-desk.ts';
import { sessionFlow, type FlowEvent, type FlowState } from './flow.ts';
import { withAnswers, withDispute } from './form-state.ts';
import { Goodbye } from './goodbye.ts';
import { IdleWatch } from './idle.ts';
import { Latest } from './latest.ts';
import { NotNow, type SessionParts } from './parts.ts';
import { ReceiptDesk } from './receipt-desk.ts';
import { PapersDesk } from './papers-desk.ts';
import { SecurityCardDesk } from './security-card-desk.ts';
import { SessionData } from './session-data.ts';
import { personalTexts } from './personal-texts.ts';
import { sessionView } from './view.ts';

/**
 * The running session: one at a time, in memory only. Every method that the page calls either does its
 * step, or throws `NotNow`, or leaves a notice or errors in the view; nothing is half done.
 */
export class SessionService {
  /** The session as the page draws it; null while there is none. */
  readonly view: Latest<SessionView | null>;
  /** Takes papers in. */
  readonly papers: PapersDesk;
  /** Takes social security cards in place of their pictures. */
  readonly securityCards: SecurityCardDesk;
  /** Stores, and prints what the citizen takes along. */
  readonly receipts: ReceiptDesk;
  readonly #parts: SessionParts;
  readonly #data: SessionData;
  readonly #flow: Actor<typeof sessionFlow>;
  readonly cards: CardDesk;
  readonly #application: ApplicationDesk;
  readonly #idle: IdleWatch;
  readonly #farewell: Goodbye;
  readonly #unsubscribe: readonly (() => void)[];
  #storing: Promise<unknown> = Promise.resolve();
  #sessionId: string | undefined;
  #revision = 0;
  readonly #holders = new Set<string>();

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#data = new SessionData(new MaterialStore(parts.randomness, parts.limits));
    this.#flow = createActor(sessionFlow);
    this.#flow.start();
    const changed = (): void => this.#changed();
    this.cards = new CardDesk(parts, this.#data, changed);
    this.papers = new PapersDesk(parts, this.#data, {
      atPapers: () => (this.#step === 'materials' ? this.#sessionId : undefined),
      changed,
      touch: () => this.touch(),
    });
    this.securityCards = new SecurityCardDesk(parts, this.#data, {
      // a technician's card says nothing to citizens
      step: () => (this.#holders.size > 0 ? undefined : this.#step),
      changed: () => {
        this.#protect();
        this.touch();
        this.#changed();
      },
    });
    this.#application = new ApplicationDesk(parts, this.#data);
    this.receipts = new ReceiptDesk(parts, this.#data, () => this.#step === 'receipt', changed);
    this.#idle = new IdleWatch(parts.clock, () => parts.idleTimes(this.#data.service?.id), {
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
      parts.devices.securityCard.onEvent((event) => this.securityCards.heard(event)),
      parts.outbox.onChange((submissionId) => {
        if (this.#data.receipt?.item.submissionId === submissionId) changed();
      }),
    ];
  }

  /** How sure the core is of the person: L2 once a card was read. */
  get assurance(): 'L0' | 'L2' {
    return this.#data.applicant === undefined ? 'L0' : 'L2';
  }

  /** The catalogue this session began with. */
  get catalogue(): Catalogue | undefined {
    return this.#data.catalogue;
  }

  /** The picture of a scanned page, for the screen; gone after reset. */
  preview(pageId: string): Uint8Array | undefined {
    return this.#data.store.preview(pageId);
  }

  /**
   * Lets no session begin while anybody holds: somebody works at the devices.
   * @param who name of the holder; each lets go for itself
   * @returns false when a session runs; nothing was changed then
   */
  hold(who: string, on: boolean): boolean {
    if (on && this.#step === 'goodbye') this.reset('ended');
    if (on && this.#sessionId !== undefined) return false;
    if (on) this.#holders.add(who);
    else this.#holders.delete(who);
    return true;
  }

  /** Somebody works at the devices. */
  get held(): boolean {
    return this.#holders.size > 0;
  }

  begin(locale: Locale): void {
    if (this.#step === 'goodbye') this.reset('ended');
    if (this.#step !== 'attract' || !this.#open(locale)) throw new NotNow('WRONG_STEP');
    this.#go({ type: 'begin' });
  }

  setLocale(locale: Locale): void {
    if (this.#sessionId === undefined) throw new NotNow('WRONG_STEP');
    this.#data.locale = locale;
    this.#changed();
  }

  touch(): void {
    if (this.#sessionId !== undefined) this.#idle.touch();
  }

  /** Nobody seems to be there any more: the normal warning comes sooner. */
  nobodyThere(): void {
    this.#idle.hurry(20_000);
  }

  browse(): void {
    this.#go({ type: 'browse' });
  }

  openService(serviceId: string): void {
    this.#can({ type: 'openService' });
    this.#data.service = this.#serviceOf(serviceId);
    this.#go({ type: 'openService' });
  }

  apply(): void {
    this.#can({ type: 'apply' });
    const { service, applicant } = this.#data;
    if (service === undefined) throw new NotNow('WRONG_STEP');
    const refusal = this.#application.refusal(service);
    if (refusal !== 'none') {
      this.#notice(refusal);
      return;
    }
    if (this.#application.notEligible) {
      this.#changed();
      return;
    }
    if (applicant !== undefined) this.#application.open(service);
    this.#go({ type: 'apply' });
  }

  /** @param from the step that was on the screen; from another one nothing happens */
  back(from: SessionStep): void {
    if (this.#step !== from) return;
    this.#can({ type: 'back' });
    if (this.#step === 'review') this.#data.forgetInk();
    this.#go({ type: 'back' });
  }

  end(): void {
    this.#can({ type: 'end' });
    this.#go({ type: 'end' });
  }

  saveAnswers(answers: Answers): void {
    const form = this.#form('form');
    this.#data.form = withAnswers(form, answers);
    this.cards.answersChanged();
    this.#protect();
    this.#changed();
  }

  /** Begins a session that shows what was stored before the core restarted. */
  reclaim(submissionId: string, locale: Locale): void {
    if (this.#step === 'goodbye') this.reset('ended');
    if (this.#step !== 'attract') throw new NotNow('WRONG_STEP');
    if (this.#parts.outbox.stored(submissionId) === undefined) throw new NotNow('NOT_FOUND');
    if (!this.#open(locale, 'earlier')) throw new NotNow('WRONG_STEP');
    if (this.#takeBack(submissionId)) return;
    this.reset('ended');
    throw new NotNow('NOT_FOUND');
  }

  restoreAnswers(serviceId: string, answers: Answers, submissionId?: string): void {
    this.#can({ type: 'restore' });
    if (submissionId !== undefined && this.#takeBack(submissionId)) return;
    const service = this.#serviceOf(serviceId);
    this.#data.service = service;
    if (this.#application.notEligible) {
      this.#changed();
      return;
    }
    this.#application.open(service);
    const form = this.#data.form;
    // what the page kept is shown again, but nothing of it counts as looked at
    if (form) this.#data.form = { ...withAnswers(form, answers), checked: new Set() };
    this.#go({ type: 'restore' });
    this.#notice('coreRestarted');
  }

  dispute(field: string, value: AnswerValue | undefined): void {
    const form = withDispute(this.#form('form'), field, value);
    if (form === undefined) throw new NotNow('NOT_FOUND');
    this.#data.form = form;
    this.#changed();
  }

  formDone(): void {
    const form = this.#form('form');
    const checked = new Set(Object.keys(form.service.form.properties));
    this.#data.form = { ...form, checked };
    if (this.#application.errors().length > 0) this.#changed();
    else this.#go({ type: 'formDone' });
  }

  materialsDone(): void {
    this.#form('materials');
    if (this.papers.busy) throw new NotNow('DEVICE');
    if (!this.#application.complete) {
      this.#notice('materialsMissing');
      return;
    }
    this.#go({ type: 'materialsDone' });
  }

  async sign(input: InkInput): Promise<void> {
    this.#form('sign');
    const session = this.#sessionId;
    const ink = await this.#application.inkOf(input);
    if (this.#sessionId !== session || this.#step !== 'sign') {
      ink?.png.fill(0);
      throw new NotNow('WRONG_STEP');
    }
    if (ink === undefined) {
      this.#notice('signatureUnclear');
      return;
    }
    this.#application.sign(ink, input.strokes);
    this.#go({ type: 'signed' });
  }

  change(step: 'form' | 'materials' | 'sign'): void {
    this.#can({ type: 'change', step });
    // what is signed is what stands there: a change asks for new ink
    this.#data.forgetInk();
    this.#go({ type: 'change', step });
  }

  /** Resolves when the application is durable and printing has begun, or was refused. */
  async submit(): Promise<void> {
    // touched twice: the first touch does it
    if (this.#step === 'submitting' || this.#step === 'receipt') return;
    this.#form('review');
    const { complete } = this.#application;
    if (this.#application.errors().length > 0 || !complete) {
      this.change(complete ? 'form' : 'materials');
      return;
    }
    this.#go({ type: 'submit' });
    const storing = this.receipts.store();
    this.#storing = storing;
    const refusal = await storing;
    if (refusal !== undefined) {
      this.#parts.log('nothing was stored', { reason: refusal });
      this.#go({ type: 'refused' });
      this.#notice(refusal);
      return;
    }
    this.#go({ type: 'stored' });
    this.receipts.begin();
  }

  another(): void {
    this.#can({ type: 'another' });
    this.receipts.sheets.forget();
    this.#data.forgetApplication();
    this.#protect();
    this.#go({ type: 'another' });
  }

  commit(materialId: string, committed: boolean): void {
    this.#form('materials');
    this.#application.commit(materialId, committed);
    this.#changed();
  }

  /**
   * Forgets everybody and everything, from whatever step: people, answers, papers (overwritten), ink
   * (overwritten), receipt, language, what the log must not say. The one way in which a session is over.
   */
  reset(why: 'ended' | 'idle' | 'stopped'): void {
    // what is being stored is not pulled away half-way; its outcome leads on
    if (this.#sessionId === undefined || this.#step === 'submitting') return;
    this.#forget();
    this.#sessionId = undefined;
    this.#data.locale = 'zh';
    this.#data.catalogue = undefined;
    this.#record('sessionEnded', why);
    this.#flow.send({ type: 'reset' });
    this.#changed();
  }

  async close(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    await this.#storing;
    // lets the step after storing go first
    await Promise.resolve();
    this.reset('stopped');
    this.#flow.stop();
  }

  get #step(): FlowState {
    return this.#flow.getSnapshot().value;
  }

  /** Everything of people, in memory and in what others hold of it. */
  #forget(): void {
    this.#farewell.cancel();
    this.cards.sessionEnds();
    this.receipts.sheets.forget();
    this.papers.forget();
    this.#idle.stop();
    this.#data.forget();
    this.#parts.protect([]);
  }

  /** @param what `earlier`: only to show what was stored before */
  #open(locale: Locale, what: 'new' | 'earlier' = 'new'): boolean {
    if (this.#holders.size > 0) return false;
    if (what === 'new' && !this.#parts.mayBegin()) return false;
    const catalogue = this.#parts.bundles.current().catalogue?.content;
    if (catalogue === undefined) return false;
    this.#sessionId = Buffer.from(this.#parts.randomness.bytes(16)).toString('hex');
    this.#data.catalogue = catalogue;
    this.#data.locale = locale;
    this.#data.notice = 'none';
    this.#record('sessionBegun');
    this.#idle.touch();
    return true;
  }

  #onCard(event: IdCardEvent): void {
    // a technician's card says nothing to citizens
    if (this.#holders.size > 0) return;
    if (this.#step === 'goodbye' && event.type !== 'removed') this.reset('ended');
    const open = this.#sessionId === undefined;
    const meaning = this.cards.judge(event, open);
    if (open && (meaning === 'someoneCame' || meaning === 'identified') && !this.#open('zh')) {
      // no catalogue: the attract screen says why nothing can be done
      this.cards.photos.forget();
      this.#data.forget();
      return;
    }
    if (meaning === 'someoneCame') this.#go({ type: 'begin' });
    else if (meaning === 'identified') this.#identified();
    else if (meaning === 'draw') {
      this.#protect();
      this.#changed();
    }
    if (meaning !== 'nothing') this.touch();
  }

  #identified(): void {
    this.#protect();
    this.#record('cardRead');
    const { service } = this.#data;
    const mayApply = service !== undefined && !this.#application.notEligible;
    if (mayApply && this.#step === 'identify') this.#application.open(service);
    this.#go({ type: 'identified', mayApply });
  }

  #serviceOf(serviceId: string): ServiceItem {
    const service = this.#data.catalogue?.services.find(({ id }) => id === serviceId);
    if (service === undefined) throw new NotNow('NOT_FOUND');
    return service;
  }

  /** The open form, in that step only. */
  #form(step: SessionStep): NonNullable<SessionData['form']> {
    const { form } = this.#data;
    if (this.#step !== step || form === undefined) throw new NotNow('WRONG_STEP');
    return form;
  }

  #takeBack(submissionId: string): boolean {
    if (!this.receipts.takeBack(submissionId)) return false;
    this.#go({ type: 'takeBack' });
    this.#notice('storedBefore');
    return true;
  }

  #can(event: FlowEvent): void {
    if (!this.#flow.getSnapshot().can(event)) throw new NotNow('WRONG_STEP');
  }

  #go(event: FlowEvent): void {
    this.#can(event);
    const before = this.#step;
    this.#flow.send(event);
    this.#data.notice = 'none';
    if (before === 'materials') this.papers.leave();
    if (this.#step === 'attract' && before !== 'attract') {
      this.reset('ended');
      return;
    }
    if (this.#step === 'goodbye') this.#goodbye();
    this.#protect();
    this.#changed();
  }

  #goodbye(): void {
    this.#forget();
    if (this.cards.lies) this.#data.card = { state: 'leftBehind' };
    this.securityCards.sayLeft();
    this.#farewell.begin();
  }

  #protect(): void {
    this.#parts.protect(personalTexts(this.#data));
  }

  #notice(notice: SessionView['notice']): void {
    this.#data.notice = notice;
    this.#changed();
  }

  #record(event: AuditEventName, detail?: string): void {
    try {
      this.#parts.audit.record(event, detail === undefined ? {} : { detail });
    } catch {
      this.#parts.log('audit event could not be recorded', { event });
    }
  }

  #changed(): void {
    this.#revision += 1;
    this.#idle.pause(this.#step === 'submitting' || this.papers.scanning || this.receipts.busy);
    this.view.changed();
  }

  #draw(): SessionView | null {
    const step = this.#step;
    if (this.#sessionId === undefined || step === 'attract') return null;
    return sessionView(this.#data, {
      sessionId: this.#sessionId,
      revision: this.#revision,
      step,
      idle: { ...this.#idle.view },
      wallMs: this.#parts.clock.wall(),
      clockBelieved: this.#parts.outbox.taking() !== 'clockWrong',
      validator: this.#parts.validator,
      received: this.receipts.received,
      sheet: this.receipts.sheets.state,
      phone: this.papers.phoneView,
      photo: this.cards.photos.id,
    });
  }
}
