import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEMO_PERSONAS } from '../../drivers/simulator-host/personas.ts';
import { findTraces } from './traces.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'bianmin-traces-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

describe('the search for what a person left behind can fail', () => {
  it.each(['utf8', 'utf16le', 'utf16be', 'gb18030'])(
    'finds every persona in %s',
    async (encoding) => {
      for (const persona of DEMO_PERSONAS) {
        const name = persona.card.name === '' ? (persona.card.latinName ?? '') : persona.card.name;
        writeFileSync(
          join(dir, 'f'),
          Buffer.concat([Buffer.alloc(3, 1), iconv.encode(name, encoding)]),
        );
        expect(await findTraces(persona, [dir])).not.toEqual([]);
        writeFileSync(join(dir, 'f'), iconv.encode(`x${persona.card.idNumber}`, encoding));
        expect(await findTraces(persona, [dir])).not.toEqual([]);
      }
    },
  );

  it('finds nothing where nothing is', async () => {
    writeFileSync(join(dir, 'f'), 'nobody was here');
    for (const persona of DEMO_PERSONAS) expect(await findTraces(persona, [dir])).toEqual([]);
  });

  it('looks into the clear part before sealed bytes', async () => {
    const [persona] = DEMO_PERSONAS;
    const sealed = 'age-encryption.org/v1\n-> X25519 a\n--- mac\n';
    writeFileSync(join(dir, 'f'), `${persona?.card.name ?? ''}\n${sealed}`);
    expect(await findTraces(persona!, [dir])).not.toEqual([]);
  });

  it('looks at file names too', async () => {
    const [persona] = DEMO_PERSONAS;
    writeFileSync(join(dir, persona?.card.idNumber ?? ''), '');
    expect(await findTraces(persona!, [dir])).not.toEqual([]);
  });
});
