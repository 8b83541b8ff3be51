import { readFileSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAULTS } from '../../domain/device/fault-catalogue.ts';
import { fillForm } from '../../scripts/citizen/fill-form.ts';
import { platformItems, waitForItem } from '../../scripts/citizen/platform-view.ts';
import { atStep, walkToReview } from '../../scripts/citizen/walk.ts';
import { openHall, type Hall } from '../support/hall.ts';

let hall: Hall;

beforeAll(async () => {
  hall = await openHall();
});
afterAll(() => hall.close());

/** Process id of the device host: a child of the terminal. */
function deviceHost(): number {
  const parent = String(hall.stack.terminal.child.pid);
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/u.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // after the name in brackets: state, parent
      const ppid = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      if (ppid === parent && command.includes('device-host')) return Number(pid);
    } catch {
      // it ended meanwhile
    }
  }
  throw new Error('there is no device host');
}

const killHost = (): boolean => process.kill(deviceHost(), 'SIGKILL');

/** A card that is laid down before the terminal has its catalogue is not the one that is meant. */
async function devicesBack(): Promise<void> {
  await expect
    .poll(() => hall.health(), { timeout: 60_000 })
    .toMatchObject({
      taking: 'yes',
      devices: {
        idCard: { state: 'online' },
        receiptPrinter: { state: 'online' },
        documentScanner: { state: 'online' },
      },
    });
}

describe('the device host is killed with kill -9: the session goes on, and what became of the work is told truthfully', () => {
  it('while a card is read: the card is read after all, or asked for again', async () => {
    await devicesBack();
    // a page that still opens would not show what was over before it was there
    await atStep(hall.page, 'attract');
    await hall.simulators.command('id-card-1', { do: 'setReadTime', ms: 3_000 });
    await hall.simulators.insertCard('returnee');
    await hall.page.locator('.reader-reading').waitFor();
    // neither this host nor the next one is to read it before the page was looked at
    await hall.simulators.command('id-card-1', { do: 'setMute', mute: true });
    killHost();
    await hall.page.locator('.reader-failed').waitFor({ timeout: 60_000 });
    await hall.says(FAULTS['device.hostDown'].message.zh);
    await hall.shoot('host-card');
    await hall.simulators.command('id-card-1', { do: 'setReadTime', ms: 0 });
    await hall.simulators.command('id-card-1', { do: 'setMute', mute: false });
    await devicesBack();
    if ((await hall.page.locator('.screen').getAttribute('data-step')) === 'identify') {
      await devicesBack();
      await hall.cardAway();
      await hall.simulators.insertCard('returnee');
    }
    await atStep(hall.page, 'find');
    await hall.says('张三丰，您好');
  });

  it('while a page is scanned: the answers are there, the scan is told to have failed, and works anew', async () => {
    const { page, simulators } = hall;
    const walk = hall.walk('returnee', 'pension-enroll');
    await page.locator('.service-card', { hasText: walk.service.name.zh }).tap();
    await atStep(page, 'guide');
    await hall.next();
    await atStep(page, 'form');
    await fillForm(page, walk.service, walk.persona, () => Promise.resolve());
    await atStep(page, 'materials');
    await devicesBack();
    await simulators.loadPages('flatbed', 1);
    await simulators.command('document-scanner-1', { do: 'setDelay', ms: 3_000 });
    const scan = page.getByRole('button', { name: '放玻璃上扫', exact: true }).first();
    await scan.tap();
    await page.getByText('正在扫描').waitFor();
    killHost();
    await hall.says('没有扫成');
    await hall.says(FAULTS['device.hostDown'].message.zh);
    await hall.shoot('host-scan');
    await simulators.command('document-scanner-1', { do: 'setDelay', ms: 0 });
    await devicesBack();
    await scan.tap();
    await page.locator('.pages img').first().waitFor();
    await hall.clear();
  });

  it('while the receipt is printed: nobody can know whether it came out, it says so, and prints again', async () => {
    const { page, simulators } = hall;
    await devicesBack();
    // somebody else: the card of before, so soon after the reader came back, would be one that was forgotten there
    await walkToReview(hall.walk('ext-a', 'unemployment-reg'));
    // dead from the first bytes of the receipt on: it is being printed until the host is killed, however late that is
    await simulators.command('receipt-printer-1', { do: 'setMute', mute: true, afterBytes: 400 });
    await hall.next();
    await page.locator('.screen[data-print="printing"]').waitFor({ timeout: 60_000 });
    const printer = async () => (await simulators.device('receipt-printer-1')).state;
    // a host that is killed before these bytes would leave the death to the one that comes after it
    await expect.poll(printer, { timeout: 60_000 }).toMatchObject({ mute: true });
    killHost();
    await page.locator('.screen[data-print="unknown"]').waitFor({ timeout: 60_000 });
    await hall.says('不能确定回执有没有打印出来，请看一看出纸口');
    await hall.shoot('host-print');
    await simulators.command('receipt-printer-1', { do: 'setMute', mute: false });
    await devicesBack();
    await page.getByRole('button', { name: '再打一次' }).tap();
    await page.locator('.screen[data-print="printed"]').waitFor({ timeout: 60_000 });
    const item = await waitForItem(hall.stack.platform.ready, hall.newest());
    expect(item).toMatchObject({ copies: 1, conflicts: 0, problems: [] });
    expect(await platformItems(hall.stack.platform.ready)).toHaveLength(1);
    await hall.clear();
  });
});
