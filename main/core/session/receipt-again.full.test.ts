import { afterEach, expect, it, vi } from 'vitest';
import { demoCatalogue } from '../../../kiosk-config/index.ts';
import type { SessionView } from '../../contract/session-view.ts';
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

// a whole terminal with processes of its own: slow machines need room
vi.setConfig({ testTimeout: 90_000 });

let bench: TerminalBench;
afterEach(() => bench.close());

const served = ({ terminal }: TerminalBench): readonly unknown[] =>
  terminal.durable.bundles.current().catalogue?.content.services ?? [];

/** A citizen who has handed in and taken the card away, on a terminal of this test's own. */
async function atReceipt(): Promise<SessionView> {
  bench = await makeTerminalBench();
  const all = demoCatalogue().services.length;
  await until('catalogue', () => served(bench).length === all);
  const page = await bench.page();
  await toForm(bench, page, 'returnee', 'unemployment-reg');
  await page.call.session.saveAnswers({ answers: unemploymentAnswers(persona('returnee')) });
  await toReview(page);
  await page.call.session.submit();
  const shown = await page.seen('receipt', ({ step }) => step === 'receipt');
  tell(bench.simulators.idCard, { do: 'removeCard' });
  return shown;
}

it('shows a receipt again though its service has left the catalogue meanwhile', async () => {
  const { submissionId } = await atReceipt();
  const catalogue = demoCatalogue();
  const services = catalogue.services.filter(({ id }) => id !== 'unemployment-reg');
  await bench.platform.publish('catalogue', 2, { ...catalogue, services });
  await until('new catalogue', () => served(bench).length === services.length);
  await bench.restart();
  const again = await bench.page();
  await again.call.session.reclaim({ submissionId: submissionId ?? '', locale: 'zh' });
  const view = await again.seen('receipt', ({ step }) => step === 'receipt');
  expect(view.receipt?.serviceId).toBe('unemployment-reg');
  await until('printer', () => bench.terminal.deviceStates()['receiptPrinter'] === 'online');
  await again.call.receipt.print();
  await again.seen('printed', ({ receipt }) => receipt?.print.state === 'printed');
});

it('leads who was at the receipt back to it by the id alone, and says so when nothing was stored', async () => {
  const shown = await atReceipt();
  // what the page then has to go by
  expect(shown).toMatchObject({ serviceId: null, answers: {} });
  expect(shown.applicant).not.toBeNull();
  const submissionId = shown.submissionId ?? '';
  await bench.restart();
  const page = await bench.page();
  tell(bench.simulators.idCard, { do: 'insertCard', persona: 'returnee' });
  await page.seen('find', ({ step }) => step === 'find');
  await expect(
    page.call.session.restoreAnswers({
      serviceId: '',
      answers: {},
      submissionId: '0'.repeat(32),
    }),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await page.call.session.restoreAnswers({ serviceId: '', answers: {}, submissionId });
  const again = await page.seen('receipt', ({ step }) => step === 'receipt');
  expect(again.receipt?.receiptNumber).toBe(shown.receipt?.receiptNumber);
  expect(bench.terminal.durable.outbox.list()).toHaveLength(1);
});
