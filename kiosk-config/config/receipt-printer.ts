import { z } from 'zod';
import type { LocalizedText } from '../../domain/text.ts';
import { wanted } from './wanted.ts';

/** The profiles of receipt printers that come with the terminal. */
export const PRINTER_PROFILES = [
  'generic80',
  'generic80NoCutter',
  'generic80RasterQr',
  'generic80Automatic',
  'generic58',
  'generic58NoCutter',
  'generic58RasterQr',
  'custom80Presenter',
  'custom80Ejecting',
] as const;

const HEX: LocalizedText = {
  zh: '十六进制字节，每个两位、用空格隔开，如 1D 56 00',
  en: 'bytes in hex, two digits each, with spaces, such as 1D 56 00',
};
const PATTERN: LocalizedText = {
  zh: '应答的样子：每个字节写两位十六进制、?? 或八位如 0xx1xx10，用空格隔开',
  en: 'what the answer looks like: for each byte two hex digits, ?? or eight bits such as 0xx1xx10, with spaces',
};

function text(pattern: RegExp, words: LocalizedText) {
  return z.string().refine((value) => value.length <= 400 && pattern.test(value), wanted(words));
}

const hexBytes = text(/^[0-9A-Fa-f]{2}(?: [0-9A-Fa-f]{2})*$/, HEX);
const hexByte = text(/^[0-9A-Fa-f]{2}$/, {
  zh: '一个字节的两位十六进制，如 20',
  en: 'one byte in two hex digits, such as 20',
});
const answer = text(
  /^(?:[0-9A-Fa-f]{2}|[01x]{8}|\?\?)(?: (?:[0-9A-Fa-f]{2}|[01x]{8}|\?\?))*$/,
  PATTERN,
);

const statusWords = [
  'paperOut',
  'paperLow',
  'coverOpen',
  'jam',
  'cutter',
  'headHot',
  'hardware',
  'error',
  'busy',
  'ticketWaiting',
] as const;

const question = z
  .strictObject({
    ask: hexBytes,
    answer,
    checks: z
      .array(
        z.strictObject({
          /** Place in the answer, from 0. */
          byte: z.int().min(0).max(99),
          mask: hexByte,
          /** Without it any bit under the mask counts. */
          value: hexByte.optional(),
          means: z.enum(statusWords),
        }),
      )
      .min(1)
      .max(60),
  })
  .superRefine((value, context) => {
    const length = value.answer.split(' ').length;
    value.checks.forEach(({ byte }, i) => {
      if (byte < length) return;
      context.addIssue({
        code: 'custom',
        path: ['checks', i, 'byte'],
        ...wanted({
          zh: `0 到 ${String(length - 1)}：应答只有 ${String(length)} 个字节，从 0 数起`,
          en: `0 to ${String(length - 1)}: the answer has ${String(length)} bytes, counted from 0`,
        }),
      });
    });
  });

/** A printer whose commands are known from its maker's manual only. */
const template = z
  .strictObject({
    widthDots: z.int().min(128).max(1_280),
    /** Half-width characters of 12 dots in a line. */
    columns: z.int().min(10).max(106),
    cut: hexBytes.optional(),
    qr: z.enum(['native', 'raster']).default('raster'),
    rareGlyphs: z.enum(['bitImage', 'line']).default('line'),
    automaticStatus: z.boolean().default(false),
    /** Without it DLE EOT 1 to 4; an empty list for a printer that never answers. */
    status: z.array(question).max(8).optional(),
    /** Without it GS r 1; null for a printer that never says that it is done. */
    done: z.strictObject({ ask: hexBytes, answer }).nullable().optional(),
    presenter: z
      .strictObject({ present: hexBytes.optional(), retract: hexBytes.optional() })
      .optional(),
    pictureMemory: z.enum(['graphics', 'fsq', 'none']).default('none'),
  })
  .superRefine((value, context) => {
    if (value.columns * 12 > value.widthDots) {
      const most = String(Math.floor(value.widthDots / 12));
      context.addIssue({
        code: 'custom',
        path: ['columns'],
        ...wanted({
          zh: `不大于 ${most} 的数：一个半角字宽 12 点`,
          en: `a number not above ${most}: a narrow character is 12 dots wide`,
        }),
      });
    }
    const seesTickets =
      value.status?.some(({ checks }) => checks.some(({ means }) => means === 'ticketWaiting')) ??
      false;
    if (value.presenter !== undefined && !seesTickets) {
      context.addIssue({
        code: 'custom',
        path: ['status'],
        ...wanted({
          zh: '至少有一项 means 为 "ticketWaiting"：有出票器就要能看到票有没有被取走',
          en: 'at least one check that means "ticketWaiting": with a presenter it must be seen whether the receipt was taken',
        }),
      });
    }
  });

/** Everything of a receipt printer but where it is connected. */
export const receiptPrinterShape = {
  driver: z.literal('escpos'),
  profile: z.enum([...PRINTER_PROFILES, 'template']),
  /** With the profile `template` only. */
  template: template.optional(),
  /** How long a receipt may hang in the outlet before the printer takes it back. */
  takeSeconds: z.int().min(5).max(600).optional(),
  /** Name of the logo that was put into the printer's memory; the command that stores it puts it here. */
  logo: text(/^[!-~]{2}$/, {
    zh: '存标志的命令显示的两个字符',
    en: 'the two characters that the command for storing the logo showed',
  }).optional(),
  /** Whether receipts begin with that logo. */
  printLogo: z.boolean().default(true),
};

/** A template where the profile is one, and nowhere else. */
export function checkTemplate(
  value: { readonly profile: string; readonly template?: unknown },
  context: z.core.$RefinementCtx,
): void {
  const isTemplate = value.profile === 'template';
  if (isTemplate === (value.template !== undefined)) return;
  context.addIssue({
    code: 'custom',
    path: ['template'],
    ...wanted(
      isTemplate
        ? {
            zh: '一组 { }：profile 为 "template" 时，把打印机说明书里的命令写在这里',
            en: 'settings in { }: with the profile "template" the commands of the printer’s manual stand here',
          }
        : {
            zh: '删去这一项，或把 profile 改成 "template"',
            en: 'nothing: remove it, or set the profile to "template"',
          },
    ),
  });
}
