import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { platformItems, waitForItem } from '../../scripts/citizen/platform-view.ts';
import { indexedItems } from '../../scripts/citizen/terminal-index.ts';
import { atStep, walkToReview } from '../../scripts/citizen/walk.ts';
import { openHall, type Hall } from '../support/hall.ts';

let hall: Hall;

beforeAll(async () => {
  // the first catalogue this terminal ever gets is forged
  hall = await openHall({ beforeTerminal: (platform) => platform.forgeCatalogue(true) });
});

afterAll(() => hall.close());

async function until(what: string, is: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await is())) {
    if (performance.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await sleep(50);
  }
}

const problems = async (): Promise<unknown> => (await hall.health())['problems'];

describe('a catalogue with a wrong signature is never used', () => {
  it('a terminal that never had one says that there is none, and begins no session', async () => {
    await until('the forged catalogue was looked at', async () =>
      JSON.stringify(await problems()).includes('bundleRefused'),
    );
    expect(await hall.health()).toMatchObject({ catalogue: null, taking: 'noCatalogue' });
    await hall.says('办事目录还没有下载好，现在不能办理。请到服务台。');
    await hall.simulators.insertCard('returnee');
    await atStep(hall.page, 'attract');
    // nobody is invited to what cannot be
    expect(await hall.page.locator('.invitation-touch').count()).toBe(0);
    await hall.shoot('catalogue-none');
    await hall.cardAway();
  });

  it('a terminal that has a good one keeps it, shows the problem to the technician, and serves on', async () => {
    hall.platform.forgeCatalogue(false);
    await restartTerminal();
    await until('a good catalogue', async () => (await hall.health())['catalogue'] !== null);
    const good = (await hall.health())['catalogue'];
    hall.platform.forgeCatalogue(true);
    const before = hall.platform.forged;
    await restartTerminal();
    await until('forged again', () => hall.platform.forged > before);
    await until('refused', async () => JSON.stringify(await problems()).includes('bundleRefused'));
    expect(await hall.health()).toMatchObject({ catalogue: good, taking: 'yes' });
    await hall.toReceipt(hall.walk('returnee', 'unemployment-reg'));
    await waitForItem(hall.stack.platform.ready, hall.newest());
    await hall.clear();
    hall.platform.forgeCatalogue(false);
  });

  async function restartTerminal(): Promise<void> {
    await hall.stack.terminal.stop();
    await hall.stack.restart('terminal');
    await atStep(hall.page, 'attract');
  }
});

describe('a platform that is not itself gets nothing and breaks no promise', () => {
  it.each([
    ['html', 'answers every request with a login page and 200'],
    ['error', 'answers every request with 500'],
    ['silent', 'takes every request and never answers'],
  ] as const)(
    'that %s (%s): the receipt says that it waits, and what was promised arrives once',
    async (manner, _what) => {
      const { page, platform, stack } = hall;
      const walk = hall.walk('returnee', 'unemployment-reg');
      await walkToReview(walk);
      const before = await platformItems(stack.platform.ready);
      platform.set(manner);
      await hall.next();
      await page.locator('.screen[data-print="printed"]').waitFor({ timeout: 60_000 });
      await until('it tried', () => platform.swallowed > (manner === 'silent' ? 0 : 2));
      await hall.says('已提交，等待上传');
      expect(await page.getByText('平台已收到').count()).toBe(0);
      await hall.shoot(`platform-${manner}`);
      const paper = await hall.simulators.artifact('receipt-printer-1', 'last.txt');
      expect(new TextDecoder().decode(paper.bytes)).toContain('已提交、待上传');
      expect(await platformItems(stack.platform.ready)).toEqual(before);
      expect(indexedItems(hall.terminalDir).at(-1)?.state).not.toBe('received');

      platform.set('honest');
      const item = await waitForItem(stack.platform.ready, hall.newest());
      expect(item).toMatchObject({ copies: 1, conflicts: 0, state: 'received', problems: [] });
      expect(await platformItems(stack.platform.ready)).toHaveLength(before.length + 1);
      await hall.says('平台已收到');
      await hall.clear();
    },
  );
});
