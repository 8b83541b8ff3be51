import type { FastifyRequest } from 'fastify';
import { expect, it } from 'vitest';
import { addressOf } from './address.ts';

const of = (ip: string, remoteAddress = '10.0.0.1'): string =>
  addressOf({ ip, socket: { remoteAddress } as FastifyRequest['socket'] });

it.each([
  ['203.0.113.7', '203.0.113.7'],
  ['203.0.113.7:52814', '203.0.113.7'],
  // as they come to who listens for both
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['::ffff:cb00:7107', '203.0.113.7'],
  ['[0:0:0:0:0:FFFF:203.0.113.7]:443', '203.0.113.7'],
  // RFC 8981: a machine takes another one of its network each day, or with each connection
  ['2001:db8:1:2::7', '2001:db8:1:2::/64'],
  ['[2001:DB8:1:2:ffff:ffff:ffff:ffff]:52814', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002:0003:0004:0005:0006', '2001:db8:1:2::/64'],
  ['2001:db8:1:3::7', '2001:db8:1:3::/64'],
  ['2001:db8::1:2:3:4:5', '2001:db8:0:1::/64'],
  ['2001:db8:0:0:1:2:3.4.5.6', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['1:2:3:4:5:6:7::', '1:2:3:4::/64'],
  ['unknown', '10.0.0.1'],
])('%s counts as %s', (ip, who) => {
  expect(of(ip)).toBe(who);
});

it('what is no address counts as the proxy, whose network it is', () => {
  expect(of('unknown', '2001:db8:1:2::7')).toBe('2001:db8:1:2::/64');
});
