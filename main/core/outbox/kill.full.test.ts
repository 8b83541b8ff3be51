import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createAuditChain, verifyChain } from '../audit/chain.ts';
import { keyIdOf } from '../keys/ed25519.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { openIndex } from '../storage/index-db.ts';
import { startPlatformDouble, type PlatformDouble } from '../sync/platform-double.test-helper.ts';
import type { ItemSummary, StoredItem } from './contract.ts';

// slow shared machines: nothing here depends on how long it takes
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

interface Run {
  readonly signal: string | null;
  readonly code: number | null;
  readonly printed: readonly StoredItem[];
  readonly items: readonly ItemSummary[];
  readonly errors: string;
}

let folder: string;
let platform: PlatformDouble;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bianmin-kill-'));
  platform = await startPlatformDouble([await identityToRecipient(await generateX25519Identity())]);
  await platform.publish('keys', 1, platform.keys());
});
afterEach(async () => {
  await platform.close();
  await rm(folder, { recursive: true, force: true });
});

const child = new URL('./kill-child.test-helper.ts', import.meta.url).pathname;

function run(ids: readonly string[], crashAt?: string): Promise<Run> {
  const started = spawn(process.execPath, [child, folder, platform.url, ...ids], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, BIANMIN_CRASH_AT: crashAt ?? '' },
  });
  let out = '';
  let errors = '';
  started.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  started.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  return new Promise((resolve) => {
    started.on('close', (code, signal) => {
      const lines = out
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as { printed?: StoredItem; items?: ItemSummary[] });
      resolve({
        code,
        signal,
        printed: lines.flatMap((line) => line.printed ?? []),
        items: lines.flatMap((line) => line.items ?? []),
        errors,
      });
    });
  });
}

async function checkPromise(printed: readonly StoredItem[], last: Run): Promise<void> {
  expect(last.errors).toBe('');
  expect(last.code).toBe(0);
  // every receipt in somebody's hand: there, once, the same bytes
  for (const item of printed) {
    expect(platform.items.get(item.submissionId)?.sha256).toBe(item.envelopeSha256);
    expect(last.items.filter((each) => each.receiptNumber === item.receiptNumber)).toEqual([
      expect.objectContaining({ submissionId: item.submissionId, state: 'received' }),
    ]);
  }
  // the platform has what the terminal has and no more, and no number twice
  expect([...platform.items.keys()].toSorted()).toEqual(
    last.items.map((item) => item.submissionId).toSorted(),
  );
  const numbers = [...platform.items.values()].map(({ header }) => header.receiptNumber);
  expect(new Set(numbers).size).toBe(numbers.length);
  // nothing is left that no row names: an envelope and two attachments each
  expect(await readdir(join(folder, 'outbox', 'blobs'))).toHaveLength(3 * last.items.length);
  const { db } = openIndex(join(folder, 'outbox', 'index.db'), Date.now());
  const key = Buffer.from(platform.terminalKey ?? '', 'base64url');
  const rows = createAuditChain(db, systemClock).rows();
  db.close();
  expect(verifyChain(rows, new Map([[keyIdOf(key), key]]))).toMatchObject({ ok: true });
}

const A = 'a'.repeat(32);
const B = 'b'.repeat(32);
const C = 'c'.repeat(32);

describe('kill -9 between submit and acknowledgement: printed means exactly once', () => {
  const moments = [
    'submit-start:2',
    'attachments-sealed:2',
    'attachment-written:3',
    'attachment-written:4',
    'folder-synced:2',
    'before-commit:2',
    'after-commit:2',
    'envelope-written:2',
    'envelope-filed:2',
    'attempt-recorded',
    'attachment-sent',
    'item-sent',
    'answer-read',
    'before-received-commit',
    'after-received-commit',
  ];
  test.each(moments)('at %s', async (moment) => {
    const first = await run([A, B], moment);
    expect(first.signal).toBe('SIGKILL');
    // the second one may be tried again by the citizen, a third one comes after the restart
    const last = await run([B, C]);
    const printed = [...first.printed, ...last.printed];
    await checkPromise(printed, last);
    expect(last.items.map((item) => item.submissionId)).toEqual(expect.arrayContaining([B, C]));
  });

  test.each(['before-sweep', 'after-sweep'])('at %s of the start after it', async (moment) => {
    const first = await run([A, B], 'before-commit:2');
    expect(first.signal).toBe('SIGKILL');
    const second = await run([], moment);
    expect(second.signal).toBe('SIGKILL');
    const last = await run([C]);
    await checkPromise([...first.printed, ...last.printed], last);
  });
});
