import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEMO_PINS } from '../../../kiosk-config/index.ts';
import type { DeviceClass } from '../../../domain/device/status.ts';
import type { ServiceView } from '../../contract/service-view.ts';
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
} from '../session/terminal-bench.test-helper.ts';

vi.setConfig({ testTimeout: 90_000 });

let bench: TerminalBench;
let page: BenchPage;
let views: (ServiceView | null)[];

beforeEach(async () => {
  bench = await makeTerminalBench();
  await until('catalogue', () => bench.terminal.durable.bundles.current().catalogue !== undefined);
  page = await bench.page();
  views = [];
});
afterEach(() => bench.close());

async function enter(role: 'staff' | 'technician'): Promise<void> {
  const answer = await page.call.service.enter({ role, pin: DEMO_PINS[role] });
  expect(answer).toEqual({ is: 'right' });
  const stream = await page.call.service.watch();
  const follow = async (): Promise<void> => {
    for await (const view of stream) views.push(view);
  };
  follow().catch(() => undefined);
  await until('service view', () => views.length > 0);
}

const now = (): ServiceView | null | undefined => views.at(-1);
const deviceNow = (device: DeviceClass) =>
  now()?.devices.find((candidate) => candidate.device === device);
const tested = (device: DeviceClass, state: string): Promise<void> =>
  until(`${device} ${state}`, () => deviceNow(device)?.test.state === state);
const online = (device: DeviceClass): Promise<void> =>
  until(`${device} online`, () => deviceNow(device)?.status.state === 'online');

/** The text of what was printed last. */
async function lastSlip(): Promise<string> {
  const printer = bench.simulators.receiptPrinter;
  const names = printer.artifacts().filter((name) => name.endsWith('.txt'));
  return Buffer.from((await printer.artifact(names.at(-1) ?? ''))?.bytes ?? []).toString();
}

describe('the service page', () => {
  it('is for those with the PIN, on their own line only, and never beside a citizen', async () => {
    await expect(page.call.service.test({ device: 'idCard' })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    expect(await page.call.service.enter({ role: 'technician', pin: '000001' })).toEqual({
      is: 'wrong',
      left: 4,
    });
    await enter('technician');
    const other = await bench.page();
    await expect(other.call.service.test({ device: 'idCard' })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    await expect(other.call.session.begin({ locale: 'zh' })).rejects.toMatchObject({
      code: 'WRONG_STEP',
    });
    expect(await other.call.service.enter({ role: 'staff', pin: DEMO_PINS.staff })).toEqual({
      is: 'busy',
    });
    await page.call.service.leave();
    await until('left', () => now() === null);
    await expect(page.call.service.test({ device: 'idCard' })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    await other.call.session.begin({ locale: 'en' });
  });

  it('waits for the citizen’s session to end, to its last screen, and asks for no PIN again', async () => {
    const citizen = await bench.page();
    await citizen.call.session.begin({ locale: 'zh' });
    const visitor = page.call.service;
    expect(await visitor.enter({ role: 'technician', pin: DEMO_PINS.technician })).toMatchObject({
      is: 'waiting',
    });
    const standings: string[] = [];
    const stream = await visitor.entering();
    const followed = (async () => {
      for await (const standing of stream) standings.push(standing);
    })();
    await until('waiting', () => standings.length === 1);
    // meanwhile nothing is open to the visitor, and the citizen goes on
    await expect(visitor.test({ device: 'idCard' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(visitor.watch()).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const other = await bench.page();
    expect(await other.call.service.enter({ role: 'staff', pin: DEMO_PINS.staff })).toEqual({
      is: 'busy',
    });
    await citizen.call.session.browse();
    await citizen.seen('find', ({ step }) => step === 'find');
    await citizen.call.session.end();
    await citizen.seen('goodbye', ({ step }) => step === 'goodbye');
    expect(standings).toEqual(['waiting']);
    await citizen.call.session.end();
    await followed;
    expect(standings).toEqual(['waiting', 'in']);
    await citizen.gone();
    // nobody else has begun in between, nor can
    await expect(citizen.call.session.begin({ locale: 'zh' })).rejects.toMatchObject({
      code: 'WRONG_STEP',
    });
    for await (const view of await visitor.watch()) {
      expect(view?.role).toBe('technician');
      // whoever waited may have gone: until it is touched it stays open for half a minute only
      expect(Date.parse(view?.endsAt ?? '') - Date.now()).toBeLessThanOrEqual(30_000);
      break;
    }
    await page.call.session.touch();
    for await (const view of await visitor.watch()) {
      expect(Date.parse(view?.endsAt ?? '') - Date.now()).toBeGreaterThan(60_000);
      break;
    }
  });

  it('lets nobody in who gave up, or whose line was cut while waiting', async () => {
    const citizen = await bench.page();
    await citizen.call.session.begin({ locale: 'zh' });
    const staff = { role: 'staff', pin: DEMO_PINS.staff } as const;
    expect(await page.call.service.enter(staff)).toMatchObject({ is: 'waiting' });
    await page.call.service.giveUp();
    const other = await bench.page();
    expect(await other.call.service.enter(staff)).toMatchObject({ is: 'waiting' });
    other.close();
    const third = await bench.page();
    let answer: string = 'busy';
    while (answer === 'busy') answer = (await third.call.service.enter(staff)).is;
    expect(answer).toBe('waiting');
    await third.call.service.giveUp();
    await citizen.call.session.end();
    await citizen.gone();
    await citizen.call.session.begin({ locale: 'en' });
  });

  it('is left with its connection, so that nobody finds it open', async () => {
    await enter('staff');
    page.close();
    const other = await bench.page();
    await until('let in again', () => bench.terminal.session.hold('test', true));
    bench.terminal.session.hold('test', false);
    await other.call.session.begin({ locale: 'zh' });
  });

  it('sends staff which devices there are and how they are, and nothing of how they are set up', async () => {
    // what is told to a technician is the proof that there is something to hold back
    await enter('technician');
    await Promise.all([online('idCard'), online('receiptPrinter'), online('documentScanner')]);
    tell(bench.simulators.receiptPrinter, { do: 'setPaper', paper: 'out' });
    await until('no paper', () => deviceNow('receiptPrinter')?.vendorCode !== null);
    await until('reader known', () => deviceNow('idCard')?.hardware.samId !== undefined);
    const address = /127\.0\.0\.1|localhost|https?:|\/dev\/|:\d{4,5}\b/;
    expect(JSON.stringify(now()?.devices)).toMatch(address);
    await page.call.service.leave();
    await until('left', () => now() === null);
    views = [];
    await enter('staff');
    await page.call.service.test({ device: 'receiptPrinter' });
    await tested('receiptPrinter', 'failed');
    expect(deviceNow('receiptPrinter')).toMatchObject({
      configured: true,
      status: { paper: 'out' },
      ...{ vendorCode: null, connection: null, hardware: {}, record: null },
    });
    expect(deviceNow('documentCamera')).toMatchObject({ configured: false, record: null });
    // times have colons too, but no four digits after one
    expect(JSON.stringify(views)).not.toMatch(address);
    expect(now()?.setup).toBeNull();
  });

  it('tests every device; a person confirms, and the result outlives a restart', async () => {
    await enter('technician');
    expect(deviceNow('idCard')?.connection).toMatch(/^127\.0\.0\.1:\d+$/);
    await Promise.all([online('idCard'), online('receiptPrinter'), online('documentScanner')]);

    await page.call.service.test({ device: 'idCard' });
    await tested('idCard', 'running');
    tell(bench.simulators.idCard, { do: 'insertCard', persona: 'ext-a' });
    await tested('idCard', 'ask');
    const name = persona('ext-a').card.name;
    expect(deviceNow('idCard')?.test.maskedName).toMatch(new RegExp(`^${name.slice(0, 1)}`, 'u'));
    expect(JSON.stringify(views)).not.toContain(persona('ext-a').card.idNumber);
    expect(JSON.stringify(views)).not.toContain(name);
    await page.call.service.confirm({ device: 'idCard', worked: true });
    await until('kept', () => deviceNow('idCard')?.lastTest?.result === 'passed');
    tell(bench.simulators.idCard, { do: 'removeCard' });

    await page.call.service.test({ device: 'receiptPrinter' });
    await tested('receiptPrinter', 'ask');
    await page.call.service.confirm({ device: 'receiptPrinter', worked: false });
    await until('kept', () => deviceNow('receiptPrinter')?.lastTest?.result === 'failed');

    tell(bench.simulators.documentScanner, { do: 'loadPages', source: 'flatbed', count: 1 });
    await page.call.service.test({ device: 'documentScanner' });
    await tested('documentScanner', 'ask');
    expect(deviceNow('documentScanner')?.test.bytes).toBeGreaterThan(1000);
    await page.call.service.confirm({ device: 'documentScanner', worked: true });

    // no citizen was let in by the card of the test
    expect(page.views.at(-1)).toBeNull();
    await bench.restart();
    page = await bench.page();
    views = [];
    await enter('staff');
    expect(deviceNow('idCard')?.lastTest?.result).toBe('passed');
    expect(deviceNow('receiptPrinter')?.lastTest?.result).toBe('failed');
  });

  it('says what a device that fails its test said', async () => {
    await enter('technician');
    await online('receiptPrinter');
    tell(bench.simulators.receiptPrinter, { do: 'setPaper', paper: 'out' });
    await until('paper out', () => deviceNow('receiptPrinter')?.status.paper === 'out');
    await page.call.service.test({ device: 'receiptPrinter' });
    await tested('receiptPrinter', 'failed');
    expect(deviceNow('receiptPrinter')?.test.fault?.code).toBe('printer.paperOut');
    await until('kept', () => deviceNow('receiptPrinter')?.lastTest?.result === 'failed');
  });

  it('prints a receipt again or calls its paper void, with its number and nothing of a person', async () => {
    await toForm(bench, page, 'returnee', 'unemployment-reg');
    await page.call.session.saveAnswers({ answers: unemploymentAnswers(persona('returnee')) });
    await toReview(page);
    await page.call.session.submit();
    const { receipt } = await page.seen(
      'printed',
      (view) => view.receipt?.print.state === 'printed',
    );
    const receiptNumber = receipt?.receiptNumber ?? '';
    await page.call.session.end();
    await page.seen('goodbye', ({ step }) => step === 'goodbye');
    await page.call.session.end();
    await page.gone();
    await enter('staff');
    expect(now()?.items.map((item) => item.receiptNumber)).toEqual([receiptNumber]);
    await page.call.service.reprint({ receiptNumber });
    await until('reprinted', () => now()?.reprint?.state === 'printed');
    const first = await lastSlip();
    expect(first.replaceAll(' ', '')).toContain(receiptNumber);
    expect(first).not.toContain('申请人');
    expect(first).toContain('补打');
    expect(first).not.toContain('作废');
    const wrong = { receiptNumber: '50015100100126112300017' };
    await expect(page.call.service.reprint(wrong)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(page.call.service.cancelReceipt(wrong)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });

    // the paper is void, the application goes its way, and both are known after a restart
    await page.call.service.cancelReceipt({ receiptNumber });
    await until('void', () => typeof now()?.items[0]?.cancelledAt === 'string');
    await until('received', () => bench.platform.acknowledged.size === 1);
    await bench.restart();
    page = await bench.page();
    views = [];
    await enter('staff');
    expect(now()?.items[0]).toMatchObject({ receiptNumber, reprintedAt: null });
    expect(now()?.items[0]?.cancelledAt).not.toBeNull();
    expect(now()?.today.rows).toEqual([
      { serviceId: 'unemployment-reg', waiting: 0, received: 1, held: 0 },
    ]);
    await online('receiptPrinter');
    await page.call.service.reprint({ receiptNumber });
    await until('reprinted', () => typeof now()?.items[0]?.reprintedAt === 'string');
    expect(await lastSlip()).toContain('先前打印的那张已作废');

    await page.call.service.printSheet();
    await until('sheet', () => now()?.sheetPrint?.state === 'printed');
    const sheet = await lastSlip();
    expect(sheet).toContain('今日情况');
    expect(sheet).toContain('失业登记');
    expect(sheet).toMatch(/平台已收到 received\s+1/);
    expect(sheet).not.toContain(persona('returnee').card.name);
    expect(bench.platform.items.size).toBe(1);
    // whoever comes next is not told what was printed
    await page.call.service.leave();
    await until('left', () => now() === null);
    views = [];
    await enter('technician');
    expect(now()).toMatchObject({ reprint: null, sheetPrint: null });
  });
});
