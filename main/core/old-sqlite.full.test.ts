import { expect, test, vi } from 'vitest';
import { QUICK } from './outbox/durable-bench.test-helper.ts';
import { makeTerminalBench, until } from './session/terminal-bench.test-helper.ts';

vi.setConfig({ testTimeout: 120_000 });

test('a terminal on an SQLite with the WAL-reset bug takes items, and says so at its start and to a technician', async () => {
  const bench = await makeTerminalBench();
  const problems = (): readonly string[] =>
    bench.terminal.durable.problems().map(({ code }) => code);
  const logged = (): number => bench.log.filter((line) => line.includes('WAL-reset bug')).length;
  try {
    await until('taking', () => bench.terminal.durable.outbox.taking() === 'yes');
    // that of this Node has none
    expect([problems().includes('sqliteOld'), logged()]).toEqual([false, 0]);
    await bench.restart({ durable: { ...QUICK, sqliteVersion: '3.51.2' } });
    expect([problems().includes('sqliteOld'), logged()]).toEqual([true, 1]);
    await until('taking', () => bench.terminal.durable.outbox.taking() === 'yes');
  } finally {
    await bench.close();
  }
});
