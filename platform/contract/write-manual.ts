/** Writes docs/platform-contract.md: `node scripts/node24.mjs platform/contract/write-manual.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { contractManual } from './manual.ts';

const file = join(import.meta.dirname, '..', '..', 'docs', 'platform-contract.md');
const options = await resolveConfig(file);
writeFileSync(file, await format(contractManual(), { ...options, parser: 'markdown' }));
