import type { Condition, FieldSchema, FormSchema } from './form.ts';

/** What can be wrong inside one form, or between a form and the materials of its service. */
export type FormProblemCode =
  | 'conditionOnUnknownField'
  | 'conditionNeverHolds'
  | 'conditionsInACircle'
  | 'fieldInNoSection'
  | 'fieldInTwoSections'
  | 'sectionNamesUnknownField'
  | 'sectionIdTwice'
  | 'requiredUnknownField'
  | 'requiredButConditional'
  | 'optionsDiffer'
  | 'refersToUnknownField'
  | 'computedWithoutBase'
  | 'widgetDoesNotFit';

/** One thing that is wrong, at a path below the form. */
export interface FormProblem {
  readonly code: FormProblemCode;
  readonly path: string;
}

/** What is wrong with a condition, given the form it looks at. */
export function conditionProblem(
  form: FormSchema,
  condition: Condition | undefined,
): 'conditionOnUnknownField' | 'conditionNeverHolds' | undefined {
  if (condition === undefined) return undefined;
  if (!Object.hasOwn(form.properties, condition.field)) return 'conditionOnUnknownField';
  const schema = form.properties[condition.field];
  const { equals, includes } = condition;
  const canEqual =
    equals === undefined ||
    (typeof equals === schema?.type && (schema.enum?.includes(String(equals)) ?? true));
  const canInclude = includes === undefined || schema?.items?.enum.includes(includes) === true;
  return canEqual && canInclude ? undefined : 'conditionNeverHolds';
}

/** Type that the value of each widget has. */
const WIDGET_TYPES: Readonly<Record<FieldSchema['x-widget'], FieldSchema['type']>> = {
  text: 'string',
  personName: 'string',
  idNumber: 'string',
  date: 'string',
  select: 'string',
  multiselect: 'array',
  boolean: 'boolean',
  mobile: 'string',
  bankCard: 'string',
  address: 'object',
  commitment: 'boolean',
  signature: 'object',
};

function widgetFits(schema: FieldSchema): boolean {
  if (WIDGET_TYPES[schema['x-widget']] !== schema.type) return false;
  switch (schema['x-widget']) {
    case 'date':
      return schema.format === 'date';
    case 'select':
      return schema.enum !== undefined;
    case 'multiselect':
      return schema.items !== undefined;
    case 'commitment':
      return schema.const === true && schema['x-text'] !== undefined;
    case 'address':
      return ['division', 'detail'].every((part) => schema.required?.includes(part) === true);
    case 'signature':
      return schema.required?.includes('mode') === true;
    default:
      return true;
  }
}

function optionsAgree(schema: FieldSchema): boolean {
  const allowed = schema.enum ?? schema.items?.enum ?? schema.properties?.['division']?.enum;
  const offered = schema['x-options']?.map(({ value }) => value);
  if (allowed === undefined || offered === undefined) return allowed === offered;
  return (
    allowed.length === offered.length &&
    new Set(allowed).size === allowed.length &&
    allowed.every((value, at) => value === offered[at])
  );
}

function fieldProblems(form: FormSchema, field: string, schema: FieldSchema): FormProblem[] {
  const found: FormProblem[] = [];
  const path = `properties.${field}`;
  const add = (code: FormProblemCode, at: string): number => found.push({ code, path: at });
  const condition = conditionProblem(form, schema['x-visibleIf']);
  if (condition !== undefined) add(condition, `${path}.x-visibleIf`);
  if (!widgetFits(schema)) add('widgetDoesNotFit', `${path}.x-widget`);
  if (!optionsAgree(schema)) add('optionsDiffer', `${path}.x-options`);
  for (const keyword of ['x-notEqualTo', 'x-first18EqualTo'] as const) {
    const other = schema[keyword];
    if (other !== undefined && (other === field || !Object.hasOwn(form.properties, other))) {
      add('refersToUnknownField', `${path}.${keyword}`);
    }
  }
  const base = schema['x-source'].find((source) => source.startsWith('computed.'))?.slice(9);
  const hasBase = base !== undefined && base !== field && Object.hasOwn(form.properties, base);
  // the source, its base and what is taken out of it come together or not at all
  if (hasBase !== (schema['x-derive'] !== undefined) || (base !== undefined && !hasBase)) {
    add('computedWithoutBase', `${path}.x-source`);
  }
  return found;
}

function sectionProblems(form: FormSchema): FormProblem[] {
  const found: FormProblem[] = [];
  const seen = new Set<string>();
  const sectionIds = new Set<string>();
  form['x-sections'].forEach((section, at) => {
    const path = `x-sections[${at}]`;
    if (sectionIds.has(section.id)) found.push({ code: 'sectionIdTwice', path: `${path}.id` });
    sectionIds.add(section.id);
    const condition = conditionProblem(form, section.visibleIf);
    if (condition !== undefined) found.push({ code: condition, path: `${path}.visibleIf` });
    section.fields.forEach((field, place) => {
      const where = `${path}.fields[${place}]`;
      if (!Object.hasOwn(form.properties, field)) {
        found.push({ code: 'sectionNamesUnknownField', path: where });
      } else if (seen.has(field)) {
        found.push({ code: 'fieldInTwoSections', path: where });
      }
      seen.add(field);
    });
  });
  for (const field of Object.keys(form.properties)) {
    if (!seen.has(field)) found.push({ code: 'fieldInNoSection', path: `properties.${field}` });
  }
  return found;
}

/** The fields that decide whether a field is asked. */
function deciders(form: FormSchema, field: string): readonly string[] {
  const section = form['x-sections'].find(({ fields }) => fields.includes(field));
  return [form.properties[field]?.['x-visibleIf']?.field, section?.visibleIf?.field].filter(
    (decider) => decider !== undefined,
  );
}

function leadsBackTo(form: FormSchema, start: string): boolean {
  const seen = new Set<string>();
  const open = [...deciders(form, start)];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === start) return true;
    if (!seen.has(next)) open.push(...deciders(form, next));
    seen.add(next);
  }
  return false;
}

/** Everything that is wrong with a form whose shape is right. */
export function checkForm(form: FormSchema): readonly FormProblem[] {
  const found = sectionProblems(form);
  for (const [field, schema] of Object.entries(form.properties)) {
    found.push(...fieldProblems(form, field, schema));
    if (leadsBackTo(form, field)) {
      found.push({ code: 'conditionsInACircle', path: `properties.${field}` });
    }
  }
  form.required.forEach((field, at) => {
    if (!Object.hasOwn(form.properties, field)) {
      found.push({ code: 'requiredUnknownField', path: `required[${at}]` });
    } else if (deciders(form, field).length > 0) {
      found.push({ code: 'requiredButConditional', path: `required[${at}]` });
    }
  });
  return found;
}
