import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MaterialView, SessionView } from '../../contract/session-view.ts';
import {
  inkPng,
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

const WHO = 'returnee';

const paper = (view: SessionView, id: string): MaterialView | undefined =>
  view.materials.find(({ materialId }) => materialId === id);

describe('a social security card in place of its picture', () => {
  let bench: TerminalBench;
  let page: BenchPage;

  beforeEach(async () => {
    bench = await makeTerminalBench();
    await until('taking', () => bench.terminal.durable.outbox.taking() === 'yes');
    await until(
      'catalogue',
      () => bench.terminal.durable.bundles.current().catalogue !== undefined,
    );
    await until('card reader', () => bench.terminal.deviceStates()['securityCard'] === 'online');
    page = await bench.page();
  });
  afterEach(() => bench.close());

  async function toMaterials(): Promise<SessionView> {
    const { answers } = persona(WHO);
    await toForm(bench, page, WHO, 'disability-subsidy');
    await page.call.session.saveAnswers({
      answers: {
        kinds: ['care'],
        isProxy: false,
        address: { division: answers.residence.divisionCode, detail: answers.residence.detail },
        mobile: answers.mobile,
        disabilityCertNo: answers.disabilityCertNo,
        bankAccount: answers.bankAccount,
        commit: true,
      },
    });
    await page.call.session.formDone();
    return page.seen('materials', ({ step }) => step === 'materials');
  }

  it('of the applicant is taken, sealed with what it is worth, and forgotten', async () => {
    const { card } = persona(WHO);
    const before = await toMaterials();
    expect(paper(before, 'bankcard')).toMatchObject({
      means: 'paper',
      given: 'notYet',
      securityCard: 'possible',
    });
    // another person's card: said in the view, and nothing taken
    tell(bench.simulators.securityCard, { do: 'insertCard', persona: 'elder' });
    const other = await page.seen('other', ({ securityCard }) => {
      return securityCard.state === 'otherPerson';
    });
    expect(paper(other, 'bankcard')).toMatchObject({ given: 'notYet', securityCard: 'possible' });
    tell(bench.simulators.securityCard, { do: 'removeCard' });
    // a bank card: why it is of no use
    tell(bench.simulators.securityCard, { do: 'insertOtherCard', kind: 'bankCard' });
    const bank = await page.seen('bank', ({ securityCard }) => securityCard.state === 'failed');
    expect(bank.securityCard.fault?.code).toBe('securityCard.unknownKind');
    tell(bench.simulators.securityCard, { do: 'removeCard' });

    const given = (view: SessionView): boolean => paper(view, 'bankcard')?.securityCard === 'read';
    tell(bench.simulators.securityCard, { do: 'insertCard', persona: WHO });
    const read = await page.seen('read', given);
    expect(paper(read, 'bankcard')).toMatchObject({ given: 'given', pages: [] });
    expect(JSON.stringify(read.securityCard)).not.toContain(card.idNumber);
    // taken back, and given once more
    await page.call.materials.dropCard();
    await page.seen('dropped', (view) => paper(view, 'bankcard')?.given === 'notYet');
    tell(bench.simulators.securityCard, { do: 'removeCard' });
    tell(bench.simulators.securityCard, { do: 'insertCard', persona: WHO });
    await page.seen('read again', given);

    for (const { materialId, required, given: stands } of read.materials) {
      if (!required || stands !== 'notYet') continue;
      tell(bench.simulators.documentScanner, { do: 'loadPages', source: 'feeder', count: 1 });
      await page.call.materials.scan({ materialId, source: 'feeder' });
      await page.seen(materialId, (view) => paper(view, materialId)?.given === 'given');
    }
    await page.call.session.materialsDone();
    await page.seen('sign', ({ step }) => step === 'sign');
    await page.call.session.sign({ mode: 'signature', pngDataUrl: await inkPng(), strokes: 3 });
    await page.seen('review', ({ step }) => step === 'review');
    await page.call.session.submit();
    await until('arrived', () => bench.platform.items.size === 1);
    const [submissionId = ''] = bench.platform.items.keys();
    const body = await bench.opened(submissionId);
    expect(body.materials.find(({ materialId }) => materialId === 'bankcard')).toMatchObject({
      means: 'readCard',
      pages: [],
      securityCard: {
        card: { number: card.idNumber, name: card.name, institution: '500199000001' },
        doubts: [],
        authenticated: false,
      },
    });
    // nothing of the card stays: the next matter of the same person begins without it
    await page.call.session.another();
    await toMaterialsAgain();
    for (const secret of [card.name, card.idNumber]) {
      expect(bench.log.join('')).not.toContain(secret);
    }
    await page.call.session.end();
    const end = await page.seen('goodbye', ({ step }) => step === 'goodbye');
    // the card is still in the reader, and the last screen says so until it is pulled
    expect(end.securityCard.state).toBe('leftBehind');
    tell(bench.simulators.securityCard, { do: 'removeCard' });
    await page.seen('pulled', ({ securityCard }) => securityCard.state === 'none');

    async function toMaterialsAgain(): Promise<void> {
      await page.seen('find', ({ step }) => step === 'find');
      await page.call.session.openService({ serviceId: 'disability-subsidy' });
      await page.call.session.apply();
      const form = await page.seen('form', ({ step }) => step === 'form');
      expect(paper(form, 'bankcard')).toMatchObject({ given: 'notYet', securityCard: 'possible' });
    }
  });

  it('that was being read when the device host died has failed, and the next host reads it', async () => {
    await toMaterials();
    tell(bench.simulators.securityCard, { do: 'setDelay', ms: 1_000 });
    tell(bench.simulators.securityCard, { do: 'insertCard', persona: WHO });
    await page.seen('reading', ({ securityCard }) => securityCard.state === 'reading');
    bench.killDeviceHost();
    const failed = await page.seen('failed', ({ securityCard }) => {
      return securityCard.state === 'failed';
    });
    expect(failed.securityCard.fault?.code).toBe('device.hostDown');
    tell(bench.simulators.securityCard, { do: 'setDelay', ms: 0 });
    const read = await page.seen('read', (view) => {
      return paper(view, 'bankcard')?.securityCard === 'read';
    });
    expect(read.sessionId).toBe(failed.sessionId);
  });

  it('begins no session by itself, and a reader that goes away ends none', async () => {
    tell(bench.simulators.securityCard, { do: 'insertCard', persona: WHO });
    await until('read', () => bench.simulators.securityCard.state()['reads'] !== 0);
    expect(page.views.at(-1)).toBeNull();
    tell(bench.simulators.securityCard, { do: 'removeCard' });
    await toMaterials();
    tell(bench.simulators.securityCard, { do: 'dropLine', forMs: 600_000 });
    await until('away', () => bench.terminal.deviceStates()['securityCard'] === 'offline');
    tell(bench.simulators.documentScanner, { do: 'loadPages', source: 'feeder', count: 1 });
    await page.call.materials.scan({ materialId: 'bankcard', source: 'feeder' });
    const view = await page.seen('scanned', (now) => paper(now, 'bankcard')?.given === 'given');
    expect(paper(view, 'bankcard')).toMatchObject({ securityCard: 'possible' });
    expect(paper(view, 'bankcard')?.pages).toHaveLength(1);
  });
});
