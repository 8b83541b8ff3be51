import { afterEach, beforeEach, expect, it, vi, type MockInstance } from 'vitest';
import type { ClearFile, Outbox } from '../outbox/contract.ts';
import type { Clock } from '../ports.ts';
import {
  inkPng,
  makeTerminalBench,
  persona,
  toForm,
  toReview,
  unemploymentAnswers,
  until,
  type BenchPage,
  type TerminalBench,
} from './terminal-bench.test-helper.ts';

// whole terminals with processes of their own: slow machines need room
vi.setConfig({ testTimeout: 90_000 });

let bench: TerminalBench;
let prepare: MockInstance<Outbox['prepare']>;
let forgetPrepared: MockInstance<Outbox['forgetPrepared']>;

/** The clock on the wall stands still, so that no minute ends by itself: what waits for that waits this long. */
const LEFT = 42_500;
const ticks = new Set<() => void>();
const stood = Math.floor(Date.now() / 60_000) * 60_000 + 60_000 - LEFT;
const clock: Clock = {
  wall: () => stood,
  now: () => performance.now(),
  after(ms, callback) {
    if (ms === LEFT) {
      ticks.add(callback);
      return () => ticks.delete(callback);
    }
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
beforeEach(() => ticks.clear());
afterEach(() => bench.close());

async function atReview(): Promise<BenchPage> {
  bench = await makeTerminalBench({ clock });
  const { outbox, bundles } = bench.terminal.durable;
  await until('catalogue', () => bundles.current().catalogue !== undefined);
  prepare = vi.spyOn(outbox, 'prepare');
  forgetPrepared = vi.spyOn(outbox, 'forgetPrepared');
  const page = await bench.page();
  await toForm(bench, page, 'returnee', 'unemployment-reg');
  await page.call.session.saveAnswers({ answers: unemploymentAnswers(persona('returnee')) });
  await toReview(page);
  return page;
}

/** Files as they are composed of what was prepared last. */
async function preparedFiles(): Promise<readonly ClearFile[]> {
  const submission = prepare.mock.lastCall?.[0];
  if (submission === undefined) throw new Error('nothing was prepared');
  const draft = { submissionId: '', receiptNumber: '', submittedAt: new Date().toISOString() };
  return (await submission.compose(draft)).files;
}
const signatureOf = (files: readonly ClearFile[]): Uint8Array | undefined =>
  files.find(({ name }) => name === 'signature')?.bytes;
const blank = (bytes: Uint8Array | undefined): boolean => bytes?.every((b) => b === 0) === true;

it('prepares when everything is read once more, not before, and stores what is read', async () => {
  const page = await atReview();
  expect(prepare).toHaveBeenCalledTimes(1);
  expect(bench.terminal.durable.outbox.list()).toEqual([]);
  // handed in in the language that was chosen only afterwards
  await page.call.session.setLocale({ locale: 'en' });
  await page.call.session.submit();
  await until('arrived', () => bench.platform.items.size === 1);
  const [id = ''] = bench.platform.items.keys();
  const body = await bench.opened(id);
  expect(body.locale).toBe('en');
  const file = await bench.openedFile(body.summary.attachment);
  expect(Buffer.from(file.subarray(0, 5)).toString()).toBe('%PDF-');
  const view = await page.seen('receipt', ({ receipt }) => receipt !== null);
  expect(Buffer.from(file).includes(Buffer.from(utf16(view.receipt?.receiptNumber ?? '')))).toBe(
    true,
  );
  // stored: what was prepared of it is overwritten, and nothing can be drawn of it
  await expect(preparedFiles()).rejects.toThrow();
});

/** The title of a document, as it stands in the file. */
function utf16(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}

it.each<[string, (page: BenchPage) => Promise<unknown>]>([
  ['goes back', (page) => page.call.session.back({ from: 'review' })],
  ['changes the form', (page) => page.call.session.change({ step: 'form' })],
  ['ends', (page) => page.call.session.end()],
  [
    'walks away',
    () => {
      bench.terminal.session.reset('idle');
      return Promise.resolve();
    },
  ],
])('who %s leaves nothing that was prepared', async (_what, leave) => {
  const page = await atReview();
  const files = await preparedFiles();
  const signature = signatureOf(files);
  expect(blank(signature)).toBe(false);
  forgetPrepared.mockClear();
  await leave(page);
  expect(forgetPrepared).toHaveBeenCalled();
  expect(blank(signature)).toBe(true);
  const summary = files.find(({ name }) => name === 'summary')?.bytes;
  await until('the summary is overwritten', () => blank(summary));
  expect(prepare).toHaveBeenCalledTimes(1);
  expect(bench.terminal.durable.outbox.list()).toEqual([]);
});

it('is prepared anew after a change, and signed anew', async () => {
  const page = await atReview();
  await page.call.session.change({ step: 'sign' });
  await page.call.session.sign({ mode: 'signature', pngDataUrl: await inkPng(), strokes: 3 });
  await page.seen('review again', ({ step }) => step === 'review');
  expect(prepare).toHaveBeenCalledTimes(2);
  expect(blank(signatureOf(await preparedFiles()))).toBe(false);
});

it('is prepared anew with each minute, and no more once it was handed in', async () => {
  const page = await atReview();
  expect(ticks.size).toBe(1);
  for (const tick of [...ticks]) {
    ticks.delete(tick);
    tick();
  }
  expect(prepare).toHaveBeenCalledTimes(2);
  expect(ticks.size).toBe(1);
  await page.call.session.submit();
  await page.seen('receipt', ({ step }) => step === 'receipt');
  expect(ticks.size).toBe(0);
});
