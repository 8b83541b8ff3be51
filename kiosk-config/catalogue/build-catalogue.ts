import { pinyin } from 'pinyin-pro';
import type { Catalogue, ServiceItem } from '../../domain/catalogue/catalogue.ts';
import type { ServiceSource } from './parts.ts';
import { DIVISIONS, REGION } from './regions.ts';

/** Pinyin of a name by syllables, as `ServiceItem.searchKeys` has it; characters without a reading are left out. */
export function searchKey(name: string): string {
  return pinyin(name, { toneType: 'none', v: true, type: 'array', nonZh: 'removed' })
    .map((syllable) => syllable.toLowerCase().replaceAll(/[^a-z]/g, ''))
    .filter((syllable) => syllable !== '')
    .join(' ');
}

/** Adds what searching needs. */
export function withSearchKeys(source: ServiceSource): ServiceItem {
  const keys = [source.name.zh, ...source.aliases].map(searchKey).filter((key) => key !== '');
  return { ...source, searchKeys: [...new Set(keys)] };
}

/** Makes a catalogue of the district. It is made at build time and goes to terminals as data. */
export function buildCatalogue(
  sources: readonly ServiceSource[],
  version: { readonly catalogueVersion: string; readonly publishedAt: string },
): Catalogue {
  return {
    schemaVersion: 1,
    ...version,
    region: REGION,
    divisions: DIVISIONS,
    services: sources.map(withSearchKeys),
  };
}
