import { expect, test } from 'vitest';
import { addressRefusal } from './address.ts';

test.each([
  ['https://platform.example', true],
  ['https://10.0.0.1:8443/below', false],
  ['HTTPS://platform.example', true],
  ['http://127.0.0.1:9100', false],
  ['http://localhost:9100', false],
  ['http://[::1]:9100', false],
])('the admin token may go to %s (an authority named: %s)', (platform, pinned) => {
  expect(addressRefusal(platform, pinned)).toBeUndefined();
});

test.each([
  'http://platform.example',
  'HTTP://platform.example',
  'http://127.0.0.1:9100',
  'ftp://platform.example',
])('with an authority it does not go to %s', (platform) => {
  expect(addressRefusal(platform, true)).toMatch(/https:\/\/ 开头.*With --platform-ca/);
});

test.each([
  'http://platform.example',
  'http://10.0.0.1',
  'http://localhost.platform.example',
  'http://127.0.0.1.platform.example',
  'http://localhost@platform.example',
  'ftp://127.0.0.1',
])('without one it does not go to %s', (platform) => {
  expect(addressRefusal(platform, false)).toMatch(/只有本机.*http only on this machine/);
});
