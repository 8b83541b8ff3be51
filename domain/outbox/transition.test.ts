import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attachmentTransition, type AttachmentEvent } from './attachment-progress.ts';
import {
  isWaiting,
  mayDeleteCiphertext,
  OUTBOX_STATES,
  transition,
  type OutboxEvent,
  type OutboxState,
} from './transition.ts';

const events: readonly OutboxEvent[] = [
  { type: 'attemptBegun' },
  { type: 'attemptFailed' },
  { type: 'received' },
  { type: 'refused', code: 'conflict' },
  { type: 'archived' },
  { type: 'forgotten' },
  { type: 'released' },
];

describe('outbox states', () => {
  test('these moves and no others are possible', () => {
    const moves = OUTBOX_STATES.flatMap((state) =>
      events.flatMap((event) => {
        const next = transition(state, event);
        return next.ok ? [`${state} ${event.type} ${next.value}`] : [];
      }),
    );
    expect(moves).toEqual([
      'queued attemptBegun sending',
      'sending attemptFailed retry',
      'sending received received',
      'sending refused held',
      'retry attemptBegun sending',
      'received archived archived',
      'received forgotten queued',
      'held received received',
      'held released queued',
    ]);
  });

  test('what waits, and whose files may go, by the state alone', () => {
    expect(OUTBOX_STATES.filter(isWaiting)).toEqual(['queued', 'sending', 'retry', 'held']);
    expect(OUTBOX_STATES.filter(mayDeleteCiphertext)).toEqual(['archived']);
  });

  test('an impossible event is a named error', () => {
    expect(transition('archived', { type: 'attemptBegun' })).toEqual({
      ok: false,
      error: { kind: 'illegalTransition', state: 'archived', event: 'attemptBegun' },
    });
  });

  test('whatever happens, ciphertext may only go after the platform received and archived', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { maxLength: 40 }), (run) => {
        let state: OutboxState = 'queued';
        const seen = new Set<OutboxState>([state]);
        for (const event of run) {
          const next = transition(state, event);
          if (next.ok) state = next.value;
          seen.add(state);
          if (mayDeleteCiphertext(state)) {
            expect(seen.has('received')).toBe(true);
            expect(isWaiting(state)).toBe(false);
          }
        }
      }),
    );
  });
});

describe('attachment progress', () => {
  test('an offset never leaves the file, and complete means the whole size', () => {
    const event: fc.Arbitrary<AttachmentEvent> = fc.oneof(
      fc.record({ type: fc.constant('platformStands' as const), offset: fc.integer() }),
      fc.constant<AttachmentEvent>({ type: 'platformComplete' }),
      fc.constant<AttachmentEvent>({ type: 'begunAnew' }),
    );
    fc.assert(
      fc.property(fc.nat(), fc.array(event), (size, run) => {
        let state = { size, offset: 0, complete: false };
        for (const each of run) {
          const next = attachmentTransition(state, each);
          if (next.ok) state = { ...next.value };
          expect(state.offset).toBeGreaterThanOrEqual(0);
          expect(state.offset).toBeLessThanOrEqual(size);
          if (state.complete) expect(state.offset).toBe(size);
        }
      }),
    );
  });

  const half = { size: 10, offset: 4, complete: false };
  test.each([
    [
      { type: 'platformStands', offset: 0 },
      { size: 10, offset: 0, complete: false },
    ],
    [
      { type: 'platformStands', offset: 10 },
      { size: 10, offset: 10, complete: false },
    ],
    [{ type: 'platformComplete' }, { size: 10, offset: 10, complete: true }],
    [{ type: 'begunAnew' }, { size: 10, offset: 0, complete: false }],
  ] as const)('after %o it stands as the platform says', (event, value) => {
    expect(attachmentTransition(half, event)).toEqual({ ok: true, value });
    // also when it was whole before: the platform's word counts
    expect(attachmentTransition({ size: 10, offset: 10, complete: true }, event)).toEqual({
      ok: true,
      value,
    });
  });

  test.each([11, -1, 4.5, Number.NaN])('offset %d of ten bytes is refused by name', (offset) => {
    expect(attachmentTransition(half, { type: 'platformStands', offset })).toEqual({
      ok: false,
      error: { kind: 'impossibleOffset', offset },
    });
  });
});
