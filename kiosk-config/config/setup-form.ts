import { z } from 'zod';
import type { SetupField, SetupForm, SetupValue } from '../../domain/device/setup-field.ts';
import { devicesSchema } from './devices.ts';
import { fieldLabel, valueLabel } from './setup-words.ts';

/** As much of JSON Schema as zod makes of the devices layer. */
interface Node {
  readonly type?: string;
  readonly const?: string;
  readonly enum?: readonly (string | number)[];
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly items?: Node;
  readonly default?: SetupValue;
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** What a field is, without whose it is. */
type Kind = DistributiveOmit<SetupField, 'key' | 'label' | 'optional' | 'preset'>;

const LONGEST_TEXT = 253;
const MOST_ENTRIES = 100;
const OTHER: Kind = { kind: 'other' };

/** The key whose constant tells the alternatives apart. */
function tagOf(alternatives: readonly Node[]): string | undefined {
  const [first] = alternatives;
  return Object.keys(first?.properties ?? {}).find((key) =>
    alternatives.every((one) => one.properties?.[key]?.const !== undefined),
  );
}

function fieldsOf(node: Node, without?: string): readonly SetupField[] {
  return Object.entries(node.properties ?? {})
    .filter(([key]) => key !== without)
    .map(([key, of]) => fieldOf(key, of, node.required?.includes(key) !== true));
}

function variantsOf(alternatives: readonly Node[]): Kind {
  const tag = tagOf(alternatives);
  if (tag === undefined) return OTHER;
  return {
    kind: 'variants',
    tag,
    variants: alternatives.map((one) => {
      const value = one.properties?.[tag]?.const ?? '';
      return { value, label: valueLabel(value), fields: fieldsOf(one, tag) };
    }),
  };
}

const isOther = ({ kind }: SetupField): boolean => kind === 'other';

function rowsOf(fields: readonly SetupField[], most: number): Kind {
  return fields.some(isOther) ? OTHER : { kind: 'rows', fields, most };
}

function kindOf(node: Node): Kind {
  const alternatives = node.anyOf ?? node.oneOf;
  if (alternatives !== undefined) {
    const some = alternatives.filter(({ type }) => type !== 'null');
    const [only] = some;
    if (some.length !== 1 || only === undefined) return variantsOf(some);
    const kind = kindOf(only);
    if (some.length === alternatives.length) return kind;
    // whether a device is there at all is no setting of its own; of a number or a group, none is one
    return kind.kind === 'number' || kind.kind === 'group' ? { ...kind, none: true } : kind;
  }
  if (node.const !== undefined) return { kind: 'fixed', value: node.const };
  if (node.enum !== undefined) {
    return {
      kind: 'choice',
      options: node.enum.map((value) => ({ value, label: valueLabel(String(value)) })),
    };
  }
  switch (node.type) {
    case 'string':
      return { kind: 'text', maxLength: node.maxLength ?? LONGEST_TEXT };
    case 'integer':
    case 'number': {
      const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = node;
      return { kind: 'number', min: minimum, max: maximum, none: false };
    }
    case 'boolean':
      return { kind: 'flag' };
    case 'array': {
      const { items = {}, maxItems = MOST_ENTRIES } = node;
      if (items.type === 'object') return rowsOf(fieldsOf(items), maxItems);
      if (items.type !== 'string' || items.enum !== undefined) return OTHER;
      return { kind: 'list', maxLength: items.maxLength ?? LONGEST_TEXT, most: maxItems };
    }
    case 'object': {
      const fields = fieldsOf(node);
      return fields.some(isOther) ? OTHER : { kind: 'group', fields, none: false };
    }
    default:
      return OTHER;
  }
}

function fieldOf(key: string, node: Node, optional: boolean): SetupField {
  return {
    key,
    label: fieldLabel(key),
    optional,
    ...(node.default === undefined ? {} : { preset: node.default }),
    ...kindOf(node),
  };
}

/**
 * How each device is set up, from the schema itself: a class or a setting that comes in is drawn without
 * another line here. A device that a form cannot hold is `other` as a whole only when its own settings are.
 */
export function setupForms(): Readonly<Record<string, SetupForm>> {
  const whole = z.toJSONSchema(devicesSchema.shape.devices, { io: 'input' }) as Node;
  return Object.fromEntries(
    Object.entries(whole.properties ?? {}).map(([device, node]) => {
      const alternatives = (node.anyOf ?? [node]).filter(({ type }) => type !== 'null');
      const [only] = alternatives;
      const form: Kind =
        alternatives.length > 1
          ? variantsOf(alternatives)
          : only?.type === 'object'
            ? { kind: 'group', fields: fieldsOf(only), none: false }
            : kindOf(only ?? {});
      return [device, { key: device, label: fieldLabel(device), optional: false, ...form }];
    }),
  ) as Readonly<Record<string, SetupForm>>;
}
