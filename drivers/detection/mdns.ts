import { isIPv4, isIPv6 } from 'node:net';
import type { Candidate } from './contract.ts';
import { httpUrl } from './escl-prober.ts';
import type { DriverClock } from '../device.ts';
import { sleep, systemClock } from '../transport/system-clock.ts';

/** How scanners are looked for on the local network. */
export interface DiscoverOptions {
  /** How long answers are waited for, in ms; default 2500. */
  readonly ms?: number;
  readonly signal?: AbortSignal;
  readonly clock?: DriverClock;
}

/** What an announcement says that is of use; nothing of it is believed further than its shape. */
export interface ScannerAnnouncement {
  readonly addresses?: readonly string[] | undefined;
  readonly port: number;
  /** TXT `rs`: path of the eSCL root. */
  readonly root?: unknown;
}

/** The eSCL address of an announced scanner; `undefined` when it tells none. */
export function announcedUrl({ addresses, port, root }: ScannerAnnouncement): string | undefined {
  const v4 = addresses?.find((address) => isIPv4(address));
  const v6 = addresses?.find((address) => isIPv6(address) && !address.startsWith('fe80'));
  const host = v4 ?? (v6 === undefined ? undefined : `[${v6}]`);
  if (host === undefined || !Number.isInteger(port) || port < 1 || port > 65_535) return undefined;
  const path = typeof root === 'string' && /^[\w./-]{1,80}$/.test(root) ? root : 'eSCL';
  return httpUrl(`http://${host}:${String(port)}/${path.replace(/^\/+|\/+$/g, '')}`)?.href;
}

/**
 * Scanners that announce themselves by mDNS (`_uscan._tcp`), as candidates. Those that speak TLS only
 * (`_uscans`) sign their own certificates and are left out. Empty where there is no network or no library;
 * never rejects.
 */
export async function discoverScanners(
  options: DiscoverOptions = {},
): Promise<readonly Candidate[]> {
  const { ms = 2_500, signal, clock = systemClock } = options;
  const urls = new Set<string>();
  try {
    const { Bonjour } = await import('bonjour-service');
    // no route for multicast: then nobody is found
    const bonjour = new Bonjour({}, () => undefined);
    try {
      bonjour.find({ type: 'uscan' }, ({ addresses, port, txt }) => {
        const { rs } = (txt ?? {}) as { readonly rs?: unknown };
        const url = announcedUrl({ addresses, port, root: rs });
        if (url !== undefined) urls.add(url);
      });
      await sleep(clock, ms, signal);
    } finally {
      await new Promise<void>((resolve) => bonjour.destroy(() => resolve()));
    }
  } catch {
    return [];
  }
  return [...urls].map((url) => ({ type: 'url', url }));
}
