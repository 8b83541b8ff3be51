import { assign, setup } from 'xstate';
import type { SessionStep } from '../../contract/session-view.ts';

/** Where the terminal stands: at the attract screen, or in a step of the running session. */
export type FlowState = 'attract' | SessionStep;

/** What moves a session from step to step. No event carries anything of a person. */
export type FlowEvent =
  | { readonly type: 'begin' }
  /** `mayApply`: the opened service may be applied for by the person of the card. */
  | { readonly type: 'identified'; readonly mayApply: boolean }
  | { readonly type: 'browse' }
  | { readonly type: 'openService' }
  | { readonly type: 'apply' }
  | { readonly type: 'restore' }
  /** What was stored before the core restarted is shown again. */
  | { readonly type: 'takeBack' }
  | { readonly type: 'formDone' }
  | { readonly type: 'materialsDone' }
  | { readonly type: 'signed' }
  | { readonly type: 'change'; readonly step: 'form' | 'materials' | 'sign' }
  | { readonly type: 'submit' }
  | { readonly type: 'stored' }
  | { readonly type: 'refused' }
  | { readonly type: 'another' }
  | { readonly type: 'back' }
  | { readonly type: 'end' }
  /** Nobody is there any more. */
  | { readonly type: 'reset' };

interface FlowContext {
  /** A card was read in this session. */
  readonly identified: boolean;
  /** The card is asked for because a service is to be applied for. */
  readonly wanting: boolean;
}

const toGoodbye = { target: '#session.goodbye' } as const;

/**
 * The way of a session. Holds steps only: what was answered, scanned and signed lies in the session's
 * data, which one reset overwrites.
 */
export const sessionFlow = setup({
  types: {
    context: {} as FlowContext,
    events: {} as FlowEvent,
  },
  guards: {
    identified: ({ context }) => context.identified,
    wanting: ({ context }) => context.wanting,
    wantingAndMay: ({ context, event }) =>
      context.wanting && event.type === 'identified' && event.mayApply,
  },
  actions: {
    identify: assign({ identified: true, wanting: false }),
    want: assign({ wanting: true }),
    wantNot: assign({ wanting: false }),
    forget: assign({ identified: false, wanting: false }),
  },
}).createMachine({
  id: 'session',
  initial: 'attract',
  context: { identified: false, wanting: false },
  on: { reset: '.attract' },
  states: {
    attract: {
      entry: 'forget',
      on: {
        begin: 'identify',
        identified: { target: 'find', actions: 'identify' },
        takeBack: 'receipt',
      },
    },
    identify: {
      on: {
        identified: [
          { guard: 'wantingAndMay', target: 'form', actions: 'identify' },
          { guard: 'wanting', target: 'guide', actions: 'identify' },
          { target: 'find', actions: 'identify' },
        ],
        browse: { target: 'find', actions: 'wantNot' },
        back: [{ guard: 'wanting', target: 'guide', actions: 'wantNot' }, { target: 'attract' }],
        end: 'attract',
      },
    },
    find: {
      on: {
        identified: { actions: 'identify' },
        openService: 'guide',
        restore: { guard: 'identified', target: 'form' },
        takeBack: 'receipt',
        back: toGoodbye,
        end: toGoodbye,
      },
    },
    guide: {
      on: {
        identified: { actions: 'identify' },
        openService: 'guide',
        apply: [
          { guard: 'identified', target: 'form' },
          { target: 'identify', actions: 'want' },
        ],
        restore: { guard: 'identified', target: 'form' },
        takeBack: 'receipt',
        back: 'find',
        end: toGoodbye,
      },
    },
    form: { on: { formDone: 'materials', back: 'guide', end: toGoodbye } },
    materials: { on: { materialsDone: 'sign', back: 'form', end: toGoodbye } },
    sign: { on: { signed: 'review', back: 'materials', end: toGoodbye } },
    review: {
      on: {
        submit: 'submitting',
        change: [
          { guard: ({ event }) => event.step === 'form', target: 'form' },
          { guard: ({ event }) => event.step === 'materials', target: 'materials' },
          { target: 'sign' },
        ],
        back: 'sign',
        end: toGoodbye,
      },
    },
    // what is being stored is not given up half-way: nothing but its outcome leads on
    submitting: { on: { stored: 'receipt', refused: 'review' } },
    receipt: {
      on: {
        // one that is shown again after a restart knows nobody yet: the card leads nowhere
        identified: { actions: 'identify' },
        another: 'find',
        end: toGoodbye,
      },
    },
    goodbye: { entry: 'forget', on: { end: 'attract', back: 'attract' } },
  },
});
