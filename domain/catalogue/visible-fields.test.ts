import { describe, expect, it } from 'vitest';
import type { Condition, FieldSchema, FormSchema } from './form.ts';
import { holds } from './conditions.ts';
import {
  relevantAnswers,
  requiredFields,
  visibleFields,
  visibleSections,
} from './visible-fields.ts';

const words = { zh: '字', en: 'words' };

function field(visibleIf?: Condition, required?: boolean): FieldSchema {
  return {
    type: 'string',
    title: words,
    'x-widget': 'text',
    'x-source': ['citizen'],
    'x-privacy': 'P0',
    ...(visibleIf === undefined ? {} : { 'x-visibleIf': visibleIf }),
    ...(required === undefined ? {} : { 'x-required': required }),
  };
}

function formOf(
  properties: FormSchema['properties'],
  sections: FormSchema['x-sections'],
): FormSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties,
    required: ['a'],
    additionalProperties: false,
    'x-sections': sections,
  };
}

const chain = formOf(
  {
    a: field(),
    b: field({ field: 'a', equals: 'yes' }, true),
    c: field({ field: 'b' }, true),
    d: field(),
  },
  [
    { id: 's', title: words, fields: ['a', 'b', 'c'] },
    { id: 't', title: words, visibleIf: { field: 'a', equals: 'yes' }, fields: ['d'] },
  ],
);

describe('conditions', () => {
  it('hold only when there is an answer that fits', () => {
    expect(holds({ field: 'a', equals: true }, { a: true })).toBe(true);
    expect(holds({ field: 'a', equals: true }, { a: 'true' })).toBe(false);
    expect(holds({ field: 'a', equals: false }, {})).toBe(false);
    expect(holds({ field: 'a', includes: 'x' }, { a: ['y', 'x'] })).toBe(true);
    expect(holds({ field: 'a', includes: 'x' }, { a: 'xyz' })).toBe(false);
    expect(holds({ field: 'toString' }, {})).toBe(false);
  });
});

describe('visible fields', () => {
  it('shows a field and a section when the answer they wait for is given', () => {
    expect([...visibleFields(chain, {})]).toEqual(['a']);
    expect([...visibleFields(chain, { a: 'yes', b: '1' })]).toEqual(['a', 'b', 'c', 'd']);
    expect(visibleSections(chain, {}).map(({ section }) => section.id)).toEqual(['s']);
  });

  it('lets an old answer behind a closed door open no other door', () => {
    const answers = { a: 'no', b: 'left over', c: 'left over' };
    expect([...visibleFields(chain, answers)]).toEqual(['a']);
    expect(relevantAnswers(chain, answers)).toEqual({ a: 'no' });
  });

  it('asks for a conditional field only when it is visible', () => {
    expect([...requiredFields(chain, {})]).toEqual(['a']);
    expect([...requiredFields(chain, { a: 'yes' })]).toEqual(['a', 'b']);
  });

  it('shows nothing of a circle of conditions, and ends', () => {
    const circle = formOf({ a: field({ field: 'b' }), b: field({ field: 'a' }) }, [
      { id: 's', title: words, fields: ['a', 'b'] },
    ]);
    expect([...visibleFields(circle, { a: '1', b: '1' })]).toEqual([]);
  });

  it('drops empty answers and keeps unknown ones for validation to refuse', () => {
    expect(relevantAnswers(chain, { a: '', zz: '1' })).toEqual({ zz: '1' });
  });
});
