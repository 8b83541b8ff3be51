import { afterEach, expect, it, vi } from 'vitest';
import { demoCatalogue } from '../../../kiosk-config/index.ts';
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

it('shows a receipt again though its service has left the catalogue meanwhile', async () => {
  bench = await makeTerminalBench();
  const all = demoCatalogue().services.length;
  await until('catalogue', () => served(bench).length === all);
  const page = await bench.page();
  await toForm(bench, page, 'returnee', 'unemployment-reg');
  await page.call.session.saveAnswers({ answers: unemploymentAnswers(persona('returnee')) });
  await toReview(page);
  await page.call.session.submit();
  const { submissionId } = await page.seen('receipt', ({ step }) => step === 'receipt');
  tell(bench.simulators.idCard, { do: 'removeCard' });
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
