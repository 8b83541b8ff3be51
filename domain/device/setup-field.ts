import type { LocalizedText } from '../text.ts';

/** A value as JSON has it. */
export type SetupValue =
  string | number | boolean | null | readonly SetupValue[] | { readonly [key: string]: SetupValue };

interface Common {
  readonly key: string;
  readonly label: LocalizedText;
  /** May be left out. */
  readonly optional: boolean;
  /** What counts when it is left out. */
  readonly preset?: SetupValue;
}

/** One of several. */
export interface SetupOption<V extends string | number = string | number> {
  readonly value: V;
  readonly label: LocalizedText;
}

/** One of several, each with settings of its own. */
export interface SetupVariant extends SetupOption<string> {
  readonly fields: readonly SetupField[];
}

/**
 * One setting of a device as a form draws it, made from the schema of the configuration:
 *
 * - `fixed`: there is only one value
 * - `list`: several texts, at most so many
 * - `rows`: several times the same settings, at most so often
 * - `group`: settings that stand together; with `none` they can be said not to be wanted, which is `null`
 * - `variants`: the settings depend on which of them it is, as its `tag` says
 * - `other`: more than a form on a screen can hold; it stays as it is and is changed in a file
 */
export type SetupField = Common &
  (
    | { readonly kind: 'text'; readonly maxLength: number }
    | {
        readonly kind: 'number';
        readonly min: number;
        readonly max: number;
        readonly none: boolean;
      }
    | { readonly kind: 'list'; readonly maxLength: number; readonly most: number }
    | { readonly kind: 'flag' }
    | { readonly kind: 'choice'; readonly options: readonly SetupOption[] }
    | { readonly kind: 'fixed'; readonly value: string }
    | { readonly kind: 'group'; readonly fields: readonly SetupField[]; readonly none: boolean }
    | { readonly kind: 'rows'; readonly fields: readonly SetupField[]; readonly most: number }
    | {
        readonly kind: 'variants';
        readonly tag: string;
        readonly variants: readonly SetupVariant[];
      }
    | { readonly kind: 'other' }
  );

/** How a device of a class is set up. The field itself stands for the whole device. */
export type SetupForm = Extract<SetupField, { kind: 'group' | 'variants' | 'other' }>;
