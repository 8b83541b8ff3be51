import { describe, expect, it } from 'vitest';
import { DEVICE_CLASSES } from '../../domain/device/status.ts';
import type { SetupField, SetupValue } from '../../domain/device/setup-field.ts';
import { DEFAULT_DEVICES } from './devices.ts';
import { parseConfig } from './load.ts';
import { setupForms } from './setup-form.ts';

const forms = setupForms();
const HAN = /\p{Script=Han}/u;

type Path = readonly string[];
interface Place {
  readonly path: Path;
  readonly field: SetupField;
  /** The tags that lead there. */
  readonly given: readonly (readonly [Path, SetupValue])[];
}

/** Every field of a form, with what must be chosen for it to be there. */
function placesOf(fields: readonly SetupField[], at: Path, given: Place['given']): Place[] {
  return fields.flatMap((field): Place[] => {
    const path = [...at, field.key];
    const own = { path, field, given };
    if (field.kind === 'group') return [own, ...placesOf(field.fields, path, given)];
    if (field.kind === 'rows') return [own, ...placesOf(field.fields, [...path, '0'], given)];
    if (field.kind !== 'variants') return [own];
    const inside = field.variants.flatMap(({ value, fields: below }) =>
      placesOf(below, path, [...given, [[...path, field.tag], value]]),
    );
    return [own, ...inside];
  });
}
const places = placesOf(
  Object.values(forms).filter(({ kind }) => kind !== 'other'),
  ['devices'],
  [],
);

function put(into: Record<string, unknown>, path: Path, value: unknown): void {
  const last = path.at(-1) ?? '';
  let at = into;
  for (const [i, key] of path.slice(0, -1).entries()) {
    const below = at[key];
    // the first of several
    const begun = path[i + 1] === '0' ? [] : {};
    at[key] = typeof below === 'object' && below !== null ? below : begun;
    at = at[key] as Record<string, unknown>;
  }
  at[last] = value;
}

function layer(place: Place, value: unknown): Record<string, unknown> {
  const made = JSON.parse(JSON.stringify(DEFAULT_DEVICES)) as Record<string, unknown>;
  // a device with one protocol only names it too
  const form = forms[place.path[1] ?? ''];
  const fixed = form?.kind === 'group' ? form.fields : [];
  for (const one of fixed) {
    if (one.kind === 'fixed') put(made, ['devices', form?.key ?? '', one.key], one.value);
  }
  for (const [path, tag] of place.given) put(made, path, tag);
  put(made, place.path, value);
  return made;
}

/** Everything that can be wrong with one field: of another kind, out of bounds, of no such form. */
function wrongFor(field: SetupField): readonly unknown[] {
  const kinds: readonly unknown[] = [[], { '?': 1 }];
  switch (field.kind) {
    case 'text':
      return [...kinds, 7, false, 'x'.repeat(2000)];
    case 'number':
      return [...kinds, 'x', field.min - 1, field.max + 1, field.min + 0.5];
    case 'flag':
      return [...kinds, 'x', 1];
    case 'choice':
    case 'fixed':
      return [...kinds, 'no such value', 7];
    case 'list':
      return [7, 'x', { '?': 1 }, [7], Array.from({ length: field.most + 1 }, () => 'x')];
    case 'rows':
      return [
        7,
        'x',
        { '?': 1 },
        [7],
        [{ '?': 1 }],
        Array.from({ length: field.most + 1 }, () => 1),
      ];
    case 'variants':
      return [7, 'x', {}, { [field.tag]: 'no such value' }];
    case 'group':
      return field.fields.every(({ optional }) => optional) ? [7, 'x'] : [7, 'x', {}];
    case 'other':
      return [];
  }
}

describe('the form of the devices layer', () => {
  it('has every class, and of each what its schema has', () => {
    expect(Object.keys(forms)).toEqual(expect.arrayContaining([...DEVICE_CLASSES]));
    expect(places.length).toBeGreaterThan(15);
    const port = places.find(({ path }) => path.join('.') === 'devices.idCard.transport.port');
    expect(port?.field).toMatchObject({ kind: 'number', min: 1, max: 65_535, optional: false });
  });

  it('draws the template of a printer, also what it asks and what it looks for in the answers', () => {
    const at = (path: string): SetupField | undefined =>
      places.find((place) => place.path.join('.') === `devices.receiptPrinter.template${path}`)
        ?.field;
    expect(at('')).toMatchObject({ kind: 'group', optional: true });
    expect(at('.status')).toMatchObject({ kind: 'rows', most: 8, optional: true });
    expect(at('.status.0.checks.0.byte')).toMatchObject({ kind: 'number', min: 0, max: 99 });
    expect(at('.status.0.checks.0.means')).toMatchObject({ kind: 'choice', optional: false });
    expect(at('.done')).toMatchObject({ kind: 'group', none: true, optional: true });
    expect(places.filter(({ field }) => field.kind === 'other')).toEqual([]);
  });

  it('has words in both languages for every setting', () => {
    const missing = places
      .filter(({ field }) => !HAN.test(field.label.zh) || HAN.test(field.label.en))
      .map(({ path }) => path.join('.'));
    expect(missing).toEqual([]);
  });

  it('tells what is wrong with a field at the field, in both languages', () => {
    const silent: string[] = [];
    let told = 0;
    for (const place of places) {
      const at = `$.${place.path.join('.')}`.replaceAll('.0', '[0]');
      for (const value of wrongFor(place.field)) {
        const parsed = parseConfig('devices', layer(place, value));
        if (parsed.ok) continue;
        const here = parsed.error.filter(({ path }) => path.startsWith(at));
        const well = here.every(
          ({ message, remedy }) =>
            [message, remedy].every(({ zh, en }) => HAN.test(zh) && en !== '' && !HAN.test(en)) &&
            !remedy.zh.includes('说明书'),
        );
        if (here.length === 0 || !well) {
          silent.push(`${at} ${JSON.stringify(value)}: ${JSON.stringify(parsed.error)}`);
        }
        told += 1;
      }
    }
    expect(silent).toEqual([]);
    expect(told).toBeGreaterThan(80);
  });
});
