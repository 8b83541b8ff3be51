/** Writes docs/faults.md: `node scripts/node24.mjs scripts/docs/write-faults.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { faultManual } from './fault-manual.ts';

const file = join(import.meta.dirname, '..', '..', 'docs', 'faults.md');
const options = await resolveConfig(file);
writeFileSync(file, await format(faultManual(), { ...options, parser: 'markdown' }));
