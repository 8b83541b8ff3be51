import { describe, expect, it } from 'vitest';
import { DEFAULT_DEVICES } from './devices.ts';
import { parseConfig } from './load.ts';
import { problemText } from './problem.ts';

const transport = { type: 'tcp', host: '10.0.0.5', port: 9100 };
const question = {
  ask: '10 04 14',
  answer: '10 0F ?? 0xx1xx10',
  checks: [{ byte: 2, mask: '20', means: 'ticketWaiting' }],
};
const template = {
  widthDots: 576,
  columns: 48,
  cut: '1B 69',
  status: [question],
  done: { ask: '1D 72 01', answer: '0xx0xxxx' },
  presenter: { present: '1D 65 03 50', retract: '1D 65 02' },
};

function parse(receiptPrinter: object) {
  return parseConfig('devices', {
    ...DEFAULT_DEVICES,
    devices: {
      ...DEFAULT_DEVICES.devices,
      receiptPrinter: { driver: 'escpos', profile: 'template', transport, ...receiptPrinter },
    },
  });
}

/** Everything that is wrong, in one text. */
function complaints(receiptPrinter: object): string {
  const parsed = parse(receiptPrinter);
  return parsed.ok ? '' : parsed.error.map((problem) => problemText(problem)).join('\n');
}

describe('a printer written down from its manual', () => {
  it('is taken as it is written, with what is usual for the rest', () => {
    const parsed = parse({ template, takeSeconds: 20 });
    expect(parsed.ok && parsed.value.devices.receiptPrinter).toMatchObject({
      profile: 'template',
      takeSeconds: 20,
      template: { qr: 'raster', rareGlyphs: 'line', pictureMemory: 'none' },
    });
  });

  it.each([
    ['no template', {}, '$.devices.receiptPrinter.template', '说明书里的命令'],
    ['a template beside another profile', { profile: 'generic80', template }, 'template', '删去'],
    ['bytes not in hex', { template: { ...template, cut: '1B 6G' } }, 'template.cut', '1D 56 00'],
    ['bytes without spaces', { template: { ...template, cut: '1B69' } }, 'template.cut', '空格'],
    [
      'a pattern that is none',
      { template: { ...template, done: { ask: '1D 72 01', answer: '0xx' } } },
      'template.done.answer',
      '0xx1xx10',
    ],
    [
      'a byte beyond the answer',
      {
        template: {
          ...template,
          status: [
            { ...question, checks: [...question.checks, { byte: 4, mask: '01', means: 'jam' }] },
          ],
        },
      },
      'template.status[0].checks[1].byte',
      '0 到 3',
    ],
    [
      'a word that is none',
      {
        template: {
          ...template,
          status: [{ ...question, checks: [{ byte: 0, mask: '01', means: 'x' }] }],
        },
      },
      'template.status[0].checks[0].means',
      '"ticketWaiting"',
    ],
    ['lines wider than the paper', { template: { ...template, columns: 60 } }, 'columns', '48'],
    [
      'a presenter that nobody can look at',
      {
        template: {
          ...template,
          status: [{ ...question, checks: [{ byte: 2, mask: '01', means: 'paperOut' }] }],
        },
      },
      'template.status',
      'ticketWaiting',
    ],
    ['a logo without a name', { template, logo: 'abc' }, 'receiptPrinter.logo', '两个字符'],
  ])(
    'is refused with %s, and the place and the remedy are told',
    (_what, printer, place, remedy) => {
      const told = complaints(printer);
      expect(told).toContain(place);
      expect(told).toContain(remedy);
    },
  );
});
