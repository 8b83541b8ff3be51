import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';

/** `203.0.113.7:52814`, `[2001:db8::7]:52814`, `[2001:db8::7]` */
const WITH_PORT = /^(?:\[([^\]]+)\](?::\d{1,5})?|([^:]+):\d{1,5})$/;

/**
 * The address that a request comes from, as the last trusted proxy tells it. Some proxies write the port behind it,
 * which is another one with each connection. What is no address is the proxy's own word for somebody it does
 * not know: that counts as the proxy.
 */
export function addressOf({ ip, socket }: Pick<FastifyRequest, 'ip' | 'socket'>): string {
  const [, inBrackets, before] = WITH_PORT.exec(ip) ?? [];
  const address = inBrackets ?? before ?? ip;
  return isIP(address) === 0 ? (socket.remoteAddress ?? '') : address;
}
