import { isDateExpression } from './relative-date.ts';
import {
  bothLanguages,
  count,
  flag,
  list,
  mapOf,
  matching,
  object,
  oneOf,
  optional,
  text,
  that,
  type Shape,
} from './shape.ts';

/** What a terminal can be asked for: item types 依申请 of GB/T 39046-2020 A.1. */
export const ITEM_TYPES_ON_APPLICATION = ['01', '05', '07', '08', '09', '10', '20'] as const;

const id = matching(/^[A-Za-z][\w-]{0,63}$/);
const texts = list(text);

const isPattern = (value: unknown): boolean => {
  try {
    return typeof value === 'string' && new RegExp(value, 'u') instanceof RegExp;
  } catch {
    return false;
  }
};

const condition = object(
  {
    field: id,
    equals: optional(that((value) => ['string', 'number', 'boolean'].includes(typeof value))),
    includes: optional(text),
  },
  { closed: true },
);

const dateBound = that((value) => typeof value === 'string' && isDateExpression(value));

const part = object(
  {
    type: oneOf('string'),
    maxLength: optional(count),
    minLength: optional(count),
    enum: optional(texts),
  },
  { closed: true },
);

/** Closed: a keyword that this program does not know would be a check that nobody makes. */
const field = object(
  {
    type: oneOf('string', 'boolean', 'array', 'object'),
    title: bothLanguages,
    description: optional(bothLanguages),
    minLength: optional(count),
    maxLength: optional(count),
    pattern: optional(that(isPattern)),
    const: optional(flag),
    enum: optional(list(text, 1)),
    format: optional(oneOf('date')),
    minItems: optional(count),
    uniqueItems: optional(flag),
    items: optional(object({ type: oneOf('string'), enum: list(text, 1) }, { closed: true })),
    properties: optional(mapOf(part)),
    required: optional(texts),
    additionalProperties: optional(oneOf(false)),
    default: () => undefined,
    'x-widget': oneOf(
      'text',
      'personName',
      'idNumber',
      'date',
      'select',
      'multiselect',
      'boolean',
      'mobile',
      'bankCard',
      'address',
      'commitment',
      'signature',
    ),
    'x-options': optional(list(object({ value: text, label: bothLanguages }), 1)),
    'x-source': list(
      matching(/^(citizen|terminal|(card|proxyCard|computed|platform)\.[A-Za-z]\w*)$/),
      1,
    ),
    'x-readOnly': optional(flag),
    'x-derive': optional(oneOf('birthDate', 'sex', 'disabilityType', 'disabilityLevel')),
    'x-mask': optional(oneOf('none', 'name', 'idNumber', 'mobile', 'bankCard', 'address')),
    'x-privacy': oneOf('P0', 'P1', 'P2'),
    'x-checksum': optional(oneOf('GB11643', 'LUHN')),
    'x-dateMin': optional(dateBound),
    'x-dateMax': optional(dateBound),
    'x-visibleIf': optional(condition),
    'x-notEqualTo': optional(id),
    'x-first18EqualTo': optional(id),
    'x-text': optional(bothLanguages),
    'x-minStrokes': optional(count),
    'x-required': optional(flag),
  },
  { closed: true },
);

const form = object(
  {
    $schema: oneOf('https://json-schema.org/draft/2020-12/schema'),
    type: oneOf('object'),
    properties: mapOf(field),
    required: texts,
    additionalProperties: oneOf(false),
    'x-sections': list(
      object(
        { id, title: bothLanguages, visibleIf: optional(condition), fields: list(id, 1) },
        { closed: true },
      ),
      1,
    ),
  },
  { closed: true },
);

const limit = object({ value: count, unit: oneOf('workday', 'day', 'hour', 'immediate') });

const material = object({
  id,
  name: bothLanguages,
  capture: list(oneOf('readCard', 'scan', 'fetch', 'generate', 'qr'), 1),
  originals: count,
  copies: count,
  necessity: oneOf(1, 2, 3),
  sourceType: oneOf('10', '20', '99'),
  issuer: optional(bothLanguages),
  acceptStandard: optional(bothLanguages),
  note: optional(bothLanguages),
  anyOfGroup: optional(id),
  visibleIf: optional(condition),
  commitmentReplace: optional(flag),
  readFrom: optional(oneOf('securityCard')),
  maxPages: optional(that((value) => Number.isSafeInteger(value) && Number(value) >= 1)),
});

const service = object({
  id,
  version: count,
  name: bothLanguages,
  aliases: texts,
  plainSummary: bothLanguages,
  codes: object({ basicCode: text, implCode: text, handleItemCode: text }),
  itemType: object({ code: text, name: bothLanguages }),
  department: object({ id, name: bothLanguages, creditCode: text }),
  topic: bothLanguages,
  caseType: oneOf('1', '2', '9'),
  legalLimit: limit,
  promisedLimit: limit,
  onSiteVisits: count,
  kioskMode: oneOf('apply', 'instantPrint', 'applyAndPrint'),
  offlineMode: oneOf('queue', 'notAvailable'),
  assurance: oneOf('L0', 'L1', 'L2', 'L3'),
  scope: bothLanguages,
  fee: object({ charged: flag, text: bothLanguages }),
  estimatedMinutes: count,
  basis: list(bothLanguages, 1),
  conditions: list(bothLanguages, 1),
  eligibility: list(object({ rule: oneOf('ageMin', 'ageMax'), value: count })),
  steps: list(object({ name: bothLanguages, actor: bothLanguages, limit }), 1),
  materials: list(material),
  form,
  result: object({ name: bothLanguages }),
  contacts: object({ consult: text, supervise: text }),
  notes: list(bothLanguages),
  faq: list(object({ q: bothLanguages, a: bothLanguages })),
  searchKeys: list(matching(/^[a-z]+( [a-z]+)*$/), 1),
});

/** The shape of a whole catalogue as it comes over the wire. */
export const catalogueShape: Shape = object({
  schemaVersion: oneOf(1),
  catalogueVersion: text,
  publishedAt: that((value) => typeof value === 'string' && !Number.isNaN(Date.parse(value))),
  region: object({ code: matching(/^\d{6}(\d{3})?$/), name: bothLanguages }),
  divisions: list(object({ code: matching(/^\d{6}(\d{3})?$/), name: bothLanguages }), 1),
  services: list(service, 1),
});
