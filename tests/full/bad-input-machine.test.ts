import { execFileSync } from 'node:child_process';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { platformItem, platformItems, waitForItem } from '../../scripts/citizen/platform-view.ts';
import { indexedItems } from '../../scripts/citizen/terminal-index.ts';
import { atStep, walkToReview } from '../../scripts/citizen/walk.ts';
import { openHall, type Hall } from '../support/hall.ts';
import { notRun } from '../support/not-run.ts';

let hall: Hall;
let smallDisk: string | undefined;

/** A disk of its own that is small enough to be filled: a little more than the terminal keeps free and a session needs. */
function mountSmallDisk(folder: string): void {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=400m', 'tmpfs', folder], { stdio: 'ignore' });
    smallDisk = folder;
  } catch {
    // only root may: the test that needs it says so
  }
}

beforeAll(async () => {
  hall = await openHall({
    prepare: mountSmallDisk,
    afterStop: () => {
      if (smallDisk !== undefined) execFileSync('umount', [smallDisk]);
    },
  });
});
afterAll(() => hall.close());

describe('a disk that is full', () => {
  it('takes nothing and says so, keeps all answers, and takes the application once when there is room', async () => {
    if (smallDisk === undefined) {
      notRun('a citizen before a full disk', 'only root may mount a small file system');
      return;
    }
    const { page, stack } = hall;
    await walkToReview(hall.walk('returnee', 'unemployment-reg'));
    const filler = join(smallDisk, 'filler');
    const { bavail, bsize } = statfsSync(smallDisk);
    writeFileSync(filler, Buffer.alloc(bavail * bsize));
    expect(statfsSync(smallDisk).bavail).toBe(0);

    await hall.next();
    await hall.says('这台机器的存储满了，现在不能收新的申请。请到服务台办理。');
    await atStep(page, 'review');
    await hall.says('张三丰');
    await hall.shoot('disk-full');
    expect(indexedItems(hall.terminalDir)).toEqual([]);

    rmSync(filler);
    await hall.next();
    await page.locator('.screen[data-print="printed"]').waitFor({ timeout: 60_000 });
    const item = await waitForItem(stack.platform.ready, hall.newest());
    expect(item).toMatchObject({ copies: 1, conflicts: 0, problems: [] });
    expect(await platformItems(stack.platform.ready)).toHaveLength(1);
    await hall.clear();
  });
});

describe('a clock back in 1970', () => {
  it('is told on the first screen; guides can be read, nothing is taken, nothing waiting is lost', async () => {
    const { page, stack, platform } = hall;
    platform.set('html');
    await hall.toReceipt(hall.walk('ext-a', 'unemployment-reg'));
    const owed = hall.newest();
    await hall.clear();
    const had = await platformItems(stack.platform.ready);

    await stack.terminal.stop();
    await stack.restart('terminal', { BIANMIN_CLOCK_OFFSET_MS: String(-Date.now()) });
    await hall.says('这台机器的时间不对，现在只能看办事指南。要办理，请到服务台。');
    await hall.shoot('clock-attract');
    expect(await hall.health()).toMatchObject({ taking: 'clockWrong' });
    await page.locator('.invitation-touch').tap();
    await atStep(page, 'identify');
    await page.getByRole('button', { name: '没带身份证？先看看能办什么' }).tap();
    await atStep(page, 'find');
    await page.locator('.service-card', { hasText: '失业登记' }).tap();
    await atStep(page, 'guide');
    await hall.says('依据');
    await hall.shoot('clock-guide');
    await hall.clear();

    expect(indexedItems(hall.terminalDir).map(({ submissionId }) => submissionId)).toContain(owed);
    platform.set('honest');
    const item = await waitForItem(stack.platform.ready, owed);
    expect(item).toMatchObject({ copies: 1, conflicts: 0, problems: [] });
    expect(await platformItems(stack.platform.ready)).toHaveLength(had.length + 1);

    await stack.terminal.stop();
    await stack.restart('terminal');
    await expect.poll(async () => (await hall.health())['taking'], { timeout: 60_000 }).toBe('yes');
    expect(await platformItem(stack.platform.ready, owed)).toMatchObject({ copies: 1 });
  });

  it('is told to who lays a card down, and no age is reckoned by it', async () => {
    const { stack } = hall;
    await stack.terminal.stop();
    await stack.restart('terminal', { BIANMIN_CLOCK_OFFSET_MS: String(-Date.now()) });
    await hall.says('这台机器的时间不对，现在只能看办事指南。要办理，请到服务台。');
    await hall.simulators.insertCard('returnee');
    await atStep(hall.page, 'find');
    await hall.page.locator('.service-card', { hasText: '失业登记' }).tap();
    await atStep(hall.page, 'guide');
    await hall.says('这台机器的时间不对，现在只能看办事指南。要办理，请到服务台。');
    // nor does it reckon anybody's age by that clock, or promise to take what it will not take
    expect(await hall.page.getByText('您现在还不能办这件事').count()).toBe(0);
    expect(await hall.page.getByText('先存在机器里').count()).toBe(0);
    expect(await hall.page.locator('.footer-next').count()).toBe(0);
    await hall.shoot('clock-guide-with-card');
    await hall.clear();
  });
});
