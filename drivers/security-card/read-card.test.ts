import { describe, expect, it } from 'vitest';
import { ok } from '../../domain/result.ts';
import { demoPersona } from '../simulator-host/personas.ts';
import type { CardLink } from './connection.ts';
import { readSecurityCard } from './read-card.ts';
import { DEMO_ENVIRONMENT, encodeSecurityCard, securityCardOf } from './simulator/card-files.ts';
import { SimulatedChip } from './simulator/chip.ts';

const OPTIONS = { commandMs: 1_000, today: '20261123' };

/** The card of a persona, some of whose answers are changed. */
function cardWith(change: (command: string, answer: Uint8Array) => Uint8Array): CardLink {
  const persona = demoPersona('returnee');
  if (persona === undefined) throw new Error('no persona');
  const files = encodeSecurityCard(securityCardOf(persona));
  const chip = new SimulatedChip({ environment: DEMO_ENVIRONMENT, files });
  return {
    transmit: (apdu) => {
      const command = Buffer.from(apdu).toString('hex');
      return Promise.resolve(ok(change(command, chip.transmit(apdu))));
    },
    close: () => Promise.resolve(),
  };
}

describe('reading a card', () => {
  it('takes no value under another tag than the one asked for, and looks for it by record number', async () => {
    const other = `0f12${Buffer.from('500199194103050013').toString('hex')}9000`;
    const asked: string[] = [];
    const link = cardWith((command, answer) => {
      asked.push(command);
      return command.startsWith('00b20800') ? Uint8Array.from(Buffer.from(other, 'hex')) : answer;
    });
    const result = await readSecurityCard(link, OPTIONS);
    expect(result).toMatchObject({ ok: true, value: { data: { number: '500199196609090011' } } });
    expect(asked).toContain('00b2013400');
  });

  it('sends the commands as the rules of the card write them', async () => {
    const asked: string[] = [];
    await readSecurityCard(
      cardWith((command, answer) => {
        asked.push(command);
        return answer;
      }),
      OPTIONS,
    ).then(({ ok: read }) => expect(read).toBe(true));
    expect(asked.slice(0, 6)).toEqual([
      '00a404000f7378312e73682ec9e7bbe1b1a3d5cf',
      '00a4020002ef05',
      '00b204000e',
      '00b2050006',
      '00b2060006',
      '00b207000b',
    ]);
    expect(asked.slice(6)).toEqual([
      '00a4020002ef06',
      '00b2080014',
      '00b2090020',
      '00b24e0016',
      '00b20d0006',
    ]);
  });
});
