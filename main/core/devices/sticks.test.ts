import { expect, test } from 'vitest';
import { findSticks, sticksIn } from './sticks.ts';

test('sticks are what is mounted where systems put them, by their real names', () => {
  const mounts = [
    '/dev/sda1 / ext4 rw,relatime 0 0',
    'tmpfs /run tmpfs rw 0 0',
    '/dev/sdb1 /media/usb vfat rw 0 0',
    String.raw`/dev/sdc1 /run/media/bianmin/U\040盘\134a exfat rw 0 0`,
    '/dev/sdb1 /media/usb vfat rw 0 0',
    '/dev/sdd1 /mediathek ext4 rw 0 0',
    '',
    'broken',
  ].join('\n');
  expect(sticksIn(mounts)).toEqual(['/media/usb', String.raw`/run/media/bianmin/U 盘\a`]);
});

test('a machine without any says so', async () => {
  expect(await findSticks()).toEqual(expect.any(Array));
});
