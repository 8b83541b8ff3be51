import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, it, vi } from 'vitest';
import { parseReceiptNumber } from '../../../domain/receipt/number.ts';
import { DEMO_PINS } from '../../../kiosk-config/index.ts';
import type { ServiceView } from '../../contract/service-view.ts';
import { systemClock } from '../adapters/system-clock.ts';
import type { DurableCore } from '../durable.ts';
import { makeBench, submissionOf } from '../outbox/durable-bench.test-helper.ts';
import type { StoredItem } from '../outbox/contract.ts';
import { receiptDate } from '../outbox/receipt-sequence.ts';
import { makeTerminalBench, until, type BenchPage } from '../session/terminal-bench.test-helper.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 90_000 });

const AHEAD_MS = 400 * 86_400_000;
const ROOT = join(import.meta.dirname, '../../..');
const exec = promisify(execFile);

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

async function submit(core: DurableCore): Promise<StoredItem> {
  const stored = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId()));
  if (!stored.ok) throw new Error(stored.error);
  return stored.value;
}

const dateOf = ({ receiptNumber }: StoredItem) => parseReceiptNumber(receiptNumber)?.date;

/** What the service page shows to whoever comes in, when it has been drawn. */
async function comeIn(page: BenchPage, role: 'staff' | 'technician') {
  const views: (ServiceView | null)[] = [];
  expect(await page.call.service.enter({ role, pin: DEMO_PINS[role] })).toEqual({ is: 'right' });
  const stream = await page.call.service.watch();
  (async () => {
    for await (const view of stream) views.push(view);
  })().catch(() => undefined);
  await until('drawn', () => views.length > 0);
  return views;
}

it('a terminal without a line whose clock ran ahead goes on once a technician says that it is right', async () => {
  let off = 0;
  const clock = { ...systemClock, wall: () => systemClock.wall() + off };
  const bench = await makeTerminalBench({ clock });
  opened.push(bench);
  await until('taking', () => bench.terminal.durable.outbox.taking() === 'yes');
  await until('catalogue', () => bench.terminal.durable.bundles.current().catalogue !== undefined);
  const before = await submit(bench.terminal.durable);
  const stateOf = (item: StoredItem) =>
    bench.terminal.durable.outbox.find(item.receiptNumber)?.state;
  // one that waited so long would be a full backlog
  await until('sent', () => stateOf(before) === 'received');
  bench.platform.behave = () => 'silence';
  await bench.restart();
  off = AHEAD_MS;
  const { durable } = bench.terminal;
  const ahead = await submit(durable);
  off = 0;
  expect(durable.outbox.taking()).toBe('clockWrong');

  const page = await bench.page();
  const staff = await comeIn(page, 'staff');
  expect(staff.at(-1)?.clock).toBeNull();
  const now = new Date(clock.wall()).toISOString();
  await expect(page.call.service.confirmClock({ now })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
  await page.call.service.leave();
  await until('left', () => staff.at(-1) === null);
  const views = await comeIn(page, 'technician');
  const shown = views.at(-1)?.clock?.now ?? '';
  expect(Math.abs(Date.parse(shown) - clock.wall())).toBeLessThan(90_000);
  // another time than the machine's is no word for it
  const other = new Date(clock.wall() + 3_600_000).toISOString();
  await expect(page.call.service.confirmClock({ now: other })).rejects.toMatchObject({
    code: 'WRONG_STEP',
  });
  expect(durable.outbox.taking()).toBe('clockWrong');
  await page.call.service.confirmClock({ now: shown });
  await until('believed', () => views.at(-1)?.clock === null);
  await until('told', () => views.at(-1)?.problems.includes('clockWrong') === false);
  expect(durable.outbox.taking()).toBe('yes');
  const said = durable.audit.latest(10).find(({ event }) => event === 'clockConfirmed');
  const wasAhead = durable.outbox.list().find((item) => item.receiptNumber === ahead.receiptNumber);
  expect(said?.detail).toMatch(/^page \d{4}-/);
  expect(said?.detail?.slice(0, 15)).toBe(`page ${wasAhead?.createdAt.slice(0, 10) ?? ''}`);

  const after = await submit(durable);
  // of a day that there is
  expect([receiptDate(Date.parse(shown)), receiptDate(clock.wall())]).toContain(dateOf(after));
  expect(new Set([before, ahead, after].map(({ receiptNumber }) => receiptNumber)).size).toBe(3);
  // and all arrive, once there is a line
  bench.platform.behave = () => undefined;
  await until('received', () => [ahead, after].every((item) => stateOf(item) === 'received'));
});

it('it can be said on the machine itself, with the time that it is, and never twice', async () => {
  const bench = await makeBench();
  opened.push(bench);
  let core = await bench.open();
  core.start();
  await until('taking', () => core.outbox.taking() === 'yes');
  bench.platform.behave = () => 'silence';
  core = await bench.open({}, (real) => ({
    ...real,
    clock: { ...real.clock, wall: () => real.clock.wall() + AHEAD_MS },
  }));
  await submit(core);
  await core.stop();
  const say = (ms: number) => {
    const atHall = new Date(ms + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
    return exec(process.execPath, [
      join(ROOT, 'scripts/outbox.ts'),
      ...['clock-right', atHall, '--data', bench.folder],
    ]);
  };
  await expect(say(Date.now() + 3_600_000)).rejects.toThrow('another time than you gave');
  expect((await say(Date.now())).stdout).toContain('Noted');
  await expect(say(Date.now())).rejects.toThrow('does not doubt its clock');
  core = await bench.open();
  expect(core.outbox.taking()).toBe('yes');
  const said = core.audit.latest(50).filter(({ event }) => event === 'clockConfirmed');
  expect(said).toHaveLength(1);
  expect(said[0]?.detail).toMatch(/^socket /);
  expect(core.problems().map(({ code }) => code)).not.toContain('auditChainBroken');
});
