import { afterEach, expect, it, vi } from 'vitest';
import {
  makeTerminalBench,
  persona,
  tell,
  toForm,
  toReview,
  unemploymentAnswers,
  until,
  type TerminalBench,
} from '../session/terminal-bench.test-helper.ts';

// whole terminals with processes of their own: slow machines need room
vi.setConfig({ testTimeout: 90_000 });

let bench: TerminalBench;
afterEach(() => bench.close());

it('leads who was at the receipt back to it by the id alone, and says so when nothing was stored', async () => {
  bench = await makeTerminalBench();
  await until('catalogue', () => bench.terminal.durable.bundles.current().catalogue !== undefined);
  const before = await bench.page();
  await toForm(bench, before, 'returnee', 'unemployment-reg');
  await before.call.session.saveAnswers({ answers: unemploymentAnswers(persona('returnee')) });
  await toReview(before);
  await before.call.session.submit();
  const shown = await before.seen('receipt', ({ step }) => step === 'receipt');
  // what the page then has to go by
  expect(shown).toMatchObject({ serviceId: null, answers: {} });
  expect(shown.applicant).not.toBeNull();
  const submissionId = shown.submissionId ?? '';
  tell(bench.simulators.idCard, { do: 'removeCard' });
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
