import type { Catalogue, ServiceItem } from '../../domain/catalogue/catalogue.ts';
import type { ServiceSource } from './parts.ts';
import { DIVISIONS, REGION } from './regions.ts';

/** Pinyin of names, as `ServiceItem.searchKeys` has it; `''` for a name without a reading. */
export type SearchKeys = Readonly<Record<string, string>>;

/** The names of a service that are searched for. */
export function searchedNames({ name, aliases }: ServiceSource): readonly string[] {
  return [name.zh, ...aliases];
}

/**
 * Makes a catalogue of the district. It is made at build time and goes to terminals as data.
 * @param searchKeys of every name that is searched for
 */
export function buildCatalogue(
  sources: readonly ServiceSource[],
  version: { readonly catalogueVersion: string; readonly publishedAt: string },
  searchKeys: SearchKeys,
): Catalogue {
  const withSearchKeys = (source: ServiceSource): ServiceItem => {
    const keys = searchedNames(source).flatMap((name) => searchKeys[name] || []);
    return { ...source, searchKeys: [...new Set(keys)] };
  };
  return {
    schemaVersion: 1,
    ...version,
    region: REGION,
    divisions: DIVISIONS,
    services: sources.map(withSearchKeys),
  };
}
