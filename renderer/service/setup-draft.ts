import type { SetupField, SetupForm, SetupValue } from '../../domain/device/setup-field.ts';

/** Settings by their keys. */
export type Draft = Readonly<Record<string, SetupValue>>;

/** The settings under a value, or none. */
export function asDraft(value: SetupValue | undefined): Draft {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Draft)
    : {};
}

/** Changes one setting; `undefined` leaves it out. */
export function withSetting(draft: Draft, key: string, value: SetupValue | undefined): Draft {
  const { [key]: _before, ...rest } = draft;
  return value === undefined ? rest : { ...rest, [key]: value };
}

/** The settings that a form begins with: constants, and whatever has only one way to be. */
export function blankOf(fields: readonly SetupField[]): Draft {
  return Object.fromEntries(
    fields.flatMap((field): [string, SetupValue][] => {
      if (field.kind === 'fixed') return [[field.key, field.value]];
      if (field.optional || field.preset !== undefined) return [];
      if (field.kind === 'group') return [[field.key, blankOf(field.fields)]];
      if (field.kind === 'variants' && field.variants.length === 1) {
        return [[field.key, variantDraft(field, field.variants[0]?.value ?? '')]];
      }
      return [];
    }),
  );
}

/** The settings of one variant, as it begins. */
export function variantDraft(
  field: Extract<SetupField, { kind: 'variants' }>,
  value: string,
): Draft {
  const fields = field.variants.find((one) => one.value === value)?.fields ?? [];
  return { [field.tag]: value, ...blankOf(fields) };
}

/** What a form begins with for a device that is not set up yet. */
export function firstDraft(form: SetupForm): Draft {
  switch (form.kind) {
    case 'group':
      return blankOf(form.fields);
    case 'variants':
      return form.variants.length === 1 ? variantDraft(form, form.variants[0]?.value ?? '') : {};
    case 'other':
      return {};
  }
}
