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
  // mute first, so that the scan is under way for certain when the line goes
  await scanner({ do: 'setMute', mute: true });
  await touch('放玻璃上扫');
  await hall.says('正在扫描，请不要动纸…');
  await scanner({ do: 'dropLine', forMs: 600_000 });
  await scanner({ do: 'setMute', mute: false });
  // it stands there until the status says the same: a test of the page holds the words
  await hall.shoot('scanner-failed', '没有扫成');
  await scannerIs('offline');
  // one word about it is enough
  await hall.page
    .locator('.screen:has-text("扫描仪现在用不了"):not(:has-text("没有扫成"))')
    .waitFor({ timeout: 60_000 });
  await hall.shoot('scanner-away');
  await atStep(hall.page, 'materials');
  expect(await pages()).toBe(0);
  for (const name of ['返回', '帮助', '结束']) {
    await hall.page.getByRole('button', { name, exact: true }).waitFor();
  }
});

it('the scanner is heard again by itself', async () => {
  await scanner({ do: 'dropLine', forMs: 0 });
  await scannerIs('online');
  await hall.page.getByRole('button', { name: '放玻璃上扫', exact: true }).first().waitFor();
  await hall.says('扫描仪又能用了，请再扫一次。');
  await hall.shoot('scanner-back');
});

it('paper that jams at page three of five keeps the two pages and says what to do', async () => {
  await hall.simulators.loadPages('feeder', 5);
  await scanner({ do: 'setJam', jammed: true, afterPages: 2 });
  await touch('多页一起扫');
  await hall.says(FAULTS['scanner.jam'].message.zh);
  await hall.says('没有扫成');
  expect(await pages()).toBe(2);
  await hall.says('这次扫好的 2 页都还在，不用重扫。');
  await hall.shoot('scanner-jam');
});

it('once the jam is cleared the rest is scanned behind them, and all five are there to be seen', async () => {
  await scanner({ do: 'setJam', jammed: false });
  await hall.simulators.loadPages('feeder', 3);
  await touch('再加多页');
  await expect.poll(pages, { timeout: 60_000 }).toBe(5);
  const addresses = await hall.page
    .locator('.pages img')
    .evaluateAll((all) => all.map((one) => (one as unknown as { src: string }).src));
  for (const src of addresses) expect((await hall.page.request.get(src)).status()).toBe(200);
});

it('a page that stands sideways is turned by hand, and the others stay as they are', async () => {
  const sizes = (): Promise<readonly string[]> =>
    hall.page
      .locator('.pages img')
      .evaluateAll((all) =>
        all.map((one) => `${one.getAttribute('width') ?? ''}x${one.getAttribute('height') ?? ''}`),
      );
  const before = await sizes();
  await touch('把第 2 页向右转一下，居民户口簿（首页及本人页）');
  const turned = before[1]?.split('x').toReversed().join('x') ?? '';
  await expect
    .poll(sizes, { timeout: 60_000 })
    .toEqual(before.map((size, i) => (i === 1 ? turned : size)));
  await hall.shoot('page-turned');
});
