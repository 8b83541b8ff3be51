import type { DriverClock } from '../device.ts';
import { IPP_LIMITS, IppClient } from '../document-printer/ipp-client.ts';
import { strings } from '../document-printer/ipp-reader.ts';
import { factsOf } from '../document-printer/ipp-status.ts';
import type { ProbeTimings, Proposal, Skipped } from './contract.ts';

type Url = { readonly type: 'url'; readonly url: string };

/** Whether an address is one of a printer, `ipp://10.0.0.8/ipp/print`. */
export function isIppUrl(text: string): boolean {
  const protocol = URL.parse(text)?.protocol;
  return protocol === 'ipp:' || protocol === 'ipps:';
}

/** Asks a printer what it is and what it takes (Get-Printer-Attributes); nothing is printed. Never rejects. */
export async function probeIpp(
  transport: Url,
  clock: DriverClock,
  { connectMs }: ProbeTimings,
  signal: AbortSignal,
): Promise<Proposal | Skipped> {
  // a printer that sleeps takes longer to answer than a TCP connection to open
  const client = new IppClient(transport.url, clock, { ...IPP_LIMITS, requestMs: 2 * connectMs });
  const answer = await client.printerAttributes(signal);
  if (!answer.ok) return failed(transport, answer.error);
  const [named = ''] = strings(answer.value, 'printer-make-and-model');
  const model = named.slice(0, 60);
  const { formats, media } = factsOf(answer.value);
  const takesPdf = formats.includes('application/pdf');
  const hasA4 = media.length === 0 || media.some((size) => size.startsWith('iso_a4'));
  return {
    class: 'documentPrinter',
    protocol: 'ipp',
    transport,
    ...(model === '' ? {} : { model }),
    confidence: takesPdf && hasA4 ? 'certain' : 'possible',
    evidence: {
      zh: `IPP 打印机，${takesPdf ? '接受 PDF' : '不接受 PDF，用不了'}${hasA4 ? '' : '，没有 A4 纸'}`,
      en: `an IPP printer, ${takesPdf ? 'takes PDF' : 'takes no PDF and cannot be used'}${hasA4 ? '' : ', has no A4 paper'}`,
    },
  };
}

function failed(
  candidate: Url,
  failure: Extract<Awaited<ReturnType<IppClient['printerAttributes']>>, { ok: false }>['error'],
): Skipped {
  switch (failure.kind) {
    case 'unreachable':
      return { candidate, why: 'away', detail: failure.detail };
    case 'timeout':
      return { candidate, why: 'silent' };
    case 'cancelled':
      return { candidate, why: 'cancelled' };
    case 'missingLibrary':
      return { candidate, why: 'missingLibrary' };
    case 'untrusted':
      return { candidate, why: 'denied', detail: 'its certificate is not a public one' };
    case 'ipp':
      return { candidate, why: 'denied', detail: `IPP status ${String(failure.status)}` };
    case 'http':
      return { candidate, why: 'denied', detail: `HTTP ${String(failure.status)}` };
    case 'malformed':
      return { candidate, why: 'away', detail: failure.detail };
  }
}
