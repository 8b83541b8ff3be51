import type { ServiceItem } from '../../../domain/catalogue/catalogue.ts';
import type { FieldError } from '../../../domain/catalogue/form.ts';
import type { SessionView } from '../../contract/session-view.ts';
import { leastStrokes, newForm } from './form-state.ts';
import { materialsComplete } from './material-state.ts';
import { NotNow, type SessionParts } from './parts.ts';
import type { Ink, SessionData } from './session-data.ts';
import { answersWithInk } from './submission.ts';
import { formErrors, materialsOf, notEligible } from './view.ts';

/** What a citizen hands over as ink. */
export interface InkInput {
  readonly mode: 'signature' | 'witnessedMark';
  readonly pngDataUrl: string;
  readonly strokes: number;
  readonly witnessName?: string;
}

/** The application being made: may it be, what is wrong with it, what is still missing. */
export class ApplicationDesk {
  readonly #parts: SessionParts;
  readonly #data: SessionData;
  readonly #onFresh: () => void;

  /** @param onFresh called before a fresh form begins: what is on its way belongs to another one */
  constructor(parts: SessionParts, data: SessionData, onFresh: () => void) {
    this.#parts = parts;
    this.#data = data;
    this.#onFresh = onFresh;
  }

  /** The person of the card does not meet a rule of the opened service. */
  get notEligible(): boolean {
    const { service, applicant } = this.#data;
    // no age is reckoned by a clock that nobody believes; nothing is taken then anyway
    if (this.#parts.outbox.taking() === 'clockWrong') return false;
    return notEligible(service, applicant, this.#parts.clock.wall()).length > 0;
  }

  /** Every necessary paper is there. */
  get complete(): boolean {
    const { form } = this.#data;
    if (form === undefined) return false;
    return materialsComplete(form.service, form.answers, materialsOf(this.#data));
  }

  /** Begins the form, filled from the card; one that was begun for the same service goes on. */
  open(service: ServiceItem): void {
    if (this.#data.form?.service === service) return;
    const { applicant } = this.#data;
    this.#onFresh();
    // also the agent's card: the fresh form knows nothing of it, so it is laid down again
    this.#data.forgetGiven();
    this.#data.form = newForm(service, applicant ? { applicant: applicant.card } : {});
  }

  /** A card alone does not make sure enough of who applies for this service (L3): staff must see the person. */
  needsStaff(service: ServiceItem): boolean {
    return this.#parts.applyAsks(service) === 'L3';
  }

  /** Why this service cannot be applied for now, or `none`. */
  refusal(service: ServiceItem): SessionView['notice'] {
    if (this.needsStaff(service)) return 'needsStaff';
    if (service.offlineMode === 'notAvailable' && this.#parts.link.state() !== 'online') {
      return 'needsLink';
    }
    const taking = this.#parts.outbox.taking();
    return taking === 'yes' ? 'none' : taking;
  }

  /** Everything that is wrong with the open form. */
  errors(): readonly FieldError[] {
    const { form } = this.#data;
    return form ? formErrors(this.#parts.validator, form, this.#parts.clock.wall()) : [];
  }

  /** Ink that was looked at; `undefined` when it is empty, too small or has too few strokes. */
  async inkOf({ mode, pngDataUrl, strokes, witnessName }: InkInput): Promise<Ink | undefined> {
    const { form } = this.#data;
    const base64 = pngDataUrl.slice(pngDataUrl.indexOf(',') + 1);
    const ink = await this.#parts.images.ink(
      Uint8Array.from(Buffer.from(base64, 'base64')),
      mode === 'witnessedMark' ? 'mark' : 'ink',
    );
    if (ink === undefined || form === undefined) return undefined;
    if (mode === 'signature' && strokes < leastStrokes(form.service.form)) {
      ink.bytes.fill(0);
      return undefined;
    }
    return { mode, png: ink.bytes, ...(witnessName ? { witnessName } : {}) };
  }

  /** Takes the ink: the application is whole and gets its id. */
  sign(ink: Ink, strokes: number): void {
    const { form } = this.#data;
    if (form === undefined) throw new NotNow('WRONG_STEP');
    this.#data.forgetInk();
    this.#data.ink = ink;
    this.#data.form = { ...form, answers: answersWithInk(form, ink, strokes) };
    this.#data.submissionId ??= this.#parts.outbox.newSubmissionId();
  }

  /** A signed commitment stands in for a paper, or no longer does. */
  commit(materialId: string, committed: boolean): void {
    const state = materialsOf(this.#data).find(({ material }) => material.id === materialId);
    if (state?.view.commitmentPossible !== true) throw new NotNow('NOT_FOUND');
    const next = new Set(this.#data.committed);
    if (committed) next.add(materialId);
    else next.delete(materialId);
    this.#data.committed = next;
  }
}
