import type { FieldSchema, FormSchema } from './form.ts';

/** Keywords of a field that say something of its value, as JSON Schema or as a check of ours. */
const VALUE_KEYWORDS = [
  'type',
  'minLength',
  'maxLength',
  'pattern',
  'const',
  'enum',
  'format',
  'minItems',
  'uniqueItems',
  'items',
  'properties',
  'required',
  'additionalProperties',
  'x-checksum',
  'x-dateMin',
  'x-dateMax',
  'x-notEqualTo',
  'x-first18EqualTo',
  'x-minStrokes',
] as const satisfies readonly (keyof FieldSchema)[];

function withCharset(schema: Record<string, unknown>, charset: 'name' | 'text'): object {
  return schema['type'] === 'string' && schema['enum'] === undefined
    ? { ...schema, 'x-charset': charset }
    : schema;
}

function plainField(schema: FieldSchema): object {
  const value: Record<string, unknown> = {};
  for (const keyword of VALUE_KEYWORDS) {
    if (schema[keyword] !== undefined) value[keyword] = schema[keyword];
  }
  if (schema.properties !== undefined) {
    value['properties'] = Object.fromEntries(
      Object.entries(schema.properties).map(([part, of]) => [part, withCharset({ ...of }, 'text')]),
    );
  }
  return withCharset(value, schema['x-widget'] === 'personName' ? 'name' : 'text');
}

/**
 * The plain JSON Schema 2020-12 of a form: what a value must be. Titles in two languages, sources,
 * masks and the like are left out; `required` too, for what is required depends on the answers.
 */
export function plainSchema(form: FormSchema): Record<string, unknown> {
  return {
    $schema: form.$schema,
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(form.properties).map(([field, schema]) => [field, plainField(schema)]),
    ),
    additionalProperties: false,
  };
}
