import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { hasProgram, notRun } from '../../../tests/support/not-run.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { signerFromSeed } from '../keys/ed25519.ts';
import { makeBench, submissionOf, until, type Bench } from '../outbox/durable-bench.test-helper.ts';
import { openIndex } from '../storage/index-db.ts';
import { createAuditChain } from './chain.ts';
import { pruneAudit } from './prune.ts';

// slow shared machines: nothing here depends on how long it takes
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const SCRIPT = new URL('../../../tests/support/check-audit.py', import.meta.url).pathname;
const WHAT = 'the audit chain by an independent program';

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
});
afterEach(() => bench.close());

interface Said {
  readonly code: number | null;
  readonly lines: readonly string[];
}

function check(): Said {
  const outbox = join(bench.folder, 'outbox');
  const identity = join(bench.folder, 'identity.txt');
  writeFileSync(identity, bench.identity, { mode: 0o600 });
  const opened = hasProgram('age') ? [join(outbox, 'blobs'), identity] : [];
  if (opened.length === 0) notRun('envelopes opened with age', 'not installed: age');
  const key = hasProgram('openssl')
    ? Buffer.from(bench.platform.terminalKey ?? '', 'base64url').toString('hex')
    : '';
  if (key === '') notRun('signed checkpoints by an independent program', 'not installed: openssl');
  const done = spawnSync('python3', [SCRIPT, join(outbox, 'index.db'), ...opened], {
    encoding: 'utf8',
    env: { ...process.env, TERMINAL_KEY_HEX: key },
  });
  return { code: done.status, lines: `${done.stdout}${done.stderr}`.trim().split('\n') };
}

function change(sql: string): void {
  const database = new DatabaseSync(join(bench.folder, 'outbox', 'index.db'));
  database.exec('DROP TRIGGER IF EXISTS audit_event_never_changes');
  database.exec(sql);
  database.close();
}

test('a program in another language finds the chain whole, opens what is sealed, and sees every change', async ({
  skip,
}) => {
  if (!hasProgram('python3')) {
    notRun(WHAT, 'not installed: python3');
    skip();
  }
  const core = await bench.open();
  core.start();
  await until('taking', () => core.outbox.taking() === 'yes');
  for (let n = 0; n < 2; n++) {
    const stored = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId()));
    if (!stored.ok) throw new Error(stored.error);
  }
  await until('all received', () => core.outbox.waiting() === 0);
  await core.stop();
  const whole = check();
  expect(whole.lines.at(-1)).toBe('ok');
  expect(whole.code).toBe(0);
  expect(Number(whole.lines[0]?.split(' ')[0])).toBeGreaterThan(8);
  if (hasProgram('age')) expect(whole.lines).toContain('4 sealed files opened');

  change(`UPDATE audit_event SET detail = 'x' WHERE event = 'terminalEnrolled'`);
  expect(check().lines.at(-1)).toMatch(/^event \d+ was changed$/);
});

test('a checkpoint that somebody else signed is noticed', async ({ skip }) => {
  if (!hasProgram('python3') || !hasProgram('openssl')) {
    notRun(WHAT, 'not installed: python3, openssl');
    skip();
  }
  const core = await bench.open();
  core.start();
  await until('taking', () => core.outbox.taking() === 'yes');
  await core.stop();
  expect(check().lines.at(-1)).toBe('ok');
  const other = await makeBench();
  try {
    const stranger = await other.open();
    stranger.start();
    await until('taking', () => stranger.outbox.taking() === 'yes');
    await stranger.stop();
    bench.platform.terminalKey = other.platform.terminalKey;
    expect(check().lines.at(-1)).toMatch(/^checkpoint \d+ is not signed by the terminal$/);
  } finally {
    await other.close();
  }
});

test('old events that were removed rightly leave a whole chain; one that was cut off is noticed', async ({
  skip,
}) => {
  if (!hasProgram('python3')) {
    notRun(WHAT, 'not installed: python3');
    skip();
  }
  const core = await bench.open();
  core.start();
  await until('taking', () => core.outbox.taking() === 'yes');
  await core.stop();
  const { db } = openIndex(join(bench.folder, 'outbox', 'index.db'), Date.now());
  const audit = createAuditChain(db, systemClock);
  const signer = signerFromSeed(readFileSync(join(bench.folder, 'keys', 'terminal.ed25519')));
  const parts = { db, audit, signer, days: 180 };
  const now = Date.now();
  const later = now + 181 * 24 * 60 * 60 * 1000;
  pruneAudit(parts, 2, { platform: now, own: now });
  expect(pruneAudit(parts, 2, { platform: later, own: later })).toBe(2);
  db.close();
  expect(check().lines.at(-1)).toBe('ok');
  change('DROP TRIGGER audit_event_never_goes; DELETE FROM audit_event WHERE seq = 3');
  expect(check().lines.at(-1)).toBe('what stood before event 4 was cut off');
});
