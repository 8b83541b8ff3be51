import { isIP, isIPv6 } from 'node:net';
import type { FastifyRequest } from 'fastify';

/** `203.0.113.7:52814`, `[2001:db8::7]:52814`, `[2001:db8::7]` */
const WITH_PORT = /^(?:\[([^\]]+)\](?::\d{1,5})?|([^:]+):\d{1,5})$/;

/** The eight groups of an IPv6 address, as numbers. */
function groupsOf(address: string): readonly number[] {
  // the address as the WHATWG URL standard writes it: what ends in an IPv4 address is written in groups too
  const { hostname } = new URL(`http://[${address.replace(/%.*$/, '')}]`);
  const [before = '', after] = hostname.slice(1, -1).split('::');
  const groups = (text = ''): readonly string[] => (text === '' ? [] : text.split(':'));
  const [head, tail] = [groups(before), groups(after)];
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16));
}

/**
 * Whom an address counts as: an IPv4 address as itself, also where it is written as `::ffff:203.0.113.7`, as it
 * comes to who listens for both; an IPv6 address as its network of 64 bits, for whoever has one address of it
 * may take any other (RFC 4291, 2.5.1; RFC 8981).
 */
function countedAs(address: string): string {
  if (!isIPv6(address)) return address;
  const groups = groupsOf(address);
  const [, , , , , , high = 0, low = 0] = groups;
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
  }
  const network = groups.slice(0, 4).map((group) => group.toString(16));
  return `${network.join(':')}::/64`;
}

/**
 * Where a request comes from, as requests and guesses are counted: the address that the last trusted proxy tells,
 * of IPv6 the network it is in. Some proxies write the port behind it, which is another one with each connection.
 * What is no address is the proxy's own word for somebody it does not know: that counts as the proxy.
 */
export function addressOf({ ip, socket }: Pick<FastifyRequest, 'ip' | 'socket'>): string {
  const [, inBrackets, before] = WITH_PORT.exec(ip) ?? [];
  const address = inBrackets ?? before ?? ip;
  return countedAs(isIP(address) === 0 ? (socket.remoteAddress ?? '') : address);
}
