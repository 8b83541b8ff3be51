import { isIPv4, isIPv6 } from 'node:net';
import type { Candidate } from './contract.ts';
import type { DriverClock } from '../device.ts';
import { sleep, systemClock } from '../transport/system-clock.ts';

/** How devices are looked for on the local network. */
export interface DiscoverOptions {
  /** How long answers are waited for, in ms; default 2500. */
  readonly ms?: number;
  readonly signal?: AbortSignal;
  readonly clock?: DriverClock;
}

/** What an announcement says that is of use; nothing of it is believed further than its shape. */
export interface Announcement {
  readonly addresses?: readonly string[] | undefined;
  readonly port: number;
  /** TXT `rs` of a scanner, `rp` of a printer: the path. */
  readonly root?: unknown;
}

/** How a kind of device announces itself, and what its address looks like. */
interface Kind {
  readonly type: string;
  /** The key of its TXT record that holds the path. */
  readonly key: string;
  readonly scheme: 'http' | 'ipp';
  readonly usualRoot: string;
}

const SCANNERS: Kind = { type: 'uscan', key: 'rs', scheme: 'http', usualRoot: 'eSCL' };
const PRINTERS: Kind = { type: 'ipp', key: 'rp', scheme: 'ipp', usualRoot: 'ipp/print' };

function announcedAddress(
  { addresses, port, root }: Announcement,
  { scheme, usualRoot }: Kind,
): string | undefined {
  const v4 = addresses?.find((address) => isIPv4(address));
  const v6 = addresses?.find((address) => isIPv6(address) && !/^fe[89ab]/i.test(address));
  const host = v4 ?? (v6 === undefined ? undefined : `[${v6}]`);
  if (host === undefined || !Number.isInteger(port) || port < 1 || port > 65_535) return undefined;
  const path = typeof root === 'string' && /^[\w./-]{1,80}$/.test(root) ? root : usualRoot;
  return URL.parse(`${scheme}://${host}:${String(port)}/${path.replace(/^\/+|\/+$/g, '')}`)?.href;
}

/** The eSCL address of an announced scanner; `undefined` when it tells none. */
export function announcedUrl(announcement: Announcement): string | undefined {
  return announcedAddress(announcement, SCANNERS);
}

/** The IPP address of an announced printer; `undefined` when it tells none. */
export function announcedPrinter(announcement: Announcement): string | undefined {
  return announcedAddress(announcement, PRINTERS);
}

/**
 * Scanners and printers that announce themselves by mDNS (`_uscan._tcp`, `_ipp._tcp`), as candidates. Those
 * that speak TLS only (`_uscans`, `_ipps`) sign their own certificates and are left out. Empty where there is
 * no network or no library; never rejects.
 */
export async function discoverAnnounced(
  options: DiscoverOptions = {},
): Promise<readonly Candidate[]> {
  const { ms = 2_500, signal, clock = systemClock } = options;
  const urls = new Set<string>();
  try {
    const { Bonjour } = await import('bonjour-service');
    // no route for multicast: then nobody is found
    const bonjour = new Bonjour({}, () => undefined);
    try {
      for (const kind of [SCANNERS, PRINTERS]) {
        bonjour.find({ type: kind.type }, ({ addresses, port, txt }) => {
          const said = (txt ?? {}) as Readonly<Record<string, unknown>>;
          const url = announcedAddress({ addresses, port, root: said[kind.key] }, kind);
          if (url !== undefined) urls.add(url);
        });
      }
      await sleep(clock, ms, signal);
    } finally {
      await new Promise<void>((resolve) => bonjour.destroy(() => resolve()));
    }
  } catch {
    return [];
  }
  return [...urls].map((url) => ({ type: 'url', url }));
}
