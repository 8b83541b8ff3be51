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
});
