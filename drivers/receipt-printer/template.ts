import { answerPattern } from './answer-pattern.ts';
import type { PrinterProfile } from './profile.ts';
import { LATE_GBK_CODES, REPORT_PAPER } from './profile.ts';
import { REAL_TIME_QUESTIONS, type StatusQuestion, type StatusWord } from './status-question.ts';

/** A question about its state and what the answer says; a check without `value` counts any bit under its mask. */
export interface TemplateQuestion {
  readonly ask: string;
  readonly answer: string;
  readonly checks: readonly {
    /** Place in the answer, from 0. */
    readonly byte: number;
    readonly mask: string;
    readonly value?: string | undefined;
    readonly means: StatusWord;
  }[];
}

/**
 * A printer whose commands stand in the maker's manual, as a technician writes them down: bytes in hex
 * (`1D 56 00`), answers as patterns (`10 0F ?? ??`, `0xx1xx10`). Checked before it comes here.
 */
export interface PrinterTemplate {
  readonly widthDots: number;
  readonly columns: number;
  readonly cut?: string | undefined;
  readonly qr: 'native' | 'raster';
  readonly rareGlyphs: 'bitImage' | 'line';
  readonly automaticStatus: boolean;
  /** Without it DLE EOT 1 to 4. */
  readonly status?: readonly TemplateQuestion[] | undefined;
  /** Without it GS r 1; null: it never says that it is done. */
  readonly done?: { readonly ask: string; readonly answer: string } | null | undefined;
  readonly presenter?:
    { readonly present?: string | undefined; readonly retract?: string | undefined } | undefined;
  readonly pictureMemory: 'graphics' | 'fsq' | 'none';
}

function bytes(text: string | undefined): readonly number[] {
  return text === undefined ? [] : text.split(' ').map((byte) => Number.parseInt(byte, 16));
}

/** Makes a profile of what a technician wrote down. */
export function profileFromTemplate(template: PrinterTemplate): PrinterProfile {
  const { widthDots, columns, qr, rareGlyphs, automaticStatus, pictureMemory } = template;
  const { status, done, presenter } = template;
  return {
    id: 'template',
    ...{ widthDots, columns, qr, rareGlyphs, automaticStatus, pictureMemory },
    cut: bytes(template.cut),
    questions: status?.map(questionOf) ?? REAL_TIME_QUESTIONS,
    done: doneOf(done),
    ...(presenter === undefined
      ? {}
      : {
          presenter: {
            present: bytes(presenter.present),
            ...(presenter.retract === undefined ? {} : { retract: bytes(presenter.retract) }),
          },
        }),
    lacks: LATE_GBK_CODES,
  };
}

function questionOf({ ask, answer, checks }: TemplateQuestion): StatusQuestion {
  return {
    ask: bytes(ask),
    answer: answerPattern(answer),
    checks: checks.map(({ byte, mask, value, means }) => ({
      byte,
      mask: Number.parseInt(mask, 16),
      ...(value === undefined ? {} : { value: Number.parseInt(value, 16) }),
      means,
    })),
  };
}

function doneOf(done: PrinterTemplate['done']): PrinterProfile['done'] {
  if (done === undefined) return REPORT_PAPER;
  return done === null ? undefined : { ask: bytes(done.ask), answer: answerPattern(done.answer) };
}
