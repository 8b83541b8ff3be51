import { spawnSync } from 'node:child_process';
import { hash as digest } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AUDIT_START, auditEventText, type AuditEvent } from '../../../domain/wire/audit.ts';
import { hasProgram, notRun } from '../../../tests/support/not-run.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { signerFromSeed } from '../keys/ed25519.ts';
import { makeBench, submissionOf, until, type Bench } from '../outbox/durable-bench.test-helper.ts';
import { openIndex } from '../storage/index-db.ts';
import { createAuditChain, prunedDetail } from './chain.ts';
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

function needs(programs: readonly string[], skip: () => void): void {
  const missing = programs.filter((name) => !hasProgram(name));
  if (missing.length === 0) return;
  notRun(WHAT, `not installed: ${missing.join(', ')}`);
  skip();
}

/** A terminal is enrolled, and stopped. */
async function firstMinutes({ open }: Bench): Promise<void> {
  const core = await open();
  core.start();
  await until('taking', () => core.outbox.taking() === 'yes');
  await core.stop();
}

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

/** Writes the whole chain anew as somebody does who has the disk and this program, and no key. */
function forge(story: (rows: readonly AuditEvent[]) => readonly Omit<AuditEvent, 'hash'>[]): void {
  const file = join(bench.folder, 'outbox', 'index.db');
  const { db } = openIndex(file, Date.now());
  const wanted = story(createAuditChain(db, systemClock).rows());
  db.close();
  const database = new DatabaseSync(file);
  database.exec('DROP TRIGGER audit_event_never_goes; DELETE FROM audit_event');
  const insert = database.prepare('INSERT INTO audit_event VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  let seq = wanted[0]?.seq ?? 1;
  let prevHash = wanted[0]?.prevHash ?? AUDIT_START;
  for (const row of wanted) {
    const hash = digest('sha256', auditEventText({ ...row, seq, prevHash }));
    const { time, event, submissionId, receiptNumber, detail } = row;
    insert.run(seq++, time, event, submissionId, receiptNumber, detail, prevHash, hash);
    prevHash = hash;
  }
  database.close();
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
  needs(['python3'], skip);
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
  if (hasProgram('openssl')) expect(whole.lines[1]).toMatch(/^signed through (\d+) of \1$/);
  expect(Number(whole.lines[0]?.split(' ')[0])).toBeGreaterThan(8);
  if (hasProgram('age')) expect(whole.lines).toContain('4 sealed files opened');

  change(`UPDATE audit_event SET detail = 'x' WHERE event = 'terminalEnrolled'`);
  expect(check().lines.at(-1)).toMatch(/^event \d+ was changed$/);
});

test('a checkpoint that somebody else signed is noticed', async ({ skip }) => {
  needs(['python3', 'openssl'], skip);
  await firstMinutes(bench);
  expect(check().lines.at(-1)).toBe('ok');
  const other = await makeBench();
  try {
    await firstMinutes(other);
    bench.platform.terminalKey = other.platform.terminalKey;
    expect(check().lines.at(-1)).toMatch(/^checkpoint \d+ is not signed by the terminal$/);
  } finally {
    await other.close();
  }
});

test('old events that were removed rightly leave a whole chain; one that was cut off is noticed', async ({
  skip,
}) => {
  needs(['python3'], skip);
  await firstMinutes(bench);
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

test('a chain that somebody without the key wrote anew, or cut off and said it was rightly done, is noticed', async ({
  skip,
}) => {
  needs(['python3', 'openssl'], skip);
  await firstMinutes(bench);
  expect(check().lines.at(-1)).toBe('ok');
  // cut off, with the word for it that the terminal itself would write and sign
  forge((rows) => {
    const rest = rows.slice(2);
    const [first] = rest;
    if (!first) throw new Error('no events');
    const detail = prunedDetail({ seq: first.seq - 1, hash: first.prevHash });
    return [...rest, { ...first, event: 'auditPruned', detail }];
  });
  const cut = check();
  expect(cut.lines.at(-1)).toBe('what stood before event 3 was cut off');
  expect(cut.code).toBe(1);
  // anew, with something else in it and without the checkpoints, which nobody else can sign
  forge((rows) =>
    rows
      .filter(({ event }) => event !== 'checkpoint' && event !== 'auditPruned')
      .map((row, at) => ({
        ...row,
        ...(at === 0 ? { seq: 1, prevHash: AUDIT_START, detail: 'forged' } : {}),
      })),
  );
  const anew = check();
  expect(anew.lines[1]).toMatch(/^signed through 0 of \d+$/);
  expect(anew.lines.at(-1)).toMatch(/^NOTHING IS SIGNED/);
  expect(anew.code).toBe(2);
});
