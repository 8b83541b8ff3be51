import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { demoCatalogue } from '../../../kiosk-config/index.ts';
import {
  makeTerminalBench,
  tell,
  until,
  type BenchPage,
  type TerminalBench,
} from './terminal-bench.test-helper.ts';

// whole terminals with processes of their own: slow machines need room
vi.setConfig({ testTimeout: 180_000 });

let bench: TerminalBench;
let page: BenchPage;
beforeEach(async () => {
  bench = await makeTerminalBench();
  page = await bench.page();
});
afterEach(() => bench.close());

const [SERVICE, OTHER] = ['pension-enroll', 'unemployment-reg'];
const publishPolicy = async (version: number, assurance: object): Promise<void> => {
  await bench.platform.publish('policy', version, { environment: 'demo', assurance });
  const { bundles } = bench.terminal.durable;
  await until('the policy', () => bundles.current().policy?.version === version);
};
const open = async (serviceId: string): Promise<void> => {
  await page.call.session.openService({ serviceId });
  await page.seen(serviceId, (view) => view.serviceId === serviceId && view.step === 'guide');
};
const isRefused = async (what: string): Promise<void> => {
  const view = await page.seen(what, ({ notice }) => notice === 'needsStaff');
  expect([view.step, view.answers]).toEqual(['guide', {}]);
};

test('a service for which the policy asks for more than a card is applied for at the counter, whatever the page asks; others are as before', async () => {
  await publishPolicy(1, { applyByService: { [SERVICE]: 'L3' } });
  tell(bench.simulators.idCard, { do: 'insertCard', persona: 'elder' });
  await page.seen('find', ({ step, applicant }) => step === 'find' && applicant !== null);
  await open(SERVICE);
  await page.call.session.apply();
  await isRefused('apply');
  // nor by way of what a page kept over a restart of the core
  await page.call.session.restoreAnswers({
    serviceId: SERVICE,
    answers: { mobile: '13800000000' },
  });
  await isRefused('restore');
  await page.call.session.restoreAnswers({ serviceId: OTHER, answers: {} });
  await page.seen('the form of another', ({ step }) => step === 'form');
});

test('the policy lowers nothing that the catalogue asks', async () => {
  const catalogue = demoCatalogue();
  const services = catalogue.services.map((service) => ({ ...service, assurance: 'L3' }));
  await bench.platform.publish('catalogue', 2, { ...catalogue, services });
  await until(
    'the catalogue',
    () => bench.terminal.durable.bundles.current().catalogue?.version === 2,
  );
  await publishPolicy(1, { applyAtLeast: 'L0', applyByService: { [SERVICE]: 'L0' } });
  tell(bench.simulators.idCard, { do: 'insertCard', persona: 'elder' });
  await page.seen('find', ({ step, applicant }) => step === 'find' && applicant !== null);
  await open(SERVICE);
  await page.call.session.apply();
  await isRefused('apply');
});
