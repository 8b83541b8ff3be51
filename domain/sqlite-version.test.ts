import { expect, test } from 'vitest';
import { hasWalResetBug } from './sqlite-version.ts';

test.each(['3.51.3', '3.51.10', '3.50.7', '3.50.8', '3.44.6', '3.52.0', '3.53.4', '4.0.0'])(
  'SQLite %s has the mend of the WAL-reset bug',
  (version) => expect(hasWalResetBug(version)).toBe(false),
);

test.each([
  ...['3.51.2', '3.51.0', '3.50.6', '3.50.4', '3.49.2', '3.45.3', '3.44.5', '3.7.0', '2.8.17'],
  ...['', 'undefined', '3.51', 'v3.53.4'],
])('SQLite "%s" has it, or nobody knows', (version) => expect(hasWalResetBug(version)).toBe(true));
