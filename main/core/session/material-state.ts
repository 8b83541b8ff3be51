import type {
  Material,
  MaterialCapture,
  ServiceItem,
} from '../../../domain/catalogue/catalogue.ts';
import type { Answers } from '../../../domain/catalogue/form.ts';
import { visibleFields } from '../../../domain/catalogue/visible-fields.ts';
import {
  materialHandling,
  missingMaterials,
  visibleMaterials,
} from '../../../domain/catalogue/visible-materials.ts';
import type { PageAdvice, PageSource } from '../../../domain/page-image/advice.ts';
import type { MaterialMeans } from '../../../domain/envelope/body.ts';
import type { MaterialView } from '../../contract/session-view.ts';

/** A scanned page as the rest of the session knows it. */
export interface PageInfo {
  readonly pageId: string;
  readonly materialId: string;
  readonly width: number;
  readonly height: number;
  readonly source: PageSource;
  readonly advice: readonly PageAdvice[];
  readonly aside: boolean;
}

/** What was given so far. */
export interface GivenSoFar {
  readonly applicantCard: boolean;
  readonly proxyCard: boolean;
  readonly committed: ReadonlySet<string>;
  readonly pages: readonly PageInfo[];
  /** The applicant's own social security card was read. */
  readonly securityCard: boolean;
}

/** Ways in which this terminal takes a material in, whatever a device's state at this moment. */
const HERE: ReadonlySet<MaterialCapture> = new Set(['readCard', 'scan', 'generate']);

/** Pages of one material, unless the catalogue says otherwise. */
const DEFAULT_MAX_PAGES = 10;

/** How many pages one material may have. */
export function maxPages(material: Material): number {
  return material.maxPages ?? DEFAULT_MAX_PAGES;
}

/** Whether the form asks for somebody who acts for the applicant, by these answers. */
export function wantsProxyCard(service: ServiceItem, answers: Answers): boolean {
  const visible = visibleFields(service.form, answers);
  return Object.entries(service.form.properties).some(
    ([field, schema]) =>
      visible.has(field) && schema['x-source'].some((source) => source.startsWith('proxyCard.')),
  );
}

/** A card material under the same condition as the fields of the one who acts is that person's card. */
function isProxyCard(service: ServiceItem, material: Material): boolean {
  const condition = material.visibleIf?.field;
  if (condition === undefined) return false;
  return service.form['x-sections'].some(
    (section) =>
      (section.visibleIf?.field === condition ||
        section.fields.some(
          (field) => service.form.properties[field]?.['x-visibleIf']?.field === condition,
        )) &&
      section.fields.some((field) =>
        service.form.properties[field]?.['x-source'].some((source) =>
          source.startsWith('proxyCard.'),
        ),
      ),
  );
}

/** One material with how it stands. */
export interface MaterialState {
  readonly material: Material;
  readonly view: MaterialView;
  /** How it was given; absent when it was not. */
  readonly givenBy?: MaterialMeans;
}

const MEANS = { readCard: 'card', platform: 'platform', generate: 'terminal' } as const;

function meansOf(material: Material): MaterialView['means'] {
  const handling = materialHandling(material, HERE);
  return handling === 'readCard' || handling === 'platform' || handling === 'generate'
    ? MEANS[handling]
    : 'paper';
}

function givenBy(
  service: ServiceItem,
  material: Material,
  means: MaterialView['means'],
  given: GivenSoFar,
): MaterialMeans | undefined {
  switch (means) {
    case 'card': {
      const there = isProxyCard(service, material) ? given.proxyCard : given.applicantCard;
      return there ? 'readCard' : undefined;
    }
    case 'platform':
      return 'platform';
    case 'terminal':
      return 'generate';
    case 'paper':
      if (given.securityCard && material.readFrom === 'securityCard') return 'readCard';
      if (given.pages.some(({ materialId, aside }) => materialId === material.id && !aside)) {
        return 'scan';
      }
      return given.committed.has(material.id) ? 'commitment' : undefined;
  }
}

/**
 * The materials that these answers ask for, each with how it stands. Of a group of which the card already
 * is one, the others are left out: nobody should look for a paper that is not needed.
 */
export function materialStates(
  service: ServiceItem,
  answers: Answers,
  given: GivenSoFar,
): readonly MaterialState[] {
  const byCard = new Set<string>();
  const states: MaterialState[] = [];
  for (const material of visibleMaterials(service, answers)) {
    const group = material.anyOfGroup;
    if (group !== undefined && byCard.has(group)) continue;
    const means = meansOf(material);
    const by = givenBy(service, material, means, given);
    const readable = means === 'paper' && material.readFrom === 'securityCard';
    if (group !== undefined && by === 'readCard') byCard.add(group);
    states.push({
      material,
      view: {
        materialId: material.id,
        means,
        given: by === undefined ? 'notYet' : by === 'commitment' ? 'committed' : 'given',
        required: false,
        securityCard: readable ? (given.securityCard ? 'read' : 'possible') : 'no',
        commitmentPossible: material.commitmentReplace === true,
        pages: given.pages
          .filter(({ materialId }) => materialId === material.id)
          .map(({ pageId, width, height, source, advice, aside }) => ({
            pageId,
            width,
            height,
            source,
            advice: [...advice],
            aside,
          })),
      },
      ...(by === undefined ? {} : { givenBy: by }),
    });
  }
  const needed = neededIds(states);
  return states.map((state) => ({
    ...state,
    view: { ...state.view, required: needed.has(state.material.id) },
  }));
}

/** Necessary ones, without those of a group of which another one was given. */
function neededIds(states: readonly MaterialState[]): ReadonlySet<string> {
  return new Set(
    states
      .filter(({ material }) => {
        if (material.necessity !== 1) return false;
        const group = material.anyOfGroup;
        if (group === undefined) return true;
        return !states.some(
          (other) =>
            other.material.id !== material.id &&
            other.material.anyOfGroup === group &&
            other.givenBy !== undefined,
        );
      })
      .map(({ material }) => material.id),
  );
}

/** Whether every necessary material is there. */
export function materialsComplete(
  service: ServiceItem,
  answers: Answers,
  states: readonly MaterialState[],
): boolean {
  const given = states.filter((state) => state.givenBy !== undefined);
  const ids = new Set(given.map(({ material }) => material.id));
  return missingMaterials(service, answers, ids).length === 0;
}
