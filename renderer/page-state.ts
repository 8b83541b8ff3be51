import type { Catalogue, ServiceItem } from '../domain/catalogue/catalogue.ts';
import type { AnswerValue } from '../domain/catalogue/form.ts';
import type { Locale } from '../domain/text.ts';
import type { CodeView } from '../main/contract/code-view.ts';
import type { SessionStep, SessionView } from '../main/contract/session-view.ts';
import type { ServiceView } from '../main/contract/service-view.ts';
import type { TerminalView } from '../main/contract/shapes.ts';
import type { LinkState } from './link.ts';

/** A short word to the citizen about the last touch. */
export type Saying =
  | 'tryAgain'
  | 'cardFirst'
  | 'deviceAway'
  | 'notFound'
  | 'missingMaterials'
  | 'inkMissing'
  | 'witnessMissing';

/**
 * An application that a restarted core no longer knows. Signed, it is asked for by its id: it may have
 * been stored. Else its answers are offered again, only to the same person at the same service, and only
 * for a short while.
 */
export interface Rescue {
  /** Known from the signature on. */
  readonly submissionId: string | null;
  readonly locale: Locale;
  /** Null once it was stored: there are no answers any more. */
  readonly serviceId: string | null;
  readonly answers: Readonly<Record<string, AnswerValue>>;
  /** What the citizen says instead of what the card says. */
  readonly disputes: Readonly<Record<string, AnswerValue>>;
  readonly formScreen: number;
  readonly maskedIdNumber: string;
  readonly displayName: string;
  readonly birthDate: string;
}

/** What belongs to one citizen: everything here is gone after a reset. */
export interface Personal {
  /** Typed, perhaps not yet taken by the core. */
  readonly drafts: Readonly<Record<string, AnswerValue>>;
  /** Fields of the card that are being questioned. */
  readonly disputing: readonly string[];
  /** Which screen of the form; kept here so that a way back finds it. */
  readonly formScreen: number;
  readonly query: string;
  readonly topic: string | null;
  readonly saying: Saying | null;
  readonly rescue: Rescue | null;
  /** Numbers of receipts that were printed, and that the printer did not take back. */
  readonly receiptsOut: readonly string[];
}

/** All that the page knows; in memory only. */
export interface PageState extends Personal {
  readonly link: LinkState;
  readonly terminal: TerminalView | null;
  readonly catalogue: Catalogue | null;
  readonly session: SessionView | null;
  /** The service page, while staff or a technician is in. */
  readonly service: ServiceView | null;
  /** What the code is that was held before the scanner. */
  readonly code: CodeView | null;
  /** Somebody made the hidden gesture and is asked for the PIN. */
  readonly pinAsked: boolean;
  /** Somebody whose PIN was right waits for a citizen's session to end, at the longest until then (ISO 8601). */
  readonly serviceWaits: string | null;
  /** Language while there is no session. */
  readonly attractLocale: Locale;
  /** Goes up at every reset: components keyed by it start anew, with ink, focus and inputs gone. */
  readonly epoch: number;
}

const NOBODY: Personal = {
  drafts: {},
  disputing: [],
  formScreen: 0,
  query: '',
  topic: null,
  saying: null,
  rescue: null,
  receiptsOut: [],
};

const START: PageState = {
  ...NOBODY,
  link: 'connecting',
  terminal: null,
  catalogue: null,
  session: null,
  service: null,
  code: null,
  pinAsked: false,
  serviceWaits: null,
  attractLocale: 'zh',
  epoch: 0,
};

/** The page's store, as React reads it. */
export interface PageStore {
  readonly get: () => PageState;
  readonly set: (change: Partial<PageState>) => void;
  readonly subscribe: (listener: () => void) => () => void;
}

/** Makes an empty store. */
export function createPageStore(): PageStore {
  let state = START;
  const listeners = new Set<() => void>();
  return {
    get: () => state,
    set: (change) => {
      state = { ...state, ...change };
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/**
 * Forgets everything of a citizen: answers, ink, query, choices, focus, scroll.
 *
 * @param rescue - kept over a restart of the core only
 */
export function resetPage(store: PageStore, rescue: Rescue | null = null): void {
  store.set({ ...NOBODY, rescue, attractLocale: 'zh', epoch: store.get().epoch + 1 });
  if (typeof document === 'undefined') return;
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  document.getSelection()?.removeAllRanges();
  window.scrollTo(0, 0);
}

const RESCUED_STEPS: readonly SessionStep[] = [
  'form',
  'materials',
  'sign',
  'review',
  'submitting',
  'receipt',
];

/** A session that shows what was stored before a restart knows nobody. */
const NO_PERSON = { maskedIdNumber: '', displayName: '', birthDate: '' };

/** The rescue for a session whose core may be gone; null when there is nothing to rescue. */
export function rescueOf(state: PageState): Rescue | null {
  const { session, drafts } = state;
  if (session === null || !RESCUED_STEPS.includes(session.step)) return null;
  const { submissionId, locale, serviceId } = session;
  if (submissionId === null && (serviceId === null || session.applicant === null)) return null;
  const { maskedIdNumber, displayName, birthDate } = session.applicant ?? NO_PERSON;
  const all = Object.entries({ ...session.answers, ...drafts });
  const questioned = new Set([...session.disputed, ...state.disputing]);
  const only = (keep: (field: string) => boolean): Readonly<Record<string, AnswerValue>> =>
    Object.fromEntries(all.filter(([field]) => keep(field)));
  return {
    submissionId,
    locale,
    serviceId: session.applicant === null ? null : serviceId,
    answers: only((field) => session.sources[field] === undefined),
    disputes: only((field) => questioned.has(field)),
    formScreen: session.step === 'form' ? state.formScreen : 0,
    maskedIdNumber,
    displayName,
    birthDate,
  };
}

/**
 * What was typed and questioned, without the fields that a card has filled in anew: nobody questioned the
 * new card yet. What the core knows as questioned stays.
 */
export function besidesNewCard(
  state: PageState,
  next: SessionView,
): Pick<Personal, 'drafts' | 'disputing'> {
  const { session, drafts, disputing } = state;
  const filledAnew = (field: string): boolean =>
    next.sources[field] === 'card' &&
    !next.disputed.includes(field) &&
    (session?.sources[field] !== 'card' ||
      session.disputed.includes(field) ||
      JSON.stringify(session.answers[field]) !== JSON.stringify(next.answers[field]));
  return {
    drafts: Object.fromEntries(Object.entries(drafts).filter(([field]) => !filledAnew(field))),
    disputing: disputing.filter((field) => !filledAnew(field)),
  };
}

/** Which receipts are out, with what a view knows of the one on its screen: the last screen is told of none. */
export function receiptsOut(state: PageState, next: SessionView | null): readonly string[] {
  const receipt = next?.receipt ?? null;
  if (receipt === null) return state.receiptsOut;
  const others = state.receiptsOut.filter((number) => number !== receipt.receiptNumber);
  const { state: print, ticket } = receipt.print;
  return print === 'printed' && ticket !== 'retracted'
    ? [...others, receipt.receiptNumber]
    : others;
}

/** Whether a rescue belongs to the person of a session. */
export function belongsTo(rescue: Rescue, session: SessionView): boolean {
  const person = session.applicant;
  return (
    person !== null &&
    person.maskedIdNumber === rescue.maskedIdNumber &&
    person.displayName === rescue.displayName &&
    person.birthDate === rescue.birthDate
  );
}

/** The opened service, from the catalogue of the session. */
export function openedService(state: PageState): ServiceItem | undefined {
  const { session, catalogue } = state;
  return catalogue?.services.find(({ id }) => id === session?.serviceId);
}
