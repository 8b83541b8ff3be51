import type { FaultCode } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { DriverClock } from '../device.ts';
import { systemClock } from '../transport/system-clock.ts';
import type { Transport } from '../transport/transport.ts';
import {
  PROBE_TIMINGS,
  RAW_PRINTER_PORT,
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
import { lookAtLine, type LineLook } from './line-prober.ts';
import { planLook, type Libraries } from './plugged-prober.ts';

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
    case 'url':
      return probeEscl(candidate, looking.clock, looking.timings, looking.signal);
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
  return opened || refused === undefined
    ? nothing(candidate, looking)
    : skipped(candidate, refused);
}

/** What the system lists is asked only where that does no harm, and told as what it seems to be otherwise. */
async function lookAtPlugged(
  candidate: PluggedCandidate,
  looking: Looking,
): Promise<Proposal | Skipped> {
  const { ask, listed } = planLook(candidate, looking.libraries);
  if (ask === undefined) return listed;
  const looked = await lookOnce(await ask.connect(), listed.transport, looking, ask.as);
  if ('code' in looked) return skipped(candidate, looked);
  const found = looked.proposal ?? looked.stranger;
  const model = found?.model ?? listed.model;
  if (found !== undefined) return { ...found, ...(model === undefined ? {} : { model }) };
  return looking.signal.aborted ? nothing(candidate, looking) : listed;
}

async function lookOnce(
  transport: Transport,
  at: FoundTransport,
  { clock, timings, signal }: Looking,
  as?: 'sdt' | 'escpos',
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
      askSdt: as !== 'escpos' && (at.type !== 'tcp' || at.port !== RAW_PRINTER_PORT),
      askEscPos: as !== 'sdt',
    });
  } finally {
    await line.close();
  }
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
