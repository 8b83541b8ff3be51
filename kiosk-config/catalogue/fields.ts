import type { FieldSchema, FormSchema, FormSection } from '../../domain/catalogue/form.ts';
import type { LocalizedText } from '../../domain/text.ts';
import { DIVISION, SEX, type Option } from './options.ts';

/**
 * Letters, marks, private use (rare characters on old cards), 〇, and both planes of Han characters
 * whole: a character younger than the Unicode tables of this program is a name all the same.
 */
const NAME_PATTERN = String.raw`^[\p{L}\p{Co}\u3007\u{20000}-\u{3FFFD}][\p{L}\p{M}\p{Co}\u3007\u{20000}-\u{3FFFD}·•．・'’ .,\-]*$`;

/** Residents' numbers, residence permits and foreigners' cards of 2023; foreigners' cards of 2017. */
const ID_NUMBER_PATTERN = String.raw`^(\d{17}[\dX]|[A-Z]{3}\d{12})$`;

const MOBILE_PATTERN = String.raw`^(1[3-9]\d{9}|0\d{9,11})$`;

/** Asked only when another answer says so. */
type Asked = Pick<FieldSchema, 'x-visibleIf' | 'x-required' | 'x-notEqualTo'>;

/** Whose card a field takes its value from. */
type Whose = 'card' | 'proxyCard';

/** A person's name, from a card. */
export function nameField(title: LocalizedText, whose: Whose, asked: Asked = {}): FieldSchema {
  return {
    type: 'string',
    title,
    description: {
      zh: '要和身份证上一样。',
      en: 'Exactly as on the ID card.',
    },
    minLength: 1,
    // a foreigner's card may hold so long a Latin name
    maxLength: 60,
    pattern: NAME_PATTERN,
    'x-widget': 'personName',
    'x-source': [`${whose}.name`, 'citizen'],
    'x-privacy': 'P1',
    'x-mask': 'name',
    ...asked,
  };
}

/** An identity number, from a card. */
export function idNumberField(title: LocalizedText, whose: Whose, asked: Asked = {}): FieldSchema {
  return {
    type: 'string',
    title,
    minLength: 15,
    maxLength: 18,
    pattern: ID_NUMBER_PATTERN,
    'x-checksum': 'GB11643',
    'x-widget': 'idNumber',
    'x-source': [`${whose}.idNumber`, 'citizen'],
    'x-privacy': 'P2',
    'x-mask': 'idNumber',
    ...asked,
  };
}

/** A choice of one. */
export function selectField(
  title: LocalizedText,
  options: readonly Option[],
  rest: Partial<FieldSchema> = {},
): FieldSchema {
  return {
    type: 'string',
    title,
    enum: options.map(({ value }) => value),
    'x-widget': 'select',
    'x-options': options,
    'x-source': ['citizen'],
    'x-privacy': 'P1',
    ...rest,
  };
}

/** A choice of several. */
export function multiSelectField(
  title: LocalizedText,
  options: readonly Option[],
  rest: Partial<FieldSchema> = {},
): FieldSchema {
  return {
    type: 'array',
    title,
    uniqueItems: true,
    items: { type: 'string', enum: options.map(({ value }) => value) },
    'x-widget': 'multiselect',
    'x-options': options,
    'x-source': ['citizen'],
    'x-privacy': 'P2',
    ...rest,
  };
}

/** Free text. */
export function textField(
  title: LocalizedText,
  maxLength: number,
  rest: Partial<FieldSchema> = {},
): FieldSchema {
  return {
    type: 'string',
    title,
    minLength: 1,
    maxLength,
    'x-widget': 'text',
    'x-source': ['citizen'],
    'x-privacy': 'P1',
    ...rest,
  };
}

export const SEX_FIELD = selectField({ zh: '性别', en: 'Sex' }, SEX, {
  'x-source': ['card.sex', 'citizen'],
});

/** Made from the identity number; of a number without a full birth date, from the card. */
export const BIRTH_DATE_FIELD: FieldSchema = {
  type: 'string',
  title: { zh: '出生日期', en: 'Date of birth' },
  format: 'date',
  'x-dateMin': '1900-01-01',
  'x-dateMax': 'today',
  'x-widget': 'date',
  'x-source': ['computed.idNo', 'card.birthDate', 'citizen'],
  'x-derive': 'birthDate',
  'x-readOnly': true,
  'x-privacy': 'P1',
};

export const HUKOU_ADDRESS_FIELD = textField(
  { zh: '户籍地址', en: 'Registered household address' },
  100,
  {
    description: { zh: '身份证上的住址。', en: 'The address on your ID card.' },
    'x-source': ['card.address', 'platform.household', 'citizen'],
    'x-mask': 'address',
  },
);

export const ADDRESS_FIELD: FieldSchema = {
  type: 'object',
  title: { zh: '现在住在哪里', en: 'Where you live now' },
  description: {
    zh: '先选镇街，再写门牌或村组。不在铜梁住的，选“其他地方”，写全地址。',
    en: 'Choose the town, then write the house number or village group. If you live outside Tongliang, choose “Somewhere else” and write the whole address.',
  },
  properties: {
    division: { type: 'string', enum: DIVISION.map(({ value }) => value) },
    detail: { type: 'string', minLength: 1, maxLength: 100 },
  },
  required: ['division', 'detail'],
  additionalProperties: false,
  'x-widget': 'address',
  'x-options': DIVISION,
  'x-source': ['citizen'],
  'x-privacy': 'P1',
  'x-mask': 'address',
};

/** A telephone number: mobile, or fixed line with its area code. */
export function mobileField(title: LocalizedText, asked: Asked = {}): FieldSchema {
  return {
    type: 'string',
    title,
    description: {
      zh: '办得怎么样了，会发短信告诉您。没有手机，可以填家人或者村（社区）干部的电话。',
      en: 'We send news of your application to it. Without a phone, give the number of your family or of a village or community worker.',
    },
    pattern: MOBILE_PATTERN,
    'x-widget': 'mobile',
    'x-source': ['citizen'],
    'x-privacy': 'P1',
    'x-mask': 'mobile',
    ...asked,
  };
}

export const MOBILE_FIELD = mobileField({ zh: '手机号码', en: 'Phone number' });

/** An account that belongs to a card. */
export function bankAccountField(title: LocalizedText): FieldSchema {
  return {
    type: 'string',
    title,
    description: {
      zh: '卡上的长号码，10 到 22 位数字。',
      en: 'The long number on the card, 10 to 22 digits.',
    },
    pattern: String.raw`^\d{10,22}$`,
    'x-checksum': 'LUHN',
    'x-widget': 'bankCard',
    'x-source': ['platform.sscard', 'citizen'],
    'x-privacy': 'P2',
    'x-mask': 'bankCard',
  };
}

/** What an applicant agrees to. */
export function commitmentField(text: LocalizedText): FieldSchema {
  return {
    type: 'boolean',
    title: { zh: '承诺事项', en: 'Your declaration' },
    const: true,
    'x-text': text,
    'x-widget': 'commitment',
    'x-source': ['citizen'],
    'x-privacy': 'P0',
  };
}

/** A signature in ink, or a mark made before a witness; the ink goes as an attachment. */
export function signatureField(title: LocalizedText): FieldSchema {
  return {
    type: 'object',
    title,
    description: {
      zh: '请用手指或笔在屏幕上签名。不会写字的，可以请工作人员见证画押。',
      en: 'Sign on the screen with a finger or pen. If you cannot write, ask the staff to witness your mark.',
    },
    properties: {
      mode: { type: 'string', enum: ['signature', 'witnessedMark'] },
      strokes: { type: 'string', maxLength: 4 },
    },
    required: ['mode'],
    additionalProperties: false,
    'x-minStrokes': 2,
    'x-widget': 'signature',
    'x-source': ['citizen'],
    'x-privacy': 'P2',
  };
}

/** The last section of each form. */
export const CONFIRM_SECTION: FormSection = {
  id: 'confirm',
  title: { zh: '确认签名', en: 'Confirm and sign' },
  fields: ['commit', 'signature'],
};

/** A form: fields, sections, and what is always asked. */
export function form(
  properties: Readonly<Record<string, FieldSchema>>,
  required: readonly string[],
  sections: readonly FormSection[],
): FormSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties,
    required,
    additionalProperties: false,
    'x-sections': sections,
  };
}
