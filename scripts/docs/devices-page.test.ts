import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../launch/part.ts';

const page = readFileSync(join(ROOT, 'docs/devices.md'), 'utf8');

it('says of every class how it was tried, and what to check on the first real unit', () => {
  const classes = page.split(/^## /m).filter((section) => section.includes('| how it was tried'));
  expect(classes.length).toBeGreaterThanOrEqual(9);
  const silent = classes.filter(
    (section) => !/^To check (?:on|with) the first real (?:unit|phones)/m.test(section),
  );
  expect(silent.map((section) => section.split('\n')[0])).toEqual([]);
});

it('names every test of a driver that runs in full, against what others wrote, or as a suite', () => {
  const tests = [
    ...globSync('drivers/**/*.full.test.ts', { cwd: ROOT }).filter(
      (path) => !path.includes('/simulator-host/'),
    ),
    ...globSync('tests/device-suites/*.suite.ts', { cwd: ROOT }),
  ];
  expect(tests.length).toBeGreaterThan(20);
  expect(tests.filter((path) => !page.includes(`${basename(path)}\``))).toEqual([]);
});
