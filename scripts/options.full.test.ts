import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';

// slow shared machines: nothing here depends on how long it takes
vi.setConfig({ testTimeout: 120_000 });

const notAStory = join(tmpdir(), `bianmin-no-story-${String(process.pid)}.json`);

test.each([
  ['simulate', ['--terminals', '0'], '--terminals needs a whole number above 0'],
  ['simulate', ['--terminals', '-1'], /ambiguous/],
  ['simulate', ['--days', 'x'], '--days needs a whole number above 0'],
  ['simulate', ['--days', '1000000000'], /^5 terminals × 1000000000 days are too much/],
  ['simulate', ['--districts', '1', '--terminals', '1000000000'], /too much/],
  ['simulate', ['--bogus'], /Unknown option '--bogus'/],
  ['simulate', ['--story', notAStory], /JSON/],
  ['simulate', ['--story', join(notAStory, 'nowhere')], /ENOTDIR|ENOENT/],
  ['test-kill', ['--times', '0'], '--times must be a whole number above 0, and --seed a whole one'],
  ['test-kill', ['--times', '-3'], /ambiguous/],
  ['test-kill', ['--bogus'], /Unknown option '--bogus'/],
  ['test-crash-states', ['--bogus'], /Unknown option '--bogus'/],
])(
  '%s %j says in words what is wrong, and does not end as if a promise had not been kept',
  (script, args, said) => {
    writeFileSync(notAStory, 'no story');
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(import.meta.dirname, `${script}.ts`), ...args],
      { encoding: 'utf8' },
    );
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    if (typeof said === 'string') expect(stderr.trim()).toBe(said);
    else expect(stderr).toMatch(said);
    expect(stderr).not.toContain('    at ');
  },
);
