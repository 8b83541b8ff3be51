import type { Catalogue, ServiceItem } from '../../../domain/catalogue/catalogue.ts';
import type { Answers, AnswerValue } from '../../../domain/catalogue/form.ts';
import type { Locale } from '../../../domain/text.ts';
import type { SessionStep, SessionView } from '../../contract/session-view.ts';
import type { ApplicationDesk, InkInput } from './application-desk.ts';
import type { CardDesk } from './card-desk.ts';
import { withAnswers, withDispute } from './form-state.ts';
import type { Latest } from './latest.ts';
import type { PapersDesk } from './papers-desk.ts';
import { NotNow, type SessionParts } from './parts.ts';
import type { ReceiptDesk } from './receipt-desk.ts';
import type { SecurityCardDesk } from './security-card-desk.ts';
import type { SessionData } from './session-data.ts';
import { SessionRun } from './session-run.ts';

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
  readonly cards: CardDesk;
  readonly #parts: SessionParts;
  readonly #run: SessionRun;
  readonly #data: SessionData;
  readonly #application: ApplicationDesk;
  #storing: Promise<unknown> = Promise.resolve();

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#run = new SessionRun(parts);
    const { view, papers, securityCards, receipts, cards, data, application } = this.#run;
    this.view = view;
    this.papers = papers;
    this.securityCards = securityCards;
    this.receipts = receipts;
    this.cards = cards;
    this.#data = data;
    this.#application = application;
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

  /** @see SessionRun.hold */
  hold(who: string, on: boolean): boolean {
    return this.#run.hold(who, on);
  }

  /** Somebody works at the devices. */
  get held(): boolean {
    return this.#run.held;
  }

  begin(locale: Locale): void {
    if (this.#run.step === 'goodbye') this.reset('ended');
    if (this.#run.step !== 'attract' || !this.#run.open(locale)) throw new NotNow('WRONG_STEP');
    this.#run.go({ type: 'begin' });
  }

  setLocale(locale: Locale): void {
    if (this.#run.id === undefined) throw new NotNow('WRONG_STEP');
    this.#data.locale = locale;
    this.#run.changed();
  }

  touch(): void {
    this.#run.touch();
  }

  /** Nobody seems to be there any more: the normal warning comes sooner. */
  nobodyThere(): void {
    this.#run.nobodyThere();
  }

  browse(): void {
    this.#run.go({ type: 'browse' });
  }

  openService(serviceId: string): void {
    this.#run.can({ type: 'openService' });
    this.#data.service = this.#serviceOf(serviceId);
    this.#run.go({ type: 'openService' });
  }

  apply(): void {
    this.#run.can({ type: 'apply' });
    const { service, applicant } = this.#data;
    if (service === undefined) throw new NotNow('WRONG_STEP');
    const refusal = this.#application.refusal(service);
    if (refusal !== 'none') {
      this.#run.notice(refusal);
      return;
    }
    if (this.#application.notEligible) {
      this.#run.changed();
      return;
    }
    if (applicant !== undefined) this.#application.open(service);
    this.#run.go({ type: 'apply' });
  }

  /** @param from the step that was on the screen; from another one nothing happens */
  back(from: SessionStep): void {
    if (this.#run.step !== from) return;
    this.#run.can({ type: 'back' });
    if (this.#run.step === 'review') this.#data.forgetInk();
    this.#run.go({ type: 'back' });
  }

  end(): void {
    this.#run.can({ type: 'end' });
    this.#run.go({ type: 'end' });
  }

  saveAnswers(answers: Answers): void {
    const form = this.#form('form');
    this.#data.form = withAnswers(form, answers);
    this.cards.answersChanged();
    this.#run.protect();
    this.#run.changed();
  }

  /** Begins a session that shows what was stored before the core restarted. */
  reclaim(submissionId: string, locale: Locale): void {
    if (this.#run.step === 'goodbye') this.reset('ended');
    if (this.#run.step !== 'attract') throw new NotNow('WRONG_STEP');
    if (this.#parts.outbox.stored(submissionId) === undefined) throw new NotNow('NOT_FOUND');
    if (!this.#run.open(locale, 'earlier')) throw new NotNow('WRONG_STEP');
    if (this.#takeBack(submissionId)) return;
    this.reset('ended');
    throw new NotNow('NOT_FOUND');
  }

  restoreAnswers(serviceId: string, answers: Answers, submissionId?: string): void {
    this.#run.can({ type: 'restore' });
    if (submissionId !== undefined && this.#takeBack(submissionId)) return;
    const service = this.#serviceOf(serviceId);
    this.#data.service = service;
    if (this.#application.needsStaff(service)) {
      this.#run.notice('needsStaff');
      return;
    }
    if (this.#application.notEligible) {
      this.#run.changed();
      return;
    }
    this.#application.open(service);
    const form = this.#data.form;
    // what the page kept is shown again, but nothing of it counts as looked at
    if (form) this.#data.form = { ...withAnswers(form, answers), checked: new Set() };
    this.#run.go({ type: 'restore' });
    this.#run.notice('coreRestarted');
  }

  dispute(field: string, value: AnswerValue | undefined): void {
    const form = withDispute(this.#form('form'), field, value);
    if (form === undefined) throw new NotNow('NOT_FOUND');
    this.#data.form = form;
    this.#run.changed();
  }

  formDone(): void {
    const form = this.#form('form');
    const checked = new Set(Object.keys(form.service.form.properties));
    this.#data.form = { ...form, checked };
    if (this.#application.errors().length > 0) this.#run.changed();
    else this.#run.go({ type: 'formDone' });
  }

  materialsDone(): void {
    this.#form('materials');
    if (this.papers.busy) throw new NotNow('DEVICE');
    if (!this.#application.complete) {
      this.#run.notice('materialsMissing');
      return;
    }
    this.#run.go({ type: 'materialsDone' });
  }

  async sign(input: InkInput): Promise<void> {
    this.#form('sign');
    const session = this.#run.id;
    const ink = await this.#application.inkOf(input);
    if (this.#run.id !== session || this.#run.step !== 'sign') {
      ink?.png.fill(0);
      throw new NotNow('WRONG_STEP');
    }
    if (ink === undefined) {
      this.#run.notice('signatureUnclear');
      return;
    }
    this.#application.sign(ink, input.strokes);
    this.#run.go({ type: 'signed' });
  }

  change(step: 'form' | 'materials' | 'sign'): void {
    this.#run.can({ type: 'change', step });
    // what is signed is what stands there: a change asks for new ink
    this.#data.forgetInk();
    this.#run.go({ type: 'change', step });
  }

  /** Resolves when the application is durable and printing has begun, or was refused. */
  async submit(): Promise<void> {
    // touched twice: the first touch does it
    if (this.#run.step === 'submitting' || this.#run.step === 'receipt') return;
    this.#form('review');
    const { complete } = this.#application;
    if (this.#application.errors().length > 0 || !complete) {
      this.change(complete ? 'form' : 'materials');
      return;
    }
    this.#run.go({ type: 'submit' });
    const storing = this.receipts.store();
    this.#storing = storing;
    const refusal = await storing;
    if (refusal !== undefined) {
      this.#parts.log('nothing was stored', { reason: refusal });
      this.#run.go({ type: 'refused' });
      this.#run.notice(refusal);
      return;
    }
    this.#run.go({ type: 'stored' });
    this.receipts.begin();
  }

  another(): void {
    this.#run.can({ type: 'another' });
    this.receipts.sheets.forget();
    this.#data.forgetApplication();
    this.#run.protect();
    this.#run.go({ type: 'another' });
  }

  commit(materialId: string, committed: boolean): void {
    this.#form('materials');
    this.#application.commit(materialId, committed);
    this.#run.changed();
  }

  /** Forgets everybody and everything. @see SessionRun.reset */
  reset(why: 'ended' | 'idle' | 'stopped'): void {
    this.#run.reset(why);
  }

  close(): Promise<void> {
    return this.#run.close(this.#storing);
  }

  #serviceOf(serviceId: string): ServiceItem {
    const service = this.#data.catalogue?.services.find(({ id }) => id === serviceId);
    if (service === undefined) throw new NotNow('NOT_FOUND');
    return service;
  }

  /** The open form, in that step only. */
  #form(step: SessionStep): NonNullable<SessionData['form']> {
    const { form } = this.#data;
    if (this.#run.step !== step || form === undefined) throw new NotNow('WRONG_STEP');
    return form;
  }

  #takeBack(submissionId: string): boolean {
    if (!this.receipts.takeBack(submissionId)) return false;
    this.#run.go({ type: 'takeBack' });
    this.#run.notice('storedBefore');
    return true;
  }
}
