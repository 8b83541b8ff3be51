import { ESCL_LIMITS, EsclClient } from '../document-scanner/escl-client.ts';
import type { DriverClock } from '../device.ts';
import type { ProbeTimings, Proposal, Skipped } from './contract.ts';

type Url = { readonly type: 'url'; readonly url: string };

/** An address as a person writes it, as a URL of http or https; `undefined` when it is none. */
export function httpUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : undefined;
}

/** Asks an address for its ScannerCapabilities (eSCL, one GET). Never rejects. */
export async function probeEscl(
  transport: Url,
  clock: DriverClock,
  { connectMs }: ProbeTimings,
  signal: AbortSignal,
): Promise<Proposal | Skipped> {
  const url = httpUrl(transport.url);
  if (url === undefined) return { candidate: transport, why: 'away', detail: 'no http address' };
  // a scanner that sleeps takes longer to answer than a TCP connection to open
  const client = new EsclClient(url, clock, { ...ESCL_LIMITS, requestMs: 2 * connectMs });
  try {
    const answer = await client.capabilities(signal);
    if (answer.ok) {
      const { model, inputs, version } = answer.value;
      const sources = Object.keys(inputs);
      const named = model.slice(0, 60);
      const none = sources.length === 0;
      return {
        class: 'documentScanner',
        protocol: 'escl',
        transport,
        ...(named === '' ? {} : { model: named }),
        confidence: none ? 'possible' : named === '' ? 'likely' : 'certain',
        evidence: {
          zh: `eSCL ${version} 能力描述，${none ? '没有进纸方式' : sources.join('、')}`,
          en: `eSCL ${version} ScannerCapabilities, ${none ? 'no input' : sources.join(', ')}`,
        },
      };
    }
    const failure = answer.error;
    switch (failure.kind) {
      case 'unreachable':
        return { candidate: transport, why: 'away', detail: failure.detail };
      case 'timeout':
        return { candidate: transport, why: 'silent' };
      case 'cancelled':
        return { candidate: transport, why: 'cancelled' };
      case 'http':
        return other(transport, `HTTP ${failure.status}`);
      case 'malformed':
        return other(transport, failure.detail);
    }
  } finally {
    await client.close();
  }
}

function other(transport: Url, detail: string): Proposal {
  return {
    class: 'unknown',
    protocol: 'unknown',
    transport,
    confidence: 'possible',
    evidence: {
      zh: `有网页服务，不是 eSCL（${detail}）`,
      en: `answers HTTP, not eSCL (${detail})`,
    },
  };
}
