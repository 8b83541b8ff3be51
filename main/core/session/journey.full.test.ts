import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import iconv from 'iconv-lite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  makeTerminalBench,
  persona,
  tell,
  toForm,
  toReview,
  unemploymentAnswers,
  until,
  type TerminalBench,
} from './terminal-bench.test-helper.ts';

// whole terminals with processes of their own: slow machines need room
vi.setConfig({ testTimeout: 90_000 });

const run = promisify(execFile);

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/**
 * Files below a folder in which a text stands in one of the four ways in which programs write it. Looks again
 * when a file went away meanwhile: what it held stands under its last name now, or nowhere.
 */
async function holding(folder: string, texts: readonly string[]): Promise<readonly string[]> {
  for (;;) {
    try {
      return await holdingNow(folder, texts);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}

async function holdingNow(folder: string, texts: readonly string[]): Promise<readonly string[]> {
  const needles = texts.flatMap((text) => [
    Buffer.from(text, 'utf8'),
    Buffer.from(text, 'utf16le'),
    Buffer.from(text, 'utf16le').swap16(),
    iconv.encode(text, 'gb18030'),
  ]);
  const found: string[] = [];
  for (const file of await filesBelow(folder)) {
    const bytes = await readFile(file);
    if (needles.some((needle) => bytes.includes(needle))) found.push(file);
  }
  return found;
}

describe('one application, from the card to the platform', () => {
  let bench: TerminalBench;
  beforeEach(async () => {
    bench = await makeTerminalBench();
    await until('taking', () => bench.terminal.durable.outbox.taking() === 'yes');
    await until(
      'catalogue',
      () => bench.terminal.durable.bundles.current().catalogue !== undefined,
    );
  });
  afterEach(() => bench.close());

  it('stores exactly once what was answered, prints a receipt, and keeps nothing of the person', async () => {
    const who = persona('ext-a');
    const page = await bench.page();
    const form = await toForm(bench, page, 'ext-a', 'unemployment-reg');
    expect(form.answers).toMatchObject({
      name: who.card.name,
      idNo: who.card.idNumber,
      birthDate: '1992-01-18',
    });
    expect(form.sources).toMatchObject({ name: 'card', idNo: 'card', birthDate: 'computed' });
    await page.call.session.saveAnswers({ answers: unemploymentAnswers(who) });
    await toReview(page);
    await Promise.all([page.call.session.submit(), page.call.session.submit()]);
    const printed = await page.seen('printed', ({ receipt }) => receipt?.print.state === 'printed');
    expect(printed.answers).toEqual({});
    const number = printed.receipt?.receiptNumber ?? '';
    const arrived = await page.seen('received', ({ receipt }) => receipt?.delivery === 'received');
    expect(arrived.receipt?.receiptNumber).toBe(number);
    await page.call.session.submit();

    expect(bench.platform.items.size).toBe(1);
    const [submissionId = ''] = bench.platform.items.keys();
    const body = await bench.opened(submissionId);
    expect(body.applicant.card.name).toBe(who.card.name);
    expect(body.answers).toMatchObject({ mobile: who.answers.mobile, education: '20' });
    expect(body.materials.map(({ materialId, means }) => [materialId, means])).toEqual([
      ['idcard', 'readCard'],
    ]);
    const sealed = await bench.openedFile(body.summary.attachment);
    // whoever sees only sizes learns nothing of the name or the address
    expect(sealed.length % 131_072).toBe(0);
    const summary = sealed.subarray(0, body.summary.size);
    expect(createHash('sha256').update(summary).digest('hex')).toBe(body.summary.clearSha256);
    await expectName(summary, who.card.name);

    const artifacts = bench.simulators.receiptPrinter.artifacts();
    const textName = artifacts.find((name) => name.endsWith('.txt')) ?? '';
    const receipt = await bench.simulators.receiptPrinter.artifact(textName);
    const text = Buffer.from(receipt?.bytes ?? []).toString();
    expect(text.replaceAll(' ', '')).toContain(number);
    expect(text).toContain('收件回执');
    expect(text).not.toContain(who.card.idNumber);

    await page.call.session.end();
    await page.seen('goodbye', ({ step, applicant }) => step === 'goodbye' && applicant === null);
    const personal = [
      who.card.name,
      who.card.idNumber,
      who.answers.mobile,
      who.answers.residence.detail,
    ];
    expect(await holding(bench.folder, personal)).toEqual([]);
    const log = bench.log.join('');
    for (const secret of personal) expect(log).not.toContain(secret);
  });

  async function expectName(pdf: Uint8Array, name: string): Promise<void> {
    const file = join(bench.folder, '..', `${process.pid}-${Date.now()}.pdf`);
    try {
      await writeFile(file, pdf);
      const { stdout } = await run('pdftotext', [file, '-']);
      expect(stdout).toContain(name);
    } catch (error) {
      // without poppler the summary's own test says NOT RUN
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    } finally {
      await run('rm', ['-f', file]);
    }
  }

  it('finds the person when something of them is on the disk: the search itself works', async () => {
    await writeFile(join(bench.folder, 'leak.txt'), Buffer.from('x陈䶮x', 'utf16le'));
    expect(await holding(bench.folder, ['陈䶮'])).toHaveLength(1);
  });

  it('takes papers in, shows them until the session is over, and hands them on', async () => {
    const who = persona('returnee');
    const page = await bench.page();
    await toForm(bench, page, 'returnee', 'pension-enroll');
    await page.call.session.saveAnswers({
      answers: {
        address: { division: who.answers.residence.divisionCode, detail: '龙门街' },
        mobile: who.answers.mobile,
        payTier: '200',
        bankAccount: who.answers.bankAccount,
        commit: true,
      },
    });
    await page.call.session.formDone();
    const before = await page.seen('materials', ({ step }) => step === 'materials');
    const household = before.materials.find(({ materialId }) => materialId === 'household');
    expect(household).toMatchObject({ means: 'paper', given: 'notYet', required: true });
    await page.call.session.materialsDone();
    await page.seen('missing', ({ notice }) => notice === 'materialsMissing');

    tell(bench.simulators.documentScanner, { do: 'loadPages', source: 'feeder', count: 2 });
    await until('scanner', () => scannerState(bench) === 'online');
    await page.call.materials.scan({ materialId: 'household', source: 'feeder' });
    const done = await page.seen('scanned', ({ scan }) => scan?.state === 'done');
    const pages = done.materials.find(({ materialId }) => materialId === 'household')?.pages ?? [];
    expect(pages).toHaveLength(2);
    const { origin } = bench.terminal;
    const preview = `${origin}/preview/${pages[0]?.pageId ?? ''}`;
    const shown = await fetch(preview, { headers: { cookie: page.cookie } });
    expect(shown.headers.get('cache-control')).toBe('no-store');
    const bytes = Buffer.from(await shown.arrayBuffer());
    expect(bytes.subarray(0, 2).toString('hex')).toBe('ffd8');
    expect(bytes.includes('Exif')).toBe(false);
    expect((await fetch(preview)).status).toBe(403);

    await page.call.materials.turnPage({ pageId: pages[1]?.pageId ?? '' });
    const turned = await page.seen('turned', ({ materials }) =>
      materials.some((one) => one.pages.length === 2 && one.pages[1]?.pageId !== pages[1]?.pageId),
    );
    const [, there] =
      turned.materials.find(({ materialId }) => materialId === 'household')?.pages ?? [];
    expect(there).toMatchObject({ width: pages[1]?.height, height: pages[1]?.width });
    const old = `${origin}/preview/${pages[1]?.pageId ?? ''}`;
    expect((await fetch(old, { headers: { cookie: page.cookie } })).status).toBe(404);

    await page.call.materials.removePage({ pageId: pages[0]?.pageId ?? '' });
    await page.call.session.materialsDone();
    await page.seen('sign', ({ step }) => step === 'sign');
    // touched twice, it goes back once
    await page.call.session.back({ from: 'sign' });
    await page.call.session.back({ from: 'sign' });
    await page.seen('materials', ({ step }) => step === 'materials');
    await page.call.session.back({ from: 'materials' });
    await page.seen('form', ({ step }) => step === 'form');
    await toReview(page);
    await page.call.session.submit();
    await until('arrived', () => bench.platform.items.size === 1);
    expect((await fetch(preview, { headers: { cookie: page.cookie } })).status).toBe(404);
    const [submissionId = ''] = bench.platform.items.keys();
    const body = await bench.opened(submissionId);
    const given = body.materials.find(({ materialId }) => materialId === 'household');
    expect(given).toMatchObject({ means: 'scan' });
    expect(given?.pages).toHaveLength(1);
  });

  it('reads the card of who acts for another, each card with its part', async () => {
    const elder = persona('elder');
    const proxy = persona('proxy');
    const page = await bench.page();
    await toForm(bench, page, 'elder', 'disability-subsidy');
    await page.call.session.saveAnswers({ answers: { isProxy: true } });
    tell(bench.simulators.idCard, { do: 'removeCard' });
    tell(bench.simulators.idCard, { do: 'insertCard', persona: 'proxy' });
    const both = await page.seen('proxy', ({ answers }) => answers['proxyName'] !== undefined);
    expect(both.answers['proxyName']).toBe(proxy.card.name);
    expect(both.answers['name']).toBe(elder.card.name);
    expect(both.sources['proxyIdNo']).toBe('card');
    expect(both.applicant?.name).toBe(elder.card.name);
  });

  it('takes the second card that was laid down before the answer that asks for it', async () => {
    const page = await bench.page();
    await toForm(bench, page, 'elder', 'disability-subsidy');
    tell(bench.simulators.idCard, { do: 'removeCard' });
    tell(bench.simulators.idCard, { do: 'insertCard', persona: 'proxy' });
    await page.seen('not asked for', ({ notice }) => notice === 'otherCard');
    // longer than the reader needs to say that it no longer finds the card that lies there
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await page.call.session.saveAnswers({ answers: { isProxy: true } });
    const both = await page.seen('proxy', ({ answers }) => answers['proxyName'] !== undefined);
    expect(both.answers['proxyName']).toBe(persona('proxy').card.name);
    expect(both.notice).toBe('proxyCardRead');
  });

  it('lets the right second card take the place of a wrong one, and says so', async () => {
    const page = await bench.page();
    await toForm(bench, page, 'elder', 'disability-subsidy');
    await page.call.session.saveAnswers({ answers: { isProxy: true } });
    const insert = async (who: string): Promise<void> => {
      tell(bench.simulators.idCard, { do: 'removeCard' });
      tell(bench.simulators.idCard, { do: 'insertCard', persona: who });
      const name = persona(who).card.name;
      await page.seen(who, ({ answers }) => answers['proxyName'] === name);
    };
    await insert('returnee');
    await page.call.session.dispute({ field: 'proxyIdNo', value: '500199196907120020' });
    await insert('proxy');
    const view = await page.seen('told', ({ notice }) => notice === 'proxyCardRead');
    expect(view.answers['proxyIdNo']).toBe(persona('proxy').card.idNumber);
    expect(view.disputed).toEqual([]);
    expect(view.applicant?.name).toBe(persona('elder').card.name);
  });

  it('says no more that another card lies there once the right one is put back', async () => {
    const page = await bench.page();
    await toForm(bench, page, 'elder', 'disability-subsidy');
    for (const [who, notice] of [
      ['proxy', 'otherCard'],
      ['elder', 'none'],
    ] as const) {
      tell(bench.simulators.idCard, { do: 'removeCard' });
      tell(bench.simulators.idCard, { do: 'insertCard', persona: who });
      await page.seen(notice, (view) => view.notice === notice);
    }
  });
});

function scannerState(bench: TerminalBench): string {
  return bench.terminal.deviceStates()['documentScanner'] ?? '';
}
