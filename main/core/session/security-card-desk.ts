import { isSecurityCardOf } from '../../../domain/identity/security-card.ts';
import type { SecurityCardEvent } from '../../../drivers/security-card/contract.ts';
import { NotNow, type SessionParts } from './parts.ts';
import type { SessionData } from './session-data.ts';

/** What the reader of social security cards knows of the session around it. */
export interface AroundCards {
  /** Where the session stands; undefined while somebody works at the devices. */
  readonly step: () => string | undefined;
  readonly changed: () => void;
}

/** Steps at which a card may be given. */
const STEPS: readonly string[] = ['form', 'materials'];

/**
 * Judges what happens in the reader of social security cards. Such a card begins no session and proves no
 * person: it can stand in for its own picture, in an application of the person whose number it carries.
 */
export class SecurityCardDesk {
  readonly #parts: Pick<SessionParts, 'clock'>;
  readonly #data: SessionData;
  readonly #around: AroundCards;
  /** A card is in the slot, as far as the reader says. */
  #lies = false;

  constructor(parts: Pick<SessionParts, 'clock'>, data: SessionData, around: AroundCards) {
    this.#parts = parts;
    this.#data = data;
    this.#around = around;
  }

  get lies(): boolean {
    return this.#lies;
  }

  heard(event: SecurityCardEvent): void {
    this.#lies = event.type !== 'removed' && !isGone(event);
    const step = this.#around.step();
    if (step === 'goodbye') {
      this.sayLeft();
      this.#around.changed();
    } else if (step !== undefined && this.#judge(event, STEPS.includes(step))) {
      this.#around.changed();
    }
  }

  /** The session is over: says whether a card is still in the slot. */
  sayLeft(): void {
    this.#data.securityCard = { state: this.#lies ? 'leftBehind' : 'none' };
  }

  /** The citizen gives the paper in another way after all. */
  drop(): void {
    if (this.#around.step() !== 'materials') throw new NotNow('WRONG_STEP');
    this.#data.givenSecurityCard = undefined;
    this.#data.securityCard = { state: 'none' };
    this.#around.changed();
  }

  /** Says whether there is something to draw anew. */
  #judge(event: SecurityCardEvent, wanted: boolean): boolean {
    if (event.type === 'removed') return this.#pulled();
    if (!wanted || !this.#asked) return false;
    switch (event.type) {
      case 'reading':
        this.#data.securityCard = { state: 'reading' };
        break;
      case 'failed':
        this.#data.securityCard = { state: 'failed', fault: event.fault };
        break;
      case 'card':
        this.#card(event);
    }
    return true;
  }

  /** A material of the open application can be given with such a card. */
  get #asked(): boolean {
    const { form } = this.#data;
    return form?.service.materials.some(({ readFrom }) => readFrom === 'securityCard') === true;
  }

  #card({ readout }: Extract<SecurityCardEvent, { type: 'card' }>): void {
    const { applicant } = this.#data;
    const own = applicant !== undefined && isSecurityCardOf(readout.data, applicant.card.idNumber);
    if (!own) {
      // nothing of somebody else's card is kept, and what was given before stands
      this.#data.securityCard = { state: 'otherPerson' };
      return;
    }
    this.#data.securityCard = { state: 'none' };
    this.#data.givenSecurityCard = {
      card: readout.data,
      doubts: readout.doubts,
      readAt: new Date(this.#parts.clock.wall()).toISOString(),
      authenticated: false,
    };
  }

  #pulled(): boolean {
    // why a card was not taken stands there until the next one: whoever reads slowly reads it too
    if (this.#data.securityCard.state !== 'reading') return false;
    this.#data.securityCard = { state: 'none' };
    return true;
  }
}

/** After such a failure there is no card in the slot, or nobody knows. */
function isGone(event: SecurityCardEvent): boolean {
  if (event.type !== 'failed') return false;
  const { code } = event.fault;
  return code === 'securityCard.removedEarly' || code.startsWith('device.');
}
