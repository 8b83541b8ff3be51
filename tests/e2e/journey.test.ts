import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { journey, type Journey } from '../../scripts/citizen/journey.ts';
import { findTraces } from '../../scripts/citizen/traces.ts';
import { ensurePage } from '../../scripts/launch/build-page.ts';
import { openCuttableLink, type CuttableLink } from '../../scripts/launch/cuttable-link.ts';
import { startStack, type Stack } from '../../scripts/launch/stack.ts';
import { hasProgram, notRun } from '../support/not-run.ts';

let dataDir: string;
let terminalDir: string;
let stack: Stack;
let link: CuttableLink;

beforeAll(async () => {
  ensurePage();
  dataDir = mkdtempSync(join(tmpdir(), 'bianmin-e2e-'));
  terminalDir = join(dataDir, 'terminal');
  stack = await startStack({
    dataDir,
    async link(url) {
      link = await openCuttableLink(url);
      return link.url;
    },
  });
});

afterAll(async () => {
  await stack.stop();
  await link.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function expectKept(done: Journey): Promise<void> {
  expect(done.item.copies).toBe(1);
  expect(done.item.state).toBe('received');
  expect(done.item.problems).toEqual([]);
  expect(done.item.envelopeSha256).toBe(done.envelope.sha256);
  expect(done.item.attachmentSha256).toEqual(
    done.envelope.header.attachments.map(({ sha256 }) => sha256),
  );
  expect(done.envelope.sealed).toBe(true);
  expect(await findTraces(done.persona, [terminalDir])).toEqual([]);
}

function codeOnPaper(done: Journey): string {
  if (!hasProgram('zbarimg')) {
    notRun('QR code of a printed receipt read by an independent tool', 'zbarimg is not installed');
    return /\[QR (\S+)\]/.exec(done.receipt.text)?.[1] ?? '';
  }
  const png = join(dataDir, 'receipt.png');
  writeFileSync(png, done.receipt.png);
  return spawnSync('zbarimg', ['-q', '--raw', png], { encoding: 'utf8' }).stdout.trim();
}

describe('a printed receipt is a promise', () => {
  it('online: what was submitted is at the platform exactly once, and nobody can read it on the terminal', async () => {
    const done = await journey({
      stack,
      terminalDir,
      personaId: 'returnee',
      serviceId: 'unemployment-reg',
    });
    await expectKept(done);
    expect(done.receipt.text).toContain('收件回执');
    // The code on the paper, read by a tool that is not ours where there is one.
    const text = codeOnPaper(done);
    expect(text).toMatch(/\/r\/[\w-]{128}$/);
    const verdict: unknown = await (
      await fetch(`${stack.platform.ready.url}/v1/receipts/${text.split('/r/')[1] ?? ''}`)
    ).json();
    expect(verdict).toMatchObject({
      signature: 'valid',
      item: 'arrived',
      receiptNumber: done.envelope.header.receiptNumber,
    });
  });

  it('offline: the receipt says that it waits for upload, and the application arrives once when the link is back', async () => {
    const done = await journey({
      stack,
      terminalDir,
      personaId: 'ext-a',
      serviceId: 'pension-enroll',
      offline: { link, seconds: 1 },
    });
    await expectKept(done);
    expect(done.receipt.text).toContain('已提交、待上传');
    expect(done.receipt.text).not.toContain('已受理');
  });
});
