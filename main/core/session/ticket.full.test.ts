import { afterEach, expect, it, vi } from 'vitest';
import { DEMO_PINS } from '../../../kiosk-config/index.ts';
import type { ServiceView } from '../../contract/service-view.ts';
import type { SessionView } from '../../contract/session-view.ts';
import {
  makeTerminalBench,
  persona,
  tell,
  toForm,
  toReview,
  unemploymentAnswers,
  until,
  type BenchPage,
  type TerminalBench,
} from './terminal-bench.test-helper.ts';

vi.setConfig({ testTimeout: 90_000 });

let bench: TerminalBench | undefined;
afterEach(() => bench?.close());

/** A terminal with a printer that holds receipts out, and an application handed in there. */
async function handedIn(
  takeSeconds: number,
): Promise<{ readonly at: TerminalBench; readonly page: BenchPage; readonly number: string }> {
  const receiptPrinter = { profile: 'custom80Presenter', takeSeconds } as const;
  const at = await makeTerminalBench({ receiptPrinter });
  bench = at;
  await until('catalogue', () => at.terminal.durable.bundles.current().catalogue !== undefined);
  const page = await at.page();
  await toForm(at, page, 'returnee', 'unemployment-reg');
  await page.call.session.saveAnswers({ answers: unemploymentAnswers(persona('returnee')) });
  await toReview(page);
  await page.call.session.submit();
  const { receipt } = await page.seen('held out', heldOut);
  return { at, page, number: receipt?.receiptNumber ?? '' };
}

const heldOut = ({ receipt }: SessionView): boolean =>
  receipt?.print.state === 'printed' && receipt.print.ticket === 'waiting';
const printIs =
  (ticket: string) =>
  ({ receipt }: SessionView): boolean =>
    receipt?.print.ticket === ticket;

function told(at: TerminalBench): readonly string[] {
  return at.terminal.durable.audit
    .latest(100)
    .map(({ event }) => event)
    .filter((event) => event.startsWith('receipt'))
    .toReversed();
}

it('asks to take the receipt while it hangs there, and says when it was taken', async () => {
  const { at, page } = await handedIn(600);
  await expect(page.call.receipt.print()).rejects.toMatchObject({ code: 'DEVICE' });
  const printer = at.simulators.receiptPrinter;
  await until('two looks', () => Number(printer.state()['outletAsked']) >= 2);
  tell(printer, { do: 'takeTicket' });
  await page.seen('taken', printIs('taken'));
  await expect(page.call.receipt.print()).rejects.toMatchObject({ code: 'DEVICE' });
  expect(told(at)).toEqual(['receiptPrinted', 'receiptTaken']);
});

it('lets what was drawn in be printed again; the session ends when it wants, and staff are told', async () => {
  const { at, page, number } = await handedIn(1);
  await page.seen('retracted', printIs('retracted'));
  await page.call.receipt.print();
  await page.seen('held out again', heldOut);
  // the second one hangs there still: nothing waits for it
  await page.call.session.end();
  await until('drawn in', () => at.simulators.receiptPrinter.state()['retractBin'] === 2);
  await until('audit', () => told(at).length === 4);
  expect(told(at)).toEqual([
    'receiptPrinted',
    'receiptRetracted',
    'receiptPrinted',
    'receiptRetracted',
  ]);
  // the last screen stands for a while, and is waited for; it may be over by itself already
  await page.call.session.end().catch(() => undefined);
  await page.gone();
  expect(await page.call.service.enter({ role: 'staff', pin: DEMO_PINS.staff })).toEqual({
    is: 'right',
  });
  const views: (ServiceView | null)[] = [];
  const follow = async (): Promise<void> => {
    for await (const view of await page.call.service.watch()) views.push(view);
  };
  follow().catch(() => undefined);
  await until('the page of the staff', () => views.length > 0);
  expect(views.at(-1)?.items).toMatchObject([{ receiptNumber: number, ticket: 'retracted' }]);
});

it('does not know what became of a receipt that hung there when the device host died', async () => {
  const { at, page } = await handedIn(600);
  at.killDeviceHost();
  await page.seen('unknown', printIs('unknown'));
  await until('back', () => at.terminal.deviceStates()['receiptPrinter'] === 'online');
  await page.call.receipt.print();
  await page.seen('held out again', heldOut);
  expect(at.simulators.receiptPrinter.state()).toMatchObject({ outletHanging: true });
});
