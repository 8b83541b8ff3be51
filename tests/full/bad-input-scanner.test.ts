import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SimulatorCommand } from '../../drivers/simulator-host/simulator.ts';
import { FAULTS } from '../../domain/device/fault-catalogue.ts';
import { atStep } from '../../scripts/citizen/walk.ts';
import { openHall, type Hall } from '../support/hall.ts';

let hall: Hall;

const scanner = (command: SimulatorCommand): Promise<unknown> =>
  hall.simulators.command('document-scanner-1', command);
const touch = (name: string): Promise<void> =>
  hall.page.getByRole('button', { name, exact: true }).first().tap();
const pages = (): Promise<number> => hall.page.locator('.pages img').count();

async function scannerIs(state: string): Promise<void> {
  await expect
    .poll(async () => (await hall.health())['devices'], { timeout: 60_000 })
    .toMatchObject({ documentScanner: { state } });
}

beforeAll(async () => {
  hall = await openHall();
  await hall.toMaterials(hall.walk('returnee', 'pension-enroll'));
});

afterAll(() => hall.close());

it('a scanner that goes away is told, and every way on stays', async () => {
  await scanner({ do: 'dropLine', forMs: 15_000 });
  await touch('放玻璃上扫');
  await hall.says('没有扫成');
  await hall.shoot('scanner-failed');
  await scannerIs('offline');
  await hall.says('扫描仪现在用不了');
  await hall.shoot('scanner-away');
  await atStep(hall.page, 'materials');
  expect(await pages()).toBe(0);
  for (const name of ['返回', '帮助', '结束']) {
    await hall.page.getByRole('button', { name, exact: true }).waitFor();
  }
});

it('the scanner is heard again by itself', async () => {
  await scannerIs('online');
  await hall.page.getByRole('button', { name: '放玻璃上扫', exact: true }).first().waitFor();
});

it('paper that jams after page two of three keeps the two pages and says what to do', async () => {
  await hall.simulators.loadPages('feeder', 3);
  await scanner({ do: 'setJam', jammed: true, afterPages: 2 });
  await touch('多页一起扫');
  await hall.says(FAULTS['scanner.jam'].message.zh);
  await hall.says('没有扫成');
  expect(await pages()).toBe(2);
  await hall.shoot('scanner-jam');
});

it('once the jam is cleared the rest is scanned behind them, and all three are there to be seen', async () => {
  await scanner({ do: 'setJam', jammed: false });
  await hall.simulators.loadPages('feeder', 1);
  await touch('再加多页');
  await expect.poll(pages, { timeout: 30_000 }).toBe(3);
  const addresses = await hall.page
    .locator('.pages img')
    .evaluateAll((all) => all.map((one) => (one as unknown as { src: string }).src));
  for (const src of addresses) expect((await hall.page.request.get(src)).status()).toBe(200);
});
