import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MaterialView, SessionView } from '../../contract/session-view.ts';
import {
  makeTerminalBench,
  persona,
  tell,
  toForm,
  until,
  type BenchPage,
  type TerminalBench,
} from './terminal-bench.test-helper.ts';

// whole terminals with processes of their own: slow machines need room
vi.setConfig({ testTimeout: 90_000 });

describe('whoever goes to another service and comes back begins with nothing', () => {
  let bench: TerminalBench;
  let page: BenchPage;

  beforeEach(async () => {
    bench = await makeTerminalBench();
    const { bundles } = bench.terminal.durable;
    await until('catalogue', () => bundles.current().catalogue !== undefined);
    page = await bench.page();
  });
  afterEach(() => bench.close());

  const paper = (view: SessionView, id: string): MaterialView | undefined =>
    view.materials.find(({ materialId }) => materialId === id);

  /** From the form of one service to that of another one. */
  async function open(serviceId: string): Promise<SessionView> {
    await page.call.session.back({ from: 'form' });
    await page.call.session.openService({ serviceId });
    await page.call.session.apply();
    return page.seen(serviceId, (view) => view.step === 'form' && view.serviceId === serviceId);
  }

  it('of the agent’s card: it is laid down again, and fills the fresh form', async () => {
    const lay = async (): Promise<void> => {
      tell(bench.simulators.idCard, { do: 'removeCard' });
      tell(bench.simulators.idCard, { do: 'insertCard', persona: 'proxy' });
      const { idNumber } = persona('proxy').card;
      await page.seen('agent', ({ answers }) => answers['proxyIdNo'] === idNumber);
    };
    await toForm(bench, page, 'elder', 'disability-subsidy');
    await page.call.session.saveAnswers({ answers: { isProxy: true } });
    await lay();
    await open('pension-enroll');
    tell(bench.simulators.idCard, { do: 'removeCard' });
    // longer than the reader needs to miss a card
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    const anew = await open('disability-subsidy');
    expect(anew.answers['proxyIdNo']).toBeUndefined();
    await page.call.session.saveAnswers({ answers: { isProxy: true } });
    const asked = await page.seen('asked', ({ answers }) => answers['isProxy'] === true);
    expect(paper(asked, 'proxyIdcard')?.given).toBe('notYet');
    await lay();
    expect(paper(page.views.at(-1)!, 'proxyIdcard')?.given).toBe('given');
  });

  /** From the fresh form of pension-enroll to its papers. */
  async function toPapers(): Promise<SessionView> {
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
    return page.seen('materials', ({ step }) => step === 'materials');
  }

  const online = (): Promise<void> =>
    until('scanner', () => bench.terminal.deviceStates()['documentScanner'] === 'online');

  it('of papers that were on their way: the scan ends with the step, and nothing comes into the fresh form', async () => {
    const { documentScanner } = bench.simulators;
    const { captures } = bench.terminal.session.papers;
    await toForm(bench, page, 'returnee', 'pension-enroll');
    await toPapers();
    tell(documentScanner, { do: 'loadPages', source: 'feeder', count: 6 });
    await online();
    const picture = captures.expect('household');
    tell(documentScanner, { do: 'setDelay', ms: 500 });
    await page.call.materials.scan({ materialId: 'household', source: 'feeder' });
    await page.seen('a page', ({ scan }) => (scan?.pagesSoFar ?? 0) >= 1);
    await page.call.session.back({ from: 'materials' });
    const left = await page.seen('the scan ends', ({ scan }) => scan?.state === 'failed');
    expect(left).toMatchObject({ step: 'form', scan: { fault: { code: 'device.cancelled' } } });
    expect(paper(left, 'household')?.pages.length).toBeGreaterThan(0);

    // straight on to another service: what comes late is nobody's
    await page.call.session.formDone();
    await online();
    await page.call.materials.scan({ materialId: 'household', source: 'feeder' });
    await page.call.session.back({ from: 'materials' });
    await open('disability-subsidy');
    expect(await open('pension-enroll')).toMatchObject({ scan: null });
    const anew = await toPapers();
    expect(anew.scan).toBeNull();
    expect(paper(anew, 'household')?.pages).toEqual([]);
    expect(await picture(Uint8Array.of(1))).toBe('gone');
    tell(documentScanner, { do: 'setDelay', ms: 0 });
    tell(documentScanner, { do: 'loadPages', source: 'flatbed', count: 1 });
    await online();
    await page.call.materials.scan({ materialId: 'household', source: 'flatbed' });
    const done = await page.seen('scanned', ({ scan }) => scan?.state === 'done');
    expect(paper(done, 'household')?.pages).toHaveLength(1);
  });
});
