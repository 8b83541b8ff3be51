import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  attachmentTransition,
  type AttachmentEvent,
} from '../../domain/outbox/attachment-progress.ts';
import { OUTBOX_STATES, transition, type OutboxEvent } from '../../domain/outbox/transition.ts';
import { AUDITED } from '../../main/core/outbox/move-item.ts';
import { INVARIANTS } from '../../tests/invariants/index.ts';

const manual = readFileSync(join(import.meta.dirname, '../../docs/outbox.md'), 'utf8');

/** Cells of the first table behind a text, without its head. */
function tableBehind(text: string): readonly (readonly string[])[] {
  const lines = manual.slice(manual.indexOf(text)).split('\n');
  const begin = lines.findIndex((line) => line.startsWith('|'));
  const length = lines.slice(begin).findIndex((line) => !line.startsWith('|'));
  return lines.slice(begin + 2, begin + length).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.replaceAll('`', '').trim()),
  );
}

test('the moves of an item in the manual are those of the code, no more and no less', () => {
  const events = Object.keys(AUDITED) as OutboxEvent['type'][];
  const moves = OUTBOX_STATES.flatMap((state) =>
    events.flatMap((type) => {
      const event: OutboxEvent = type === 'refused' ? { type, code: 'malformed' } : { type };
      const next = transition(state, event);
      return next.ok ? [[state, type, next.value, AUDITED[type]].join(' ')] : [];
    }),
  );
  const told = tableBehind('<!-- moves of an item').map((cells) => cells.slice(0, 4).join(' '));
  expect(told.toSorted()).toEqual(moves.toSorted());
  expect(tableBehind('## States of an item').map(([state]) => state)).toEqual(OUTBOX_STATES);
});

test('the moves of an attachment in the manual are those of the code', () => {
  const rows = tableBehind('<!-- moves of an attachment');
  expect(new Set(rows.map(([, event]) => event?.split(' ')[0]))).toEqual(
    new Set([
      'platformStands',
      'platformComplete',
      'begunAnew',
    ] satisfies AttachmentEvent['type'][]),
  );
  for (const [before = '', what = '', after] of rows) {
    const [offset = 0, size = 0] = before.match(/\d+/g)?.map(Number) ?? [];
    const [type = '', at] = what.split(' ');
    const next = attachmentTransition({ offset, size, complete: before.startsWith('whole') }, {
      type,
      offset: Number(at),
    } as AttachmentEvent);
    const result = next.ok
      ? `${next.value.offset}/${next.value.size}${next.value.complete ? ', whole' : ''}`
      : 'impossible';
    expect([before, what, result]).toEqual([before, what, after]);
  }
});

test('every invariant has its row', () => {
  const told = tableBehind('## What is promised').map(([name]) => name);
  expect(told).toEqual(Object.keys(INVARIANTS).toSorted());
});
