import type { LocalizedText } from './text.ts';

/** States of a case (办件) at the platform. */
export const CASE_STATES = {
  received: { zh: '平台已收到', en: 'Received by the platform' },
  prereview: { zh: '预审中', en: 'Being pre-reviewed' },
  supplement: { zh: '待补正', en: 'More papers needed' },
  rejected: { zh: '不予受理', en: 'Not accepted' },
  accepted: { zh: '已受理', en: 'Accepted' },
  processing: { zh: '办理中', en: 'In progress' },
  approved: { zh: '已办结：准予', en: 'Decided: granted' },
  denied: { zh: '已办结：不予', en: 'Decided: refused' },
  withdrawn: { zh: '已撤回', en: 'Withdrawn' },
  invalid: { zh: '内容有误，等人工核对', en: 'Contents are wrong, waiting for a person' },
} as const satisfies Record<string, LocalizedText>;

/** The state of a case at the platform. */
export type CaseState = keyof typeof CASE_STATES;

/** What a clerk may do with a case. */
export type CaseAction =
  'startPrereview' | 'requestSupplement' | 'reject' | 'accept' | 'process' | 'approve' | 'deny';

const MOVES: Readonly<Record<CaseState, Partial<Record<CaseAction, CaseState>>>> = {
  received: { startPrereview: 'prereview' },
  prereview: { requestSupplement: 'supplement', reject: 'rejected', accept: 'accepted' },
  supplement: { startPrereview: 'prereview' },
  rejected: {},
  accepted: { process: 'processing', approve: 'approved', deny: 'denied' },
  processing: { approve: 'approved', deny: 'denied' },
  approved: {},
  denied: {},
  withdrawn: {},
  invalid: { startPrereview: 'prereview' },
};

/** What a clerk may do with a case in this state. */
export function caseActions(state: CaseState): readonly CaseAction[] {
  return Object.keys(MOVES[state]) as CaseAction[];
}

/** The state after an action; `undefined` when the action is not allowed. */
export function nextCaseState(state: CaseState, action: CaseAction): CaseState | undefined {
  return MOVES[state][action];
}
