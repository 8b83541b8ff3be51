/** Writes search-keys.ts beside it: `node scripts/node24.mjs kiosk-config/catalogue/write-search-keys.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { searchedNames } from './build-catalogue.ts';
import { DEMO_SERVICES } from './index.ts';
import { searchKey } from './pinyin.ts';

const file = join(import.meta.dirname, 'search-keys.ts');
const names = [...new Set(DEMO_SERVICES.flatMap(searchedNames))].sort();
const table = Object.fromEntries(names.map((name) => [name, searchKey(name)]));
const text = `/** Pinyin of the names in the demo catalogue. Written by write-search-keys.ts, not by hand. */
export const SEARCH_KEYS: Readonly<Record<string, string>> = ${JSON.stringify(table)};
`;
writeFileSync(file, await format(text, { ...(await resolveConfig(file)), parser: 'typescript' }));
