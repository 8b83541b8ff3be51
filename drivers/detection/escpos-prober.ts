import { ESCPOS, askRealTime } from '../receipt-printer/escpos-commands.ts';
import {
  PrinterWordReader,
  statusFrom,
  type PrinterWord,
  type RealTimeAnswers,
  type RealTimeQuestion,
} from '../receipt-printer/status.ts';
import type { Confidence, ProbeTimings } from './contract.ts';
import type { LineTalk } from './line-talk.ts';

/** What a receipt printer said. */
export interface EscPosFound {
  readonly confidence: Confidence;
  readonly model?: string;
  /** The four answers to DLE EOT, in hex. */
  readonly answers: string;
  /** Whether it also answered GS I. */
  readonly identified: boolean;
}

/** What it was instead: the bytes heard, counted. */
export interface NoEscPos {
  readonly heard: Uint8Array;
  readonly asked: Uint8Array;
}

const QUESTIONS: readonly RealTimeQuestion[] = [1, 2, 3, 4];

/** GS I n: 1 is the model's number, 66 and 67 are maker and model as text (PROTOCOLS.md 2.3). */
function askIdentity(n: 1 | 66 | 67): Uint8Array {
  return Uint8Array.of(0x1d, 0x49, n);
}

function words(heard: Uint8Array): readonly PrinterWord[] {
  return new PrinterWordReader().read(heard);
}

/** The one answer byte, if that is all that came; automatic status and flow control may stand around it. */
function onlyRealTime(heard: Uint8Array): number | undefined {
  const said = words(heard).filter(({ type }) => type !== 'automatic' && type !== 'flow');
  const [only, more] = said;
  return only?.type === 'realTime' && more === undefined ? only.byte : undefined;
}

async function askOnce(
  talk: LineTalk,
  question: RealTimeQuestion,
  { answerMs, settleMs }: ProbeTimings,
): Promise<{ readonly byte: number | undefined; readonly heard: Uint8Array }> {
  const answered = await talk.ask(askRealTime(question), answerMs, (heard) =>
    words(heard).some(({ type }) => type === 'realTime'),
  );
  // who says more than one byte is no printer that answers
  const more = answered.length === 0 ? answered : await talk.listen(settleMs);
  const heard = Uint8Array.from([...answered, ...more]);
  return { byte: onlyRealTime(heard), heard };
}

async function askAll(talk: LineTalk, timings: ProbeTimings): Promise<RealTimeAnswers | NoEscPos> {
  const answers: number[] = [];
  for (const question of QUESTIONS) {
    const { byte, heard } = await askOnce(talk, question, timings);
    if (byte === undefined) return { heard, asked: askRealTime(question) };
    answers.push(byte);
  }
  const [first = 0, second = 0, third = 0, fourth = 0] = answers;
  return { 1: first, 2: second, 3: third, 4: fourth };
}

function readable(bytes: readonly number[]): string {
  const text = String.fromCharCode(...bytes.filter((byte) => byte >= 0x20 && byte < 0x7f));
  return text.trim().slice(0, 40);
}

/**
 * Maker and model. Carried out in turn with the data, so a printer that is stopped would answer later, into
 * somebody's receipt: it is asked only when it works.
 */
async function identify(
  talk: LineTalk,
  { answerMs }: ProbeTimings,
): Promise<{ readonly identified: boolean; readonly model?: string }> {
  const anything = (heard: Uint8Array): boolean =>
    words(heard).some(({ type }) => type === 'single' || type === 'block');
  const number = await talk.ask(askIdentity(1), answerMs, anything);
  if (!anything(number)) {
    // a printer without GS I holds its letter as text: ESC @ empties the line buffer, nothing is printed
    await talk.ask(Uint8Array.from(ESCPOS.initialise), 0, () => true);
    return { identified: false };
  }
  const texts: string[] = [];
  for (const n of [66, 67] as const) {
    const heard = await talk.ask(askIdentity(n), answerMs, anything);
    const block = words(heard).find(({ type }) => type === 'block');
    if (block?.type === 'block') texts.push(readable(block.bytes));
  }
  const model = texts.filter((text) => text !== '').join(' ');
  return { identified: true, ...(model === '' ? {} : { model }) };
}

/**
 * Asks whether an ESC/POS printer listens: DLE EOT 1 to 4 twice, which prints nothing and leaves no trace;
 * only then GS I. Single bytes prove little, so all eight answers must have the pattern 0xx1xx10 and come
 * alone.
 */
export async function probeEscPos(
  talk: LineTalk,
  timings: ProbeTimings,
): Promise<EscPosFound | NoEscPos> {
  const first = await askAll(talk, timings);
  if ('heard' in first) return first;
  const again = await askAll(talk, timings);
  if ('heard' in again) return again;
  const same = QUESTIONS.every((question) => first[question] === again[question]);
  const answers = QUESTIONS.map((n) => again[n].toString(16).padStart(2, '0')).join(' ');
  if (!same) return { confidence: 'possible', answers, identified: false };
  if (statusFrom(again).state !== 'online') {
    return { confidence: 'likely', answers, identified: false };
  }
  const who = await identify(talk, timings);
  return { confidence: who.identified ? 'certain' : 'likely', answers, ...who };
}
