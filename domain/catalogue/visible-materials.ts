import type { Material, MaterialCapture, ServiceItem } from './catalogue.ts';
import { holds } from './conditions.ts';
import type { Answers } from './form.ts';
import { relevantAnswers } from './visible-fields.ts';

/** How a material is to be had at this terminal, now. */
export type MaterialHandling =
  /** The card on the reader is the material. */
  | 'readCard'
  /** The citizen lays it on the scanner. */
  | 'scan'
  /** The citizen shows a code. */
  | 'qr'
  /** The terminal makes it from the answers. */
  | 'generate'
  /** The platform verifies it by itself; nobody is asked for it (平台核验，不用交). */
  | 'platform'
  /** Nothing here can take it in, but a signed commitment may stand in for it. */
  | 'commitment'
  /** Nothing here can take it in. */
  | 'elsewhere';

/** The materials that belong to these answers, in the order of the guide. */
export function visibleMaterials(service: ServiceItem, answers: Answers): readonly Material[] {
  const relevant = relevantAnswers(service.form, answers);
  return service.materials.filter(
    ({ visibleIf }) => visibleIf === undefined || holds(visibleIf, relevant),
  );
}

/**
 * How a material is to be had here: the first of its ways that this terminal has now. `fetch` as its
 * only way means that the platform asks its own registers, also after an application made offline.
 *
 * @param here - ways that this terminal has at this moment
 */
export function materialHandling(
  material: Material,
  here: ReadonlySet<MaterialCapture>,
): MaterialHandling {
  if (material.capture.every((way) => way === 'fetch')) return 'platform';
  const way = material.capture.find((candidate) => here.has(candidate));
  if (way === 'fetch') return 'platform';
  if (way !== undefined) return way;
  return material.commitmentReplace === true ? 'commitment' : 'elsewhere';
}

/**
 * Necessary materials that are still missing: those to be handed in later (容缺后补) and unnecessary
 * ones never are, what the platform verifies is not, and of a group one is enough.
 *
 * @param given - ids of the materials that were given, in whatever way, a commitment included
 */
export function missingMaterials(
  service: ServiceItem,
  answers: Answers,
  given: ReadonlySet<string>,
): readonly Material[] {
  const visible = visibleMaterials(service, answers);
  const isThere = (material: Material): boolean =>
    given.has(material.id) || material.capture.every((way) => way === 'fetch');
  return visible.filter((material) => {
    if (material.necessity !== 1 || isThere(material)) return false;
    if (material.anyOfGroup === undefined) return true;
    return !visible.some((other) => other.anyOfGroup === material.anyOfGroup && isThere(other));
  });
}
