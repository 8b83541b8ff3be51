import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCleanText } from '../../domain/catalogue/characters.ts';
import { isRealDate } from '../../domain/identity/calendar-date.ts';
import { hasSecurityNumberShape } from '../../domain/identity/security-card.ts';
import { ok } from '../../domain/result.ts';
import { DEMO_PERSONAS } from '../simulator-host/personas.ts';
import type { CardLink } from './connection.ts';
import { CONFORMANCE_TODAY } from './conformance.ts';
import { encodeLengthFrame, LengthFrames } from './length-frames.ts';
import { readSecurityCard } from './read-card.ts';
import { DEMO_ENVIRONMENT, encodeSecurityCard, securityCardOf } from './simulator/card-files.ts';
import { SimulatedChip } from './simulator/chip.ts';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 100);
const OPTIONS = { commandMs: 1_000, today: CONFORMANCE_TODAY };

/** A link to whatever answers. Says how often it was asked. */
function linkTo(answer: (command: Uint8Array) => Uint8Array): CardLink & { asked: number } {
  const link = {
    asked: 0,
    transmit: (command: Uint8Array) => {
      link.asked += 1;
      return Promise.resolve(ok(answer(command)));
    },
    close: () => Promise.resolve(),
  };
  return link;
}

const persona = fc.constantFrom(...DEMO_PERSONAS);
const status = fc.constantFrom(0x9000, 0x6101, 0x61ff, 0x6c14, 0x6c00, 0x6a83, 0x6982, 0x6f00, 0);

describe('any answers of a card', () => {
  it('are refused by name or give a whole reading, and never without end', async () => {
    const answers = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 64 }),
        fc
          .tuple(fc.uint8Array({ maxLength: 40 }), status)
          .map(([data, sw]) => Uint8Array.from([...data, sw >> 8, sw & 0xff])),
        fc
          .tuple(fc.integer({ min: 0, max: 0x50 }), fc.uint8Array({ maxLength: 34 }))
          .map(([tag, value]) => Uint8Array.from([tag, value.length, ...value, 0x90, 0x00])),
      ),
      { minLength: 1, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(answers, async (said) => {
        let next = 0;
        const link = linkTo(() => said[next++ % said.length] ?? new Uint8Array(0));
        const result = await readSecurityCard(link, OPTIONS);
        expect(link.asked).toBeLessThan(250);
        if (result.ok) {
          expect(hasSecurityNumberShape(result.value.data.number)).toBe(true);
        } else {
          expect(result.error.code).toMatch(/^(securityCard|device)\./);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('that are changed in one byte give fields of this very card, or none', async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(
        persona,
        persona,
        fc.nat(20),
        fc.nat(),
        fc.nat(255),
        async (earlier, own, at, where, byte) => {
          const chip = (of: typeof own): SimulatedChip =>
            new SimulatedChip({
              environment: DEMO_ENVIRONMENT,
              files: encodeSecurityCard(securityCardOf(of)),
            });
          const first = chip(earlier);
          const before = await readSecurityCard(
            linkTo((command) => first.transmit(command)),
            OPTIONS,
          );
          expect(before.ok).toBe(true);
          const second = chip(own);
          let count = 0;
          const result = await readSecurityCard(
            linkTo((command) => {
              const answer = second.transmit(command);
              if (count++ === at) answer[where % answer.length] = byte;
              return answer;
            }),
            OPTIONS,
          );
          if (!result.ok) return;
          accepted += 1;
          const { data } = result.value;
          const card = securityCardOf(own);
          // Changed digits of a number are another number of eighteen characters: at most one differs.
          const differs = Array.from(data.number).filter((c, i) => c !== card.number[i]).length;
          expect(differs).toBeLessThanOrEqual(1);
          expect(isCleanText(data.name)).toBe(true);
          for (const date of [data.birthDate, data.issuedOn, data.validTo]) {
            expect(date === undefined || isRealDate(date)).toBe(true);
          }
          if (earlier.card.idNumber !== own.card.idNumber) {
            expect(data.number).not.toBe(earlier.card.idNumber);
            expect(data.cardNumber ?? '').not.toBe(securityCardOf(earlier).cardNumber);
          }
        },
      ),
      { numRuns: RUNS },
    );
    // A property that only ever saw refusals would say nothing.
    expect(accepted).toBeGreaterThan(RUNS / 4);
  });
});

describe('any bytes on the line', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 9 });
  const cut = (from: Uint8Array, pieces: readonly number[]): readonly string[] => {
    const frames = new LengthFrames();
    const found: string[] = [];
    for (let at = 0, i = 0; at < from.length; i++) {
      const size = pieces[i % pieces.length] ?? 1;
      for (const frame of frames.push(from.subarray(at, at + size))) {
        found.push(Buffer.from(frame).toString('hex'));
      }
      at += size;
    }
    return found;
  };

  it('give the same frames in whatever pieces they come', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 8 }),
        fc.uint8Array({ maxLength: 9 }),
        sizes,
        (payloads, scrap, pieces) => {
          const stream = [...payloads.flatMap((one) => [...encodeLengthFrame(one)]), ...scrap];
          const from = Uint8Array.from(stream);
          const whole = cut(from, [from.length + 1]);
          expect(cut(from, pieces)).toEqual(whole);
          const sent = payloads.map((one) => Buffer.from(one).toString('hex'));
          expect(whole.slice(0, sent.length)).toEqual(sent);
        },
      ),
      { numRuns: RUNS },
    );
  });
});
