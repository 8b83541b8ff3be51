import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { memoryLeaks } from './memory-leaks.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'bianmin-memory-'));
});
afterEach(() => rm(root, { recursive: true }));

const put = async (file: string, text: string): Promise<void> => {
  await mkdir(dirname(join(root, file)), { recursive: true });
  await writeFile(join(root, file), text);
};
const limits = (soft: string): string =>
  `Limit                     Soft Limit           Hard Limit           Units     \n` +
  `Max stack size            8388608              unlimited            bytes     \n` +
  `Max core file size        ${soft.padEnd(20)} unlimited            bytes     \n`;
const SWAPS = 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n';

test('a machine without dumps and swap leaks nothing; nor does one without such files', async () => {
  expect(await memoryLeaks(root)).toEqual([]);
  await put('proc/self/limits', limits('0'));
  await put('proc/sys/kernel/core_pattern', 'core\n');
  await put('proc/swaps', SWAPS);
  expect(await memoryLeaks(root)).toEqual([]);
});

test('core dumps are told, however large they may be', async () => {
  for (const soft of ['unlimited', '4096']) {
    await put('proc/self/limits', limits(soft));
    expect(await memoryLeaks(root)).toEqual([{ way: 'coreDumps', limit: soft }]);
  }
});

test('a program that takes dumps whatever the limit is told; systemd’s heeds it', async () => {
  await put('proc/self/limits', limits('0'));
  const pattern = 'proc/sys/kernel/core_pattern';
  await put(pattern, '|/usr/share/apport/apport -p%p -s%s\n');
  expect(await memoryLeaks(root)).toEqual([
    { way: 'dumpProgram', program: '/usr/share/apport/apport' },
  ]);
  await put(pattern, '|/usr/lib/systemd/systemd-coredump %P %u %g %s %t %c %h\n');
  expect(await memoryLeaks(root)).toEqual([]);
});

test('swap on a disk is told, in memory or encrypted it is not', async () => {
  const device = (name: string): string =>
    `${name}                               partition\t999420\t\t0\t\t-2\n`;
  await put(
    'proc/swaps',
    `${SWAPS}${device('/dev/zram0')}${device('/dev/dm-1')}${device('/dev/dm-2')}${device('/swapfile')}`,
  );
  await put('sys/block/dm-1/dm/uuid', 'CRYPT-PLAIN-swap\n');
  await put('sys/block/dm-2/dm/uuid', 'LVM-abcdef\n');
  expect(await memoryLeaks(root)).toEqual([
    { way: 'swap', device: '/dev/dm-2' },
    { way: 'swap', device: '/swapfile' },
  ]);
});

test('swap is not told where this process, or what it runs in, is kept out of it', async () => {
  await put(
    'proc/swaps',
    `${SWAPS}/dev/sda2                               partition\t1\t\t0\t\t-2\n`,
  );
  await put('proc/self/cgroup', '1:name=other:/\n0::/system.slice/bianmin.service/inner\n');
  const leaks = [{ way: 'swap', device: '/dev/sda2' }];
  expect(await memoryLeaks(root)).toEqual(leaks);
  await put('sys/fs/cgroup/system.slice/memory.swap.max', 'max\n');
  expect(await memoryLeaks(root)).toEqual(leaks);
  await put('sys/fs/cgroup/system.slice/bianmin.service/memory.swap.max', '0\n');
  expect(await memoryLeaks(root)).toEqual([]);
});
