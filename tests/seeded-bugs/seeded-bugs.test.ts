import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CRASH_BUGS } from '../crash-states/planted-bugs.ts';
import { KILL_BUGS } from '../kill/planted-bugs.ts';
import { DEVICE_BUGS } from './device-bugs.ts';
import { GUARDED_BUGS } from './guarded-bugs.ts';
import { OUTBOX_BUGS } from './outbox-bugs.ts';
import { misfit } from './seeded-bug.ts';

const root = join(import.meta.dirname, '..', '..');

describe('the bugs planted on purpose', () => {
  it('can all be planted, each once, in the code as it is', () => {
    const guarded = GUARDED_BUGS.map(({ bug }) => bug);
    const all = [...DEVICE_BUGS, ...OUTBOX_BUGS, ...guarded, ...CRASH_BUGS, ...KILL_BUGS];
    const misfits = all.flatMap(
      (bug) => misfit(bug, readFileSync(join(root, bug.file), 'utf8')) ?? [],
    );
    expect(misfits).toEqual([]);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  });

  it('name tests that are there', () => {
    const missing = [...DEVICE_BUGS, ...OUTBOX_BUGS]
      .flatMap(({ tests }) => tests)
      .filter((path) => !existsSync(join(root, path)));
    expect(missing).toEqual([]);
  });

  it.each([
    ['docs/seeded-bugs.md', DEVICE_BUGS],
    ['docs/seeded-outbox-bugs.md', OUTBOX_BUGS],
  ])('are at least forty, and each stands in the record of what caught it: %s', (file, bugs) => {
    expect(bugs.length).toBeGreaterThanOrEqual(40);
    const record = readFileSync(join(root, file), 'utf8');
    const guarded = file.includes('outbox') ? GUARDED_BUGS.map(({ bug }) => bug) : [];
    const known = [...bugs, ...guarded];
    expect(known.filter(({ id }) => !record.includes(`\`${id}\``)).map(({ id }) => id)).toEqual([]);
  });
});
