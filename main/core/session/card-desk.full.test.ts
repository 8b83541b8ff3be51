import { afterEach, expect, it, vi } from 'vitest';
import {
  makeTerminalBench,
  tell,
  until,
  type TerminalBench,
} from './terminal-bench.test-helper.ts';

// whole terminals with processes of their own: slow machines need room
vi.setConfig({ testTimeout: 90_000 });

let bench: TerminalBench;
afterEach(() => bench.close());

it.each([
  [
    'staff work at the devices',
    () => bench.terminal.session.hold('staff', true),
    () => bench.terminal.session.hold('staff', false),
  ],
  ['the device host dies', () => bench.killDeviceHost(), () => undefined],
])('forgets a card that is taken away while %s', async (_when, meanwhile, after) => {
  bench = await makeTerminalBench({ idCard: { refindsLyingCard: true } });
  await until('catalogue', () => bench.terminal.durable.bundles.current().catalogue !== undefined);
  const page = await bench.page();
  const { session } = bench.terminal;
  tell(bench.simulators.idCard, { do: 'insertCard', persona: 'ext-a' });
  await page.seen('find', ({ step }) => step === 'find');
  expect(session.cards.lies).toBe(true);
  session.reset('idle');
  meanwhile();
  tell(bench.simulators.idCard, { do: 'removeCard' });
  await until('taken away', () => !session.cards.lies);
  await until('reader', () => bench.terminal.deviceStates()['idCard'] === 'online');
  after();
  // the next one has no card, and is not asked to take one along
  await page.call.session.begin({ locale: 'zh' });
  await page.call.session.browse();
  await page.call.session.end();
  const view = await page.seen('goodbye', ({ step }) => step === 'goodbye');
  expect(view.card.state).toBe('none');
});
