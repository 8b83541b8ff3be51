import { ESCPOS } from '../receipt-printer/escpos-commands.ts';
import { PROFILES, REPORT_PAPER } from '../receipt-printer/profile.ts';
import {
  hex,
  PrinterWordReader,
  readingOf,
  statusFrom,
  type PrinterWord,
} from '../receipt-printer/status.ts';
import { REAL_TIME_QUESTIONS, type StatusQuestion } from '../receipt-printer/status-question.ts';
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
  /** The profile of the model that it names. */
  readonly profile?: string;
}

/** What it was instead: the bytes heard, counted. */
export interface NoEscPos {
  readonly heard: Uint8Array;
  readonly asked: Uint8Array;
}

/** Every printer answers these; automatic status may stand in between. */
const SPEECH = { questions: REAL_TIME_QUESTIONS, done: REPORT_PAPER, automaticStatus: true };

/** GS I n: 1 is the model's number, 66 and 67 are maker and model as text (Epson's reference). */
function askIdentity(n: 1 | 66 | 67): Uint8Array {
  return Uint8Array.of(0x1d, 0x49, n);
}

function words(heard: Uint8Array): readonly PrinterWord[] {
  return new PrinterWordReader(SPEECH).read(heard);
}

/** The one answer byte, if that is all that came; automatic status and flow control may stand around it. */
function onlyRealTime(heard: Uint8Array): number | undefined {
  const said = words(heard).filter(({ type }) => type !== 'automatic' && type !== 'flow');
  const [only, more] = said;
  return only?.type === 'answer' && more === undefined ? only.bytes[0] : undefined;
}

async function askOnce(
  talk: LineTalk,
  { ask }: StatusQuestion,
  { answerMs, settleMs }: ProbeTimings,
): Promise<{ readonly byte: number | undefined; readonly heard: Uint8Array }> {
  const answered = await talk.ask(Uint8Array.from(ask), answerMs, (heard) =>
    words(heard).some(({ type }) => type === 'answer'),
  );
  // who says more than one byte is no printer that answers
  const more = answered.length === 0 ? answered : await talk.listen(settleMs);
  const heard = Uint8Array.from([...answered, ...more]);
  return { byte: onlyRealTime(heard), heard };
}

async function askAll(
  talk: LineTalk,
  timings: ProbeTimings,
): Promise<readonly number[] | NoEscPos> {
  const answers: number[] = [];
  for (const question of REAL_TIME_QUESTIONS) {
    const { byte, heard } = await askOnce(talk, question, timings);
    if (byte === undefined) return { heard, asked: Uint8Array.from(question.ask) };
    answers.push(byte);
  }
  return answers;
}

/** The model's number, as it stands alone or among other words. */
function profileOf(heard: Uint8Array): string | undefined {
  const numbers = words(heard).flatMap((word) => (word.type === 'noise' ? [word.byte] : []));
  return Object.values(PROFILES).find(
    (profile) => 'modelIds' in profile && profile.modelIds.some((id) => numbers.includes(id)),
  )?.id;
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
): Promise<Pick<EscPosFound, 'identified' | 'model' | 'profile'>> {
  const anything = (heard: Uint8Array): boolean =>
    words(heard).some(({ type }) => type === 'done' || type === 'block') ||
    profileOf(heard) !== undefined;
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
    if (block?.type === 'block') texts.push(readable(block.bytes.slice(1)));
  }
  const model = texts.filter((text) => text !== '').join(' ');
  const profile = profileOf(number);
  return {
    identified: true,
    ...(model === '' ? {} : { model }),
    ...(profile === undefined ? {} : { profile }),
  };
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
  const same = first.every((byte, i) => byte === again[i]);
  const answers = hex(again);
  if (!same) return { confidence: 'possible', answers, identified: false };
  const reading = readingOf(
    REAL_TIME_QUESTIONS,
    again.map((byte) => [byte]),
  );
  if (statusFrom(reading).state !== 'online') {
    return { confidence: 'likely', answers, identified: false };
  }
  const who = await identify(talk, timings);
  return { confidence: who.identified ? 'certain' : 'likely', answers, ...who };
}
