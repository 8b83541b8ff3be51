import type { Catalogue, Material, ServiceItem, TimeLimit } from './catalogue.ts';
import { ITEM_TYPES_ON_APPLICATION, catalogueShape } from './catalogue-shape.ts';
import { checkForm, conditionProblem, type FormProblemCode } from './check-form.ts';

/** What can be wrong with a catalogue. */
export type CatalogueProblemCode =
  | FormProblemCode
  /** A member is missing, empty (also a text in one of the languages), of another kind, or unknown. */
  | 'shape'
  | 'idTwice'
  | 'codeTwice'
  | 'codeLength'
  | 'codesNotNested'
  | 'divisionOutsideRegion'
  | 'itemTypeNotOnApplication'
  | 'promiseAboveLegalLimit'
  | 'groupOfOne'
  | 'groupMixed';

/** One thing that keeps a catalogue from being used. Names places, holds no texts. */
export interface CatalogueProblem {
  readonly code: CatalogueProblemCode;
  /** `services[0].form.properties.name`, from the catalogue on. */
  readonly path: string;
  /** Id of the service, when it is in one. */
  readonly service?: string;
}

function twice(values: readonly string[]): readonly number[] {
  return values.flatMap((value, at) => (values.indexOf(value) < at ? [at] : []));
}

/** Length in days, in favour of the citizen: a workday is at least a day long, and at most 7/5 of one on the whole. */
function days(limit: TimeLimit, workdayInDays: number): number {
  switch (limit.unit) {
    case 'immediate':
      return 0;
    case 'hour':
      return limit.value / 24;
    case 'day':
      return limit.value;
    case 'workday':
      return limit.value * workdayInDays;
  }
}

/** Whether a promise keeps within the law's limit. Units may differ; then the promise is taken long and the law's limit short. */
export function isWithin(promised: TimeLimit, legal: TimeLimit): boolean {
  if (promised.unit === legal.unit) return days(promised, 1) <= days(legal, 1);
  return days(promised, 7 / 5) <= days(legal, 1);
}

/** Codes by C0109: 12 (basic), 31 = credit code 18 + level 1 + basic 12, 33 = 31 + sequence 2. */
function codeProblems(service: ServiceItem): readonly CatalogueProblemCode[] {
  const { basicCode, implCode, handleItemCode } = service.codes;
  const { creditCode } = service.department;
  const right =
    /^[0-9A-Z]{12}$/.test(basicCode) &&
    /^[0-9A-Z]{31}$/.test(implCode) &&
    /^[0-9A-Z]{31}\d{2}$/.test(handleItemCode) &&
    /^[0-9A-HJ-NPQRTUWXY]{18}$/.test(creditCode);
  if (!right) return ['codeLength'];
  const nested =
    implCode.startsWith(creditCode) &&
    /[1-7]/.test(implCode.charAt(18)) &&
    implCode.endsWith(basicCode) &&
    handleItemCode.startsWith(implCode);
  return nested ? [] : ['codesNotNested'];
}

function groupProblem(
  material: Material,
  all: readonly Material[],
): CatalogueProblemCode | undefined {
  if (material.anyOfGroup === undefined) return undefined;
  const group = all.filter(({ anyOfGroup }) => anyOfGroup === material.anyOfGroup);
  if (group.length < 2) return 'groupOfOne';
  return group.every(({ necessity }) => necessity === material.necessity)
    ? undefined
    : 'groupMixed';
}

function serviceProblems(service: ServiceItem, path: string): readonly CatalogueProblem[] {
  const found: CatalogueProblem[] = [];
  const add = (code: CatalogueProblemCode, at: string): number =>
    found.push({ code, path: `${path}.${at}`, service: service.id });
  for (const code of codeProblems(service)) add(code, 'codes');
  if (!(ITEM_TYPES_ON_APPLICATION as readonly string[]).includes(service.itemType.code)) {
    add('itemTypeNotOnApplication', 'itemType.code');
  }
  if (!isWithin(service.promisedLimit, service.legalLimit)) {
    add('promiseAboveLegalLimit', 'promisedLimit');
  }
  for (const at of twice(service.materials.map(({ id }) => id))) add('idTwice', `materials[${at}]`);
  service.materials.forEach((material, at) => {
    const group = groupProblem(material, service.materials);
    if (group !== undefined) add(group, `materials[${at}].anyOfGroup`);
    const condition = conditionProblem(service.form, material.visibleIf);
    if (condition !== undefined) add(condition, `materials[${at}].visibleIf`);
  });
  for (const problem of checkForm(service.form)) add(problem.code, `form.${problem.path}`);
  return found;
}

function relationProblems(catalogue: Catalogue): readonly CatalogueProblem[] {
  const { services, divisions, region } = catalogue;
  const found: CatalogueProblem[] = [];
  for (const at of twice(services.map(({ id }) => id))) {
    found.push({ code: 'idTwice', path: `services[${at}].id` });
  }
  for (const at of twice(services.map(({ codes }) => codes.handleItemCode))) {
    found.push({ code: 'codeTwice', path: `services[${at}].codes.handleItemCode` });
  }
  for (const at of twice(divisions.map(({ code }) => code))) {
    found.push({ code: 'codeTwice', path: `divisions[${at}].code` });
  }
  divisions.forEach(({ code }, at) => {
    if (!code.startsWith(region.code)) {
      found.push({ code: 'divisionOutsideRegion', path: `divisions[${at}].code` });
    }
  });
  services.forEach((service, at) => {
    found.push(...serviceProblems(service, `services[${at}]`));
  });
  return found;
}

/** What came of the check: the catalogue, or why it must not be used. */
export type CheckedCatalogue =
  | { readonly ok: true; readonly catalogue: Catalogue }
  | { readonly ok: false; readonly problems: readonly CatalogueProblem[] };

/**
 * Everything that is wrong with a catalogue; empty when it may be used. Takes anything that came over
 * the wire: when the shape is wrong, only that is told.
 */
export function catalogueProblems(value: unknown): readonly CatalogueProblem[] {
  const wrong: CatalogueProblem[] = [];
  catalogueShape(value, '$', (path) => {
    const service = /^\$\.services\[(\d+)\]/.exec(path)?.[1];
    wrong.push({ code: 'shape', path: path.slice(2), ...serviceName(value, service) });
  });
  return wrong.length > 0 ? wrong : relationProblems(value as Catalogue);
}

/** Checks a catalogue whole, before it may be activated. */
export function checkCatalogue(value: unknown): CheckedCatalogue {
  const problems = catalogueProblems(value);
  return problems.length === 0
    ? { ok: true, catalogue: value as Catalogue }
    : { ok: false, problems };
}

function serviceName(value: unknown, at: string | undefined): { readonly service?: string } {
  const services: unknown = (value as { readonly services?: unknown } | null)?.services;
  if (at === undefined || !Array.isArray(services)) return {};
  const service: unknown = services[Number(at)];
  const id: unknown = (service as { readonly id?: unknown } | null)?.id;
  return typeof id === 'string' && /^[A-Za-z][\w-]{0,63}$/.test(id) ? { service: id } : {};
}
