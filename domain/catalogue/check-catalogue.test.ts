import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { demoCatalogue } from '../../kiosk-config/index.ts';
import { catalogueProblems, checkCatalogue, isWithin } from './check-catalogue.ts';

type Json = null | string | number | boolean | Json[] | { [name: string]: Json };
type Path = readonly (string | number)[];

const fresh = (): Json => JSON.parse(JSON.stringify(demoCatalogue())) as Json;

function at(root: Json, path: Path): Json {
  return path.reduce((value, key) => (value as Record<string, Json>)[key]!, root);
}

/** A catalogue with one thing changed. */
function changed(path: Path, change: (before: Json) => Json | undefined): Json {
  const root = fresh();
  const parent = at(root, path.slice(0, -1)) as Record<string, Json>;
  const key = String(path.at(-1));
  const after = change(parent[key]!);
  if (after === undefined) Reflect.deleteProperty(parent, key);
  else parent[key] = after;
  return root;
}

const set = (path: Path, value: Json): Json => changed(path, () => value);

const codesOf = (catalogue: unknown): string[] =>
  catalogueProblems(catalogue).map(({ code, path }) => `${code} ${path}`);

/** Every place in the catalogue. */
function places(value: Json, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, each]) => places(each, [...path, key]))];
}

describe('a whole catalogue', () => {
  it('passes when nothing is wrong, also after a way over the wire', () => {
    expect(checkCatalogue(fresh()).ok).toBe(true);
  });

  it.each<[string, Json]>([
    ['idTwice services[1].id', set(['services', 1, 'id'], 'unemployment-reg')],
    ['idTwice services[2].materials[1]', set(['services', 2, 'materials', 1, 'id'], 'idcard')],
    ['codeTwice divisions[3].code', set(['divisions', 3, 'code'], '500151001')],
    ['divisionOutsideRegion divisions[1].code', set(['divisions', 1, 'code'], '500152001')],
    ['codeLength services[0].codes', set(['services', 0, 'codes', 'basicCode'], '50201490300')],
    [
      'codesNotNested services[0].codes',
      set(['services', 0, 'codes', 'basicCode'], '502014903001'),
    ],
    [
      'codesNotNested services[0].codes',
      set(['services', 0, 'department', 'creditCode'], '11500151DEMA000210'),
    ],
    [
      'itemTypeNotOnApplication services[0].itemType.code',
      set(['services', 0, 'itemType', 'code'], '02'),
    ],
    [
      'promiseAboveLegalLimit services[1].promisedLimit',
      set(['services', 1, 'promisedLimit', 'value'], 4),
    ],
    [
      'groupOfOne services[1].materials[0].anyOfGroup',
      set(['services', 1, 'materials', 0, 'anyOfGroup'], 'x'),
    ],
    [
      'groupMixed services[0].materials[0].anyOfGroup',
      set(['services', 0, 'materials', 0, 'necessity'], 2),
    ],
    [
      'conditionOnUnknownField services[2].materials[2].visibleIf',
      set(['services', 2, 'materials', 2, 'visibleIf', 'field'], 'nothing'),
    ],
    [
      'conditionNeverHolds services[2].materials[2].visibleIf',
      set(['services', 2, 'materials', 2, 'visibleIf', 'includes'], 'money'),
    ],
    [
      'conditionNeverHolds services[2].form.x-sections[3].visibleIf',
      set(['services', 2, 'form', 'x-sections', 3, 'visibleIf', 'equals'], 'true'),
    ],
    [
      'conditionsInACircle services[2].form.properties.isProxy',
      set(['services', 2, 'form', 'properties', 'isProxy', 'x-visibleIf'], { field: 'proxyName' }),
    ],
    [
      'fieldInNoSection services[0].form.properties.wantTraining',
      changed(['services', 0, 'form', 'x-sections', 1, 'fields'], (fields) =>
        (fields as Json[]).slice(0, -1),
      ),
    ],
    [
      'fieldInTwoSections services[0].form.x-sections[2].fields[0]',
      set(['services', 0, 'form', 'x-sections', 2, 'fields', 0], 'name'),
    ],
    [
      'sectionNamesUnknownField services[0].form.x-sections[0].fields[0]',
      set(['services', 0, 'form', 'x-sections', 0, 'fields', 0], 'nothing'),
    ],
    [
      'sectionIdTwice services[0].form.x-sections[1].id',
      set(['services', 0, 'form', 'x-sections', 1, 'id'], 'basic'),
    ],
    [
      'requiredUnknownField services[0].form.required[0]',
      set(['services', 0, 'form', 'required', 0], 'nothing'),
    ],
    [
      'requiredButConditional services[2].form.required[0]',
      set(['services', 2, 'form', 'required', 0], 'proxyName'),
    ],
    [
      'optionsDiffer services[0].form.properties.gender.x-options',
      set(['services', 0, 'form', 'properties', 'gender', 'enum', 0], '3'),
    ],
    [
      'refersToUnknownField services[2].form.properties.proxyIdNo.x-notEqualTo',
      set(['services', 2, 'form', 'properties', 'proxyIdNo', 'x-notEqualTo'], 'nothing'),
    ],
    [
      'computedWithoutBase services[0].form.properties.birthDate.x-source',
      set(['services', 0, 'form', 'properties', 'birthDate', 'x-source'], ['computed.nothing']),
    ],
    [
      'computedWithoutBase services[0].form.properties.birthDate.x-source',
      changed(['services', 0, 'form', 'properties', 'birthDate', 'x-derive'], () => undefined),
    ],
    [
      'computedWithoutBase services[0].form.properties.lostDate.x-source',
      set(['services', 0, 'form', 'properties', 'lostDate', 'x-derive'], 'birthDate'),
    ],
    [
      'widgetDoesNotFit services[0].form.properties.name.x-widget',
      set(['services', 0, 'form', 'properties', 'name', 'x-widget'], 'boolean'),
    ],
    [
      'shape services[0].form.properties.name.x-unknownCheck',
      set(['services', 0, 'form', 'properties', 'name', 'x-unknownCheck'], true),
    ],
    ['shape services[0].name.en', set(['services', 0, 'name', 'en'], ' ')],
    [
      'shape services[0].form.properties.mobile.pattern',
      set(['services', 0, 'form', 'properties', 'mobile', 'pattern'], '('),
    ],
    [
      'shape services[0].form.properties.lostDate.x-dateMax',
      set(['services', 0, 'form', 'properties', 'lostDate', 'x-dateMax'], 'yesterday'),
    ],
  ])('is refused: %s', (problem, catalogue) => {
    expect(codesOf(catalogue)).toContain(problem);
  });

  it('is refused when any text in any language is empty', () => {
    const texts = places(fresh()).filter((path) => path.at(-1) === 'zh' || path.at(-1) === 'en');
    expect(texts.length).toBeGreaterThan(500);
    fc.assert(
      fc.property(fc.constantFrom(...texts), (path) => {
        expect(codesOf(set(path, ''))).toHaveLength(1);
      }),
    );
  });

  it('is refused when any value turns into another kind of value', () => {
    // a default may be of any kind
    const all = places(fresh()).filter((path) => path.length > 0 && path.at(-1) !== 'default');
    fc.assert(
      fc.property(fc.constantFrom(...all), (path) => {
        const broken = changed(path, (before) =>
          typeof before === 'object' ? 'broken' : { broken: true },
        );
        expect(catalogueProblems(broken).length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });

  it('is refused, without throwing, when it is anything else', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(catalogueProblems(value).length).toBeGreaterThan(0);
      }),
    );
  });

  it('tells the service and never a text of the catalogue', () => {
    const [problem] = catalogueProblems(set(['services', 1, 'topic', 'zh'], ''));
    expect(problem).toEqual({
      code: 'shape',
      path: 'services[1].topic.zh',
      service: 'pension-enroll',
    });
  });
});

describe('a promise within the law', () => {
  it('compares limits of different units in favour of the citizen', () => {
    expect(isWithin({ value: 3, unit: 'workday' }, { value: 3, unit: 'workday' })).toBe(true);
    expect(isWithin({ value: 0, unit: 'immediate' }, { value: 1, unit: 'hour' })).toBe(true);
    expect(isWithin({ value: 1, unit: 'hour' }, { value: 0, unit: 'immediate' })).toBe(false);
    expect(isWithin({ value: 10, unit: 'workday' }, { value: 15, unit: 'day' })).toBe(true);
    expect(isWithin({ value: 11, unit: 'workday' }, { value: 15, unit: 'day' })).toBe(false);
    expect(isWithin({ value: 15, unit: 'day' }, { value: 15, unit: 'workday' })).toBe(true);
    expect(isWithin({ value: 25, unit: 'hour' }, { value: 1, unit: 'day' })).toBe(false);
  });
});
