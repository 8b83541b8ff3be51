import type { FaultCode } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { DriverClock } from '../device.ts';
import { systemClock } from '../transport/system-clock.ts';
import type { Transport } from '../transport/transport.ts';
import {
  PARTS_SPEED,
  PROBE_TIMINGS,
  RAW_PRINTER_PORT,
  SCANNER_SPEED,
  SERIAL_SPEEDS,
  type Candidate,
  type FoundTransport,
  type PluggedCandidate,
  type ProbeTimings,
  type Proposal,
  type Skipped,
} from './contract.ts';
import { candidateKey } from './candidate-key.ts';
import { probeEscl } from './escl-prober.ts';
import { isIppUrl, probeIpp } from './ipp-prober.ts';
import { isOfScannerMaker } from './known-usb.ts';
import { lookAtLine, type LineLook } from './line-prober.ts';
import { planLook, type Libraries, type PluggedAs } from './plugged-prober.ts';

/** What a probe is given. */
export interface ProbeOptions {
  readonly candidates: readonly Candidate[];
  /** Stops the probe; what was found until then is given back. */
  readonly signal?: AbortSignal;
  readonly clock?: DriverClock;
  readonly timings?: Partial<ProbeTimings>;
  /** Told of every candidate that gave no proposal, and why. */
  readonly onSkipped?: (skipped: Skipped) => void;
  /** The native libraries; injected in tests. */
  readonly libraries?: Libraries;
}

/** Where printers speak IPP. */
const IPP_PORT = 631;

/** Candidates looked at side by side: a wall of serial ports must not make one wait for the other. */
const SIDE_BY_SIDE = 8;

interface Looking {
  readonly clock: DriverClock;
  readonly timings: ProbeTimings;
  readonly signal: AbortSignal;
  readonly libraries: Libraries;
}

/**
 * Looks what listens at each candidate, by questions that do no harm: no print, no card is touched, every
 * port is closed again. Proposes and changes nothing. Proposals come in the order of the candidates. Never
 * rejects. A device answers one host at a time: what the terminal itself holds must not be among them.
 */
export async function probe(options: ProbeOptions): Promise<readonly Proposal[]> {
  const timings = { ...PROBE_TIMINGS, ...options.timings };
  const clock = options.clock ?? systemClock;
  const places = new Map(
    options.candidates.map((candidate) => [candidateKey(candidate), candidate]),
  );
  const waiting = [...places.values()].entries();
  const found: (readonly Proposal[])[] = [];
  const work = async (): Promise<void> => {
    for (const [index, candidate] of waiting) {
      const looked = await withLimit(candidate, { ...options, clock, timings });
      if ('candidate' in looked) options.onSkipped?.(looked);
      else found[index] = [looked];
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  // a scanner given both by its port and by its address is one
  return [...new Map(found.flat().map((one) => [candidateKey(one.transport), one])).values()];
}

async function withLimit(
  candidate: Candidate,
  {
    clock,
    timings,
    signal: outer,
    libraries = {},
  }: ProbeOptions & Omit<Looking, 'signal' | 'libraries'>,
): Promise<Proposal | Skipped> {
  if (outer?.aborted === true) return { candidate, why: 'cancelled' };
  const limit = new AbortController();
  const cancelLimit = clock.after(timings.candidateMs, () => limit.abort());
  const signals = outer === undefined ? [limit.signal] : [limit.signal, outer];
  try {
    return await look(candidate, { clock, timings, signal: AbortSignal.any(signals), libraries });
  } finally {
    cancelLimit();
  }
}

async function look(candidate: Candidate, looking: Looking): Promise<Proposal | Skipped> {
  switch (candidate.type) {
    case 'url': {
      const ask = isIppUrl(candidate.url) ? probeIpp : probeEscl;
      return ask(candidate, looking.clock, looking.timings, looking.signal);
    }
    case 'tcp':
      return lookAtTcp(candidate, looking);
    case 'serial':
      return lookAtSerial(candidate, looking);
    default:
      return lookAtPlugged(candidate, looking);
  }
}

async function lookAtTcp(
  candidate: Extract<Candidate, { type: 'tcp' }>,
  looking: Looking,
): Promise<Proposal | Skipped> {
  const { host, port } = candidate;
  const { tcpTransport } = await import('../transport/tcp.ts');
  const looked = await lookOnce(tcpTransport({ host, port }), candidate, looking);
  if ('code' in looked) return skipped(candidate, looked);
  if (looked.proposal !== undefined) return looked.proposal;
  if (looked.http) {
    const name = host.includes(':') ? `[${host}]` : host;
    if (port === IPP_PORT) {
      const printer = `ipp://${name}:${String(port)}/ipp/print`;
      const found = await look({ type: 'url', url: printer }, looking);
      if ('class' in found) return found;
    }
    const url = `http://${name}:${String(port)}/eSCL`;
    return look({ type: 'url', url }, looking);
  }
  return looked.stranger ?? nothing(candidate, looking);
}

async function lookAtSerial(
  candidate: Extract<Candidate, { type: 'serial' }>,
  looking: Looking,
): Promise<Proposal | Skipped> {
  const { path, speeds = SERIAL_SPEEDS, usb } = candidate;
  if (isOfScannerMaker(usb)) {
    return codeScanner(
      candidate,
      {
        zh: '编号是扫码器厂家的，没有问它',
        en: 'has the ids of a maker of code scanners; not asked',
      },
      'likely',
    );
  }
  const { serialTransport } = await import('../transport/serial.ts');
  let stranger: Proposal | undefined;
  let refused: Fault | undefined;
  let opened = false;
  for (const baud of speeds) {
    const port = serialTransport({ path, baudRate: baud, writeTimeoutMs: 1_000 });
    const at = { type: 'serial', path, baud, ...(usb && { usb }) } as const;
    const looked = await lookOnce(port, at, looking);
    if ('code' in looked) {
      refused ??= looked;
      // a speed that the adapter does not know says nothing of the others
      if (/baud/i.test(looked.detail ?? '')) continue;
      break;
    }
    opened = true;
    if (looked.proposal !== undefined) return looked.proposal;
    stranger ??= looked.stranger;
    if (looking.signal.aborted) break;
  }
  if (stranger !== undefined) return stranger;
  if (opened && !looking.signal.aborted) {
    return codeScanner(
      candidate,
      {
        zh: '串口，什么都不回答，可能是扫码器；要扫一个码来确认',
        en: 'answers nothing, as code scanners do: only a code proves it',
      },
      'possible',
    );
  }
  return opened || refused === undefined
    ? nothing(candidate, looking)
    : skipped(candidate, refused);
}

/** A scanner on a serial line answers nothing: only a code that is shown to it proves it. */
function codeScanner(
  { path, usb }: Extract<Candidate, { type: 'serial' }>,
  evidence: Proposal['evidence'],
  confidence: Proposal['confidence'],
): Proposal {
  return {
    class: 'codeScanner',
    protocol: 'serialCodes',
    transport: { type: 'serial', path, baud: SCANNER_SPEED, ...(usb && { usb }) },
    confidence,
    evidence,
  };
}

/** What the system lists is asked only where that does no harm, and told as what it seems to be otherwise. */
async function lookAtPlugged(
  candidate: PluggedCandidate,
  looking: Looking,
): Promise<Proposal | Skipped> {
  const { ask, listed } = planLook(candidate, looking.libraries);
  if (ask === undefined) return listed;
  const looked = await lookOnce(await ask.connect(), listed.transport, looking, ask.as);
  // what nobody takes for a board is told as it is listed, whether it can be opened or not
  if ('code' in looked) return ask.as === 'partsLine' ? listed : skipped(candidate, looked);
  const found = looked.proposal ?? looked.stranger;
  const model = found?.model ?? listed.model;
  if (found !== undefined) return { ...found, ...(model === undefined ? {} : { model }) };
  return looking.signal.aborted ? nothing(candidate, looking) : listed;
}

async function lookOnce(
  transport: Transport,
  at: FoundTransport,
  { clock, timings, signal }: Looking,
  as?: PluggedAs,
): Promise<LineLook | Fault> {
  const connected = await transport.connect({ deadlineMs: timings.connectMs, signal });
  if (!connected.ok) return connected.error;
  const line = connected.value;
  const gone = new AbortController();
  line.onClose(() => gone.abort());
  try {
    return await lookAtLine({
      line,
      transport: at,
      clock,
      timings,
      signal: AbortSignal.any([gone.signal, signal]),
      askSdt: as !== 'escpos' && as !== 'partsLine' && !isRawPrinter(at),
      askEscPos: as === undefined || as === 'escpos',
      awaitParts:
        as === 'partsLine' ||
        (as === undefined && (at.type === 'serial' ? at.baud === PARTS_SPEED : !isRawPrinter(at))),
    });
  } finally {
    await line.close();
  }
}

function isRawPrinter(at: FoundTransport): boolean {
  return at.type === 'tcp' && at.port === RAW_PRINTER_PORT;
}

const WHY: Partial<Record<FaultCode, Skipped['why']>> = {
  'device.busy': 'busy',
  'device.missingLibrary': 'missingLibrary',
  'device.misconfigured': 'denied',
  'device.cancelled': 'cancelled',
};

function skipped(candidate: Candidate, { code, detail }: Fault): Skipped {
  return {
    candidate,
    why: WHY[code] ?? 'away',
    ...(detail === undefined ? {} : { detail }),
  };
}

function nothing(candidate: Candidate, { signal }: Looking): Skipped {
  return { candidate, why: signal.aborted ? 'cancelled' : 'silent' };
}
