import type { LocalizedText } from '../../domain/text.ts';
import { ESCPOS } from '../receipt-printer/escpos-commands.ts';
import type { DriverClock } from '../device.ts';
import type { ByteLine } from '../transport/transport.ts';
import type { FoundTransport, ProbeTimings, Proposal } from './contract.ts';
import { probeEscPos, type EscPosFound } from './escpos-prober.ts';
import { LineTalk } from './line-talk.ts';
import { PartsProber, type PartsFound } from './parts-prober.ts';
import { probeSdt, type SdtFound } from './sdt-prober.ts';

/** What one open line gave. */
export interface LineLook {
  readonly proposal?: Proposal;
  /** Something came, but of no protocol known here. */
  readonly stranger?: Proposal;
  /** It answered as web servers do. */
  readonly http: boolean;
}

/** How a line is looked at. */
export interface LineLookOptions {
  readonly line: ByteLine;
  readonly transport: FoundTransport;
  readonly clock: DriverClock;
  readonly timings: ProbeTimings;
  readonly signal: AbortSignal;
  /** Not where only printers listen: what is no question there is printed. */
  readonly askSdt: boolean;
  /** Not where the question would be no question: a reader with two ways in takes whole frames only. */
  readonly askEscPos: boolean;
  /** A board of terminal parts may be there, which is waited for. */
  readonly awaitParts: boolean;
}

function printer(found: EscPosFound, transport: FoundTransport): Proposal {
  const { confidence, model, answers, identified, profile } = found;
  const more = identified ? ', GS I' : '';
  return {
    class: 'receiptPrinter',
    protocol: 'escpos',
    transport,
    ...(model === undefined ? {} : { model }),
    ...(profile === undefined ? {} : { profile }),
    confidence,
    evidence: {
      zh: `DLE EOT 1-4 有回答（${answers}）${identified ? '，GS I 也有' : ''}`,
      en: `answered DLE EOT 1-4 (${answers})${more}`,
    },
  };
}

function reader(found: SdtFound, transport: FoundTransport): Proposal {
  const { confidence, model, refusal } = found;
  const ill: LocalizedText =
    refusal === undefined
      ? { zh: '', en: '' }
      : { zh: `，安全模块报错 ${refusal}`, en: `, the SAM refuses with ${refusal}` };
  const asked =
    model === undefined
      ? { zh: 'SDT 应答帧校验正确', en: 'answered in SDT frames' }
      : { zh: 'SAM 编号应答正确', en: 'answered SAM id rightly' };
  return {
    class: 'idCard',
    protocol: 'sdt',
    transport,
    ...(model === undefined ? {} : { model }),
    confidence,
    evidence: { zh: `${asked.zh}${ill.zh}`, en: `${asked.en}${ill.en}` },
  };
}

function board({ model }: PartsFound, transport: FoundTransport): Proposal {
  return {
    class: 'terminalParts',
    protocol: 'partsLine',
    transport,
    ...(model === undefined ? {} : { model }),
    confidence: model === undefined ? 'likely' : 'certain',
    evidence:
      model === undefined
        ? { zh: '自报 BOOT（校验正确），没有回答 WHO', en: 'said BOOT rightly, did not answer WHO' }
        : { zh: '自报 BOOT，并正确回答 WHO', en: 'said BOOT and answered WHO rightly' },
  };
}

/** What it sent is only counted: a scanner of cards or codes that talks by itself may send a person's data. */
function stranger(transport: FoundTransport, evidence: LocalizedText): Proposal {
  return { class: 'unknown', protocol: 'unknown', transport, confidence: 'possible', evidence };
}

function startsWith(heard: Uint8Array, text: string): boolean {
  return Buffer.from(heard.subarray(0, text.length)).toString('latin1') === text;
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.from(one).equals(other);
}

/**
 * Looks what answers on an open line. ESC/POS goes first: DLE EOT is nothing to an SDT reader, but an SDT
 * frame is text to a printer. Closes nothing: the line is its owner's.
 */
export async function lookAtLine(options: LineLookOptions): Promise<LineLook> {
  const { line, transport, clock, timings, signal, askSdt, askEscPos } = options;
  const talk = new LineTalk(line, clock, signal);
  const parts = new PartsProber(line, clock, signal, timings);
  const until = clock.now() + (options.awaitParts ? timings.bootMs : 0);
  const early = await talk.listen(timings.listenMs);
  // what a port held back comes at once and ends; who goes on talks by itself
  const talkative = early.length > 0 && (await talk.listen(timings.listenMs)).length > 0;
  if (parts.heard) {
    const found = await parts.find(0);
    if (found !== undefined) return { proposal: board(found, transport), http: false };
  }
  let echoes = false;
  let http = startsWith(early, 'HTTP/');
  if (!talkative && askEscPos) {
    const found = await probeEscPos(talk, timings);
    if (!('heard' in found)) return { proposal: printer(found, transport), http: false };
    echoes = sameBytes(found.heard, found.asked);
    http ||= startsWith(found.heard, 'HTTP/');
  }
  if (askSdt && !http && !talk.isOver()) {
    const found = await probeSdt(line, clock, signal, timings);
    if (found !== undefined) return { proposal: reader(found, transport), http: false };
    if (askEscPos) {
      // a printer that never answers holds the frame as text: ESC @ empties its line buffer, nothing is printed
      const initialise = Uint8Array.from(ESCPOS.initialise);
      const after = await talk.ask(initialise, timings.settleMs, () => false);
      http ||= startsWith(after, 'HTTP/');
    }
  }
  if (!http && !echoes && !talkative && !talk.isOver()) {
    const found = await parts.find(Math.max(0, until - clock.now()));
    if (found !== undefined) return { proposal: board(found, transport), http: false };
  }
  if (talk.total === 0) return { http };
  const count = String(talk.total);
  if (talkative) {
    return {
      http,
      stranger: stranger(transport, {
        zh: `没有问就发来数据（${count} 字节）`,
        en: `talks without being asked (${count} bytes)`,
      }),
    };
  }
  if (echoes) {
    return {
      http,
      stranger: stranger(transport, {
        zh: '把发出的字节原样送回',
        en: 'gives back what it is sent',
      }),
    };
  }
  return {
    http,
    stranger: stranger(transport, {
      zh: `有回答，但不是认识的协议（${count} 字节）`,
      en: `answers in no known protocol (${count} bytes)`,
    }),
  };
}
