import { afterEach, describe, expect, it, vi } from 'vitest';
import { isWiped } from '../seal/give-back.ts';
import type { Clock } from '../ports.ts';
import {
  makeTerminalBench,
  persona,
  tell,
  toForm,
  toReview,
  unemploymentAnswers,
  until,
  type BenchOptions,
  type TerminalBench,
} from './terminal-bench.test-helper.ts';

// whole terminals with processes of their own: slow machines need room
vi.setConfig({ testTimeout: 90_000 });

let bench: TerminalBench;
afterEach(() => bench.close());

async function open(options: BenchOptions = {}): Promise<TerminalBench> {
  bench = await makeTerminalBench(options);
  await until('catalogue', () => bench.terminal.durable.bundles.current().catalogue !== undefined);
  return bench;
}

const insert = (id: string): void => {
  tell(bench.simulators.idCard, { do: 'insertCard', persona: id });
};
const remove = (): void => tell(bench.simulators.idCard, { do: 'removeCard' });
const scannerIs = (state: string): Promise<void> =>
  until(`scanner ${state}`, () => bench.terminal.deviceStates()['documentScanner'] === state);

describe('reset forgets everybody and everything', () => {
  it('overwrites the papers, empties the view, and lets the next person begin with nothing', async () => {
    await open();
    const page = await bench.page();
    await toForm(bench, page, 'returnee', 'pension-enroll');
    const { answers } = persona('returnee');
    await page.call.session.saveAnswers({
      answers: {
        address: { division: answers.residence.divisionCode, detail: '龙门街' },
        mobile: answers.mobile,
        payTier: '200',
        bankAccount: answers.bankAccount,
        commit: true,
      },
    });
    await page.call.session.formDone();
    await page.seen('materials', ({ step }) => step === 'materials');
    tell(bench.simulators.documentScanner, { do: 'loadPages', source: 'flatbed', count: 1 });
    await scannerIs('online');
    await page.call.materials.scan({ materialId: 'household', source: 'flatbed' });
    const scanned = await page.seen('scanned', ({ scan }) => scan?.state === 'done');
    const pageId = scanned.materials.flatMap(({ pages }) => pages)[0]?.pageId ?? '';
    const picture = bench.terminal.session.preview(pageId);
    expect(picture?.some((byte) => byte !== 0)).toBe(true);

    bench.terminal.session.reset('ended');
    await page.gone();
    expect(picture && isWiped(picture)).toBe(true);
    expect(bench.terminal.session.preview(pageId)).toBeUndefined();
    expect(bench.terminal.session.assurance).toBe('L0');
    await page.call.session.begin({ locale: 'zh' });
    const fresh = await page.seen('identify', ({ step }) => step === 'identify');
    expect(fresh).toMatchObject({
      applicant: null,
      serviceId: null,
      answers: {},
      sources: {},
      materials: [],
      scan: null,
      phone: null,
      signature: null,
      receipt: null,
      notice: 'none',
      card: { state: 'none' },
    });
    expect(fresh.sessionId).not.toBe(scanned.sessionId);
  });

  it('comes by itself when nobody is there any more', async () => {
    const quick: Clock = {
      wall: () => Date.now(),
      now: () => performance.now(),
      after(ms, callback) {
        // the idle times are the long ones here
        const timer = setTimeout(callback, ms === 60_000 || ms === 20_000 ? 300 : ms);
        return () => clearTimeout(timer);
      },
    };
    await open({ clock: quick });
    const page = await bench.page();
    await page.call.session.begin({ locale: 'en' });
    await page.seen('warning', ({ idle }) => idle.state === 'warning');
    await page.gone();
  });
});

describe('the core ends and begins again', () => {
  it('takes the page’s answers back with the card, but nothing that the card says', async () => {
    await open();
    const before = await bench.page();
    await toForm(bench, before, 'returnee', 'unemployment-reg');
    const answers = unemploymentAnswers(persona('returnee'));
    await before.call.session.saveAnswers({ answers });
    remove();
    await bench.restart();
    const page = await bench.page();
    expect(page.views.at(-1)).toBeNull();
    insert('returnee');
    await page.seen('find', ({ step }) => step === 'find');
    await page.call.session.restoreAnswers({
      serviceId: 'unemployment-reg',
      answers: { ...answers, name: '李四' },
    });
    const view = await page.seen('form', ({ step }) => step === 'form');
    expect(view).toMatchObject({ notice: 'coreRestarted', answers: { mobile: '13800000007' } });
    expect(view.answers['name']).toBe('张三丰');
    expect(view.fieldErrors).toEqual([]);
  });
});

describe('the core ends after it stored and before it said so', () => {
  const signed = async (): Promise<{ id: string; number: string }> => {
    await open();
    const page = await bench.page();
    await toForm(bench, page, 'returnee', 'unemployment-reg');
    await page.call.session.saveAnswers({ answers: unemploymentAnswers(persona('returnee')) });
    await toReview(page);
    expect(page.views.at(-1)?.submissionId).toMatch(/^[0-9a-f]{32}$/);
    await page.call.session.submit();
    const { receipt, submissionId } = await page.seen('receipt', ({ step }) => step === 'receipt');
    remove();
    await bench.restart();
    return { id: submissionId ?? '', number: receipt?.receiptNumber ?? '' };
  };

  it('shows the receipt to the page that knows the id, without a card, and prints it on a touch', async () => {
    const { id, number } = await signed();
    const page = await bench.page();
    await expect(
      page.call.session.reclaim({ submissionId: '0'.repeat(32), locale: 'zh' }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(page.views.at(-1)).toBeNull();
    await page.call.session.reclaim({ submissionId: id, locale: 'en' });
    const view = await page.seen('receipt', ({ step }) => step === 'receipt');
    expect(view).toMatchObject({
      locale: 'en',
      notice: 'storedBefore',
      applicant: null,
      answers: {},
      receipt: { receiptNumber: number, maskedName: null, print: { state: 'unknown' } },
    });
    await until('printer', () => bench.terminal.deviceStates()['receiptPrinter'] === 'online');
    await page.call.receipt.print();
    await page.seen('printed', ({ receipt }) => receipt?.print.state === 'printed');
    expect(bench.terminal.durable.outbox.list()).toHaveLength(1);
  });

  it('stays at that receipt when a card is laid down, and knows the person from then on', async () => {
    const { id, number } = await signed();
    const page = await bench.page();
    await page.call.session.reclaim({ submissionId: id, locale: 'zh' });
    await page.seen('receipt', ({ step }) => step === 'receipt');
    insert('returnee');
    const view = await page.seen('card read', ({ applicant }) => applicant !== null);
    expect(view).toMatchObject({
      step: 'receipt',
      notice: 'storedBefore',
      receipt: { receiptNumber: number },
    });
    await page.call.session.another();
    const found = await page.seen('find', ({ step }) => step === 'find');
    expect(found.applicant?.name).toBe(persona('returnee').card.name);
    expect(bench.terminal.durable.outbox.list()).toHaveLength(1);
  });

  it('leads the same person to the receipt, not to a second application', async () => {
    const { id, number } = await signed();
    const page = await bench.page();
    insert('returnee');
    await page.seen('find', ({ step }) => step === 'find');
    await page.call.session.restoreAnswers({
      serviceId: 'unemployment-reg',
      answers: unemploymentAnswers(persona('returnee')),
      submissionId: id,
    });
    const view = await page.seen('receipt', ({ step }) => step === 'receipt');
    expect(view).toMatchObject({ notice: 'storedBefore', receipt: { receiptNumber: number } });
    await expect(page.call.session.submit()).resolves.toBeUndefined();
    expect(bench.terminal.durable.outbox.list()).toHaveLength(1);
  });
});
