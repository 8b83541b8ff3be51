import { describe, expect, it } from 'vitest';
import type { AuditEventName } from '../../../domain/wire/audit-events.ts';
import { createHelpCalls } from './help-calls.ts';

describe('a call for help', () => {
  it('stands from the first call until staff has come, and both are in the audit', () => {
    let wall = Date.parse('2026-11-30T02:00:00Z');
    const events: AuditEventName[] = [];
    const help = createHelpCalls({
      clock: { now: () => 0, wall: () => wall, after: () => () => undefined },
      audit: { record: (event) => void events.push(event), latest: () => [] },
      log: () => undefined,
    });
    let changes = 0;
    const stop = help.onChange(() => (changes += 1));
    expect(help.since).toBeNull();
    help.clear();
    help.call();
    wall += 60_000;
    help.call();
    expect(help.since).toBe('2026-11-30T02:00:00.000Z');
    expect(changes).toBe(1);
    help.clear();
    expect(help.since).toBeNull();
    stop();
    help.call();
    expect([changes, events]).toEqual([2, ['helpCalled', 'helpCleared', 'helpCalled']]);
  });
});
