import type { LocalizedText } from '../text.ts';

/** A condition over the answers given so far. All members present must hold. */
export interface Condition {
  readonly field: string;
  readonly equals?: string | number | boolean;
  /** The field is a list that holds this value. */
  readonly includes?: string;
}

/** A value in an answer: as JSON has it. Dates are `YYYY-MM-DD` strings. */
export type AnswerValue =
  string | number | boolean | readonly string[] | { readonly [part: string]: string };

/** Answers by field id. */
export type Answers = Readonly<Record<string, AnswerValue>>;

/** What draws and speaks a field on the page (keyword `x-widget`). */
export type Widget =
  | 'text'
  | 'personName'
  | 'idNumber'
  | 'date'
  | 'select'
  | 'multiselect'
  | 'boolean'
  | 'mobile'
  | 'bankCard'
  | 'address'
  | 'commitment'
  | 'signature';

/**
 * Where a value comes from (keyword `x-source`): the applicant's card, the card of the one who acts
 * for the applicant, another answer, the platform, the citizen.
 */
export type FieldSource =
  | `card.${string}`
  | `proxyCard.${string}`
  | `computed.${string}`
  | `platform.${string}`
  | 'citizen'
  | 'terminal';

/** What is taken out of the base field of a `computed.` source (keyword `x-derive`). */
export type Derivation = 'birthDate' | 'sex' | 'disabilityType' | 'disabilityLevel';

/**
 * The answer of a field with the widget `signature`. The ink itself is an attachment. `strokes` is
 * the number of strokes in digits, absent with a mark made before a witness.
 */
export interface SignatureAnswer {
  readonly [part: string]: string;
  readonly mode: 'signature' | 'witnessedMark';
}

/** The answer of a field with the widget `address`: one of the field's `x-options`, and free text. */
export interface AddressAnswer {
  readonly [part: string]: string;
  readonly division: string;
  readonly detail: string;
}

/** How a value is masked on paper and on screen when nobody holds it open (keyword `x-mask`). */
export type Mask = 'none' | 'name' | 'idNumber' | 'mobile' | 'bankCard' | 'address';

/**
 * One field: JSON Schema 2020-12 for the value, and named keywords of ours beginning with `x-`.
 * Checked by the core and by the platform with the same vocabulary.
 */
export interface FieldSchema {
  readonly type: 'string' | 'boolean' | 'array' | 'object';
  readonly title: LocalizedText;
  readonly description?: LocalizedText;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly const?: boolean;
  readonly enum?: readonly string[];
  readonly format?: 'date';
  readonly minItems?: number;
  readonly uniqueItems?: boolean;
  readonly items?: { readonly type: 'string'; readonly enum: readonly string[] };
  readonly properties?: Readonly<
    Record<
      string,
      {
        readonly type: 'string';
        readonly maxLength?: number;
        readonly minLength?: number;
        readonly enum?: readonly string[];
      }
    >
  >;
  readonly required?: readonly string[];
  readonly additionalProperties?: false;
  /** What stands in the field before anybody answers. */
  readonly default?: AnswerValue;
  readonly 'x-widget': Widget;
  /** Labels of `enum`, of the items' `enum`, or of the `division` of an address: the same values in the same order. */
  readonly 'x-options'?: readonly { readonly value: string; readonly label: LocalizedText }[];
  /** Preferred first. */
  readonly 'x-source': readonly FieldSource[];
  readonly 'x-readOnly'?: boolean;
  /** Goes with a `computed.` source. */
  readonly 'x-derive'?: Derivation;
  readonly 'x-mask'?: Mask;
  /** P0 public, P1 personal, P2 sensitive. */
  readonly 'x-privacy': 'P0' | 'P1' | 'P2';
  readonly 'x-checksum'?: 'GB11643' | 'LUHN';
  /** Bounds of a date: `YYYY-MM-DD`, `today`, `today-183d`, `today+300d`. */
  readonly 'x-dateMin'?: string;
  readonly 'x-dateMax'?: string;
  readonly 'x-visibleIf'?: Condition;
  readonly 'x-notEqualTo'?: string;
  /** The first 18 characters must equal that field (disability certificate number). */
  readonly 'x-first18EqualTo'?: string;
  /** Text a citizen agrees to (commitment). */
  readonly 'x-text'?: LocalizedText;
  readonly 'x-minStrokes'?: number;
  /** Must be answered when visible, even though the whole schema cannot list it as required. */
  readonly 'x-required'?: boolean;
}

/** One topic of a form: what stands on one screen, or a few. */
export interface FormSection {
  readonly id: string;
  readonly title: LocalizedText;
  readonly visibleIf?: Condition;
  readonly fields: readonly string[];
}

/**
 * A whole form: one JSON Schema object, and its order in sections. `required` lists what is always
 * asked; what is asked only sometimes has `x-required` and a condition. Titles are in both languages
 * where JSON Schema has one string: validate.ts makes the plain schema of it.
 */
export interface FormSchema {
  readonly $schema: 'https://json-schema.org/draft/2020-12/schema';
  readonly type: 'object';
  readonly properties: Readonly<Record<string, FieldSchema>>;
  readonly required: readonly string[];
  readonly additionalProperties: false;
  readonly 'x-sections': readonly FormSection[];
}

/** What is wrong with one answer. */
export type FieldErrorCode =
  | 'required'
  | 'tooLong'
  | 'tooShort'
  | 'pattern'
  | 'checksum'
  | 'notADate'
  | 'dateTooEarly'
  | 'dateTooLate'
  | 'notAnOption'
  | 'mustAgree'
  | 'sameAsOther'
  | 'differsFromOther'
  | 'unknownField'
  | 'wrongType'
  | 'charset';

/** An error at a field, named so that the page can say it in the citizen's language. */
export interface FieldError {
  readonly field: string;
  readonly code: FieldErrorCode;
  /** Bound, length or the like, for the message. Never the value itself. */
  readonly limit?: string | number;
}
