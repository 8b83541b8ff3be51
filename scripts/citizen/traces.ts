import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import type { DemoPersona } from '../../drivers/simulator-host/personas.ts';

/** A place where something of a person can be read. Never says what was found, only of which kind. */
export interface Trace {
  readonly file: string;
  readonly what: string;
  readonly encoding: string;
}

interface Pattern {
  readonly what: string;
  readonly encoding: string;
  readonly bytes: Buffer;
}

const ENCODINGS = ['utf8', 'utf16le', 'utf16be', 'gb18030'] as const;

/** Random bytes hold a given 4-byte pattern once in 4 GB: shorter ones are not looked for in ciphertext. */
const SURE_BYTES = 6;

/** What would give a persona away: name, numbers, address, in every encoding that is looked for. */
export function patternsOf(persona: DemoPersona): readonly Pattern[] {
  const { card, answers } = persona;
  const texts: readonly (readonly [what: string, text: string | undefined])[] = [
    ['name', card.name],
    ['latinName', card.latinName],
    ['idNumber', card.idNumber],
    ['passNumber', card.passNumber],
    ['cardAddress', card.address],
    ['newestAddress', card.newestAddress],
    ['mobile', answers.mobile],
    ['bankAccount', answers.bankAccount],
    ['residence', answers.residence.detail],
  ];
  return texts.flatMap(([what, text]) =>
    text === undefined || text === ''
      ? []
      : ENCODINGS.map((encoding) => ({ what, encoding, bytes: iconv.encode(text, encoding) })),
  );
}

/** Where the ciphertext of an age file begins, behind the `--- ` line; undefined when it is none. */
function ciphertextStart(file: Buffer): number | undefined {
  const age = file.indexOf('age-encryption.org/v1\n');
  if (age < 0) return undefined;
  const mac = file.indexOf('\n--- ', age);
  const end = mac < 0 ? -1 : file.indexOf('\n', mac + 1);
  return end < 0 ? undefined : end + 1;
}

async function* filesBelow(dir: string): AsyncGenerator<string> {
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) yield path;
  }
}

/** Looks for a persona in every file below some folders, file names included. */
export async function findTraces(
  persona: DemoPersona,
  dirs: readonly string[],
): Promise<readonly Trace[]> {
  const patterns = patternsOf(persona);
  const traces: Trace[] = [];
  for (const dir of dirs) {
    if (!(await stat(dir).catch(() => undefined))?.isDirectory()) continue;
    for await (const file of filesBelow(dir)) {
      const bytes = await readFile(file);
      const clear = bytes.subarray(0, ciphertextStart(bytes) ?? bytes.length);
      for (const { what, encoding, bytes: pattern } of patterns) {
        const where = pattern.length < SURE_BYTES ? clear : bytes;
        if (where.includes(pattern) || Buffer.from(file).includes(pattern)) {
          traces.push({ file: file.slice(dir.length + 1), what, encoding });
        }
      }
    }
  }
  return traces;
}
