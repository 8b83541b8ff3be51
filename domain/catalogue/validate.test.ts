import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { demoCatalogue } from '../../kiosk-config/index.ts';
import type { Answers, FieldErrorCode } from './form.ts';
import { createFormValidator } from './validate.ts';

const { validate } = createFormValidator(new Ajv2020({ allErrors: true, strict: true }));
const form = demoCatalogue().services.find(({ id }) => id === 'unemployment-reg')!.form;
const today = '2026-11-23';

function codeAt(field: string, value: unknown): FieldErrorCode | undefined {
  const answers = { [field]: value } as Answers;
  return validate(form, answers, { today }).find((error) => error.field === field)?.code;
}

describe('names', () => {
  it('may have every character that names have', () => {
    for (const name of [
      '陈䶮',
      '𬱖玲',
      '欧阳𰻝',
      '陈\ue863',
      '陈\u{f0001}',
      'EMMA JOHNSON',
      "O'BRIEN-LEE",
      'ÉLODIE',
      '买买提·吐尔逊',
      '阿卜杜拉•买合木提',
      '王〇',
      '㛃𠅤',
      // extension J, younger than many Unicode tables
      '李\u{323b0}',
    ]) {
      expect(codeAt('name', name), name).toBeUndefined();
    }
  });

  it('are counted in characters, not in UTF-16 units', () => {
    expect(codeAt('name', '𬱖'.repeat(60))).toBeUndefined();
    expect(codeAt('name', '𬱖'.repeat(61))).toBe('tooLong');
  });

  it('have no control characters, broken pairs, signs or digits', () => {
    for (const name of [
      '陈\u0000',
      '陈\ud800',
      '陈\u202e玲',
      '陈\ufffe',
      '陈<b>',
      '陈1',
      '陈😀',
      '陈\ufeff',
    ]) {
      expect(codeAt('name', name), JSON.stringify(name)).toBe('charset');
    }
    expect(codeAt('name', '·陈')).toBe('pattern');
  });
});

describe('validation', () => {
  it('goes by today, and takes the first and last day that are allowed', () => {
    expect(codeAt('lostDate', '2026-11-23')).toBeUndefined();
    expect(codeAt('lostDate', '1970-01-01')).toBeUndefined();
    expect(validate(form, { lostDate: '2026-11-24' }, { today })).toContainEqual({
      field: 'lostDate',
      code: 'dateTooLate',
      limit: '2026-11-23',
    });
    expect(validate(form, { lostDate: '2026-11-24' }, { today: '2026-11-24' })).not.toContainEqual(
      expect.objectContaining({ field: 'lostDate' }),
    );
  });

  it('takes ink with enough strokes, or a mark made before a witness', () => {
    expect(codeAt('signature', { mode: 'signature', strokes: '2' })).toBeUndefined();
    expect(codeAt('signature', { mode: 'signature', strokes: '1' })).toBe('tooShort');
    expect(codeAt('signature', { mode: 'signature' })).toBe('tooShort');
    expect(codeAt('signature', { mode: 'witnessedMark' })).toBeUndefined();
    expect(codeAt('signature', { mode: 'other' })).toBe('notAnOption');
  });

  it('refuses a computed answer that does not follow from its base', () => {
    const errors = validate(
      form,
      { idNo: '500199199201180033', birthDate: '1992-01-19' },
      { today },
    );
    expect(errors).toContainEqual({ field: 'birthDate', code: 'differsFromOther' });
  });

  it('refuses fields that the form does not have, and does not repeat strange names', () => {
    const errors = validate(form, { extra: 'x', '张三 13800000000': 'x' }, { today });
    expect(errors).toContainEqual({ field: 'extra', code: 'unknownField' });
    expect(errors).toContainEqual({ field: '?', code: 'unknownField' });
  });

  it('tells one error a field, in the order of the form', () => {
    const order = Object.keys(form.properties);
    const fields = validate(form, { name: '1'.repeat(60) }, { today }).map(({ field }) => field);
    expect(new Set(fields).size).toBe(fields.length);
    expect(fields).toEqual([...fields].sort((a, b) => order.indexOf(a) - order.indexOf(b)));
  });

  it('never throws and never repeats a value, whatever is given', () => {
    const secret = 'SECRETVALUE';
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.constant(secret),
      fc.constant({ division: secret, x: secret }),
    );
    const field = fc.constantFrom(
      ...Object.keys(form.properties),
      secret + ' ',
      '__proto__',
      'constructor',
    );
    fc.assert(
      fc.property(fc.dictionary(field, anything), (answers) => {
        const errors = validate(form, answers as Answers, { today });
        expect(JSON.stringify(errors)).not.toContain(secret);
        expect(errors.length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses an Ajv that would stop at the first error', () => {
    expect(() => createFormValidator(new Ajv2020())).toThrow(TypeError);
  });
});
