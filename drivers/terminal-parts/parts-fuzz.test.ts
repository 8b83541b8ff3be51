import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeyName } from './contract.ts';
import { encodeLine } from './parts-line.ts';
import { Bench } from './parts-test-support.ts';

const KEYS: readonly KeyName[] = ['up', 'down', 'select', 'back'];
const noise = fc.uint8Array({ maxLength: 40 });
const spice = fc.oneof(
  noise,
  fc.constantFrom(
    ...['<', '<01 EV key select down', '*BBCC\r\n', '<01 EV key select down*BBCC\r\n', '\n'].map(
      (text) => Uint8Array.from(Buffer.from(text, 'latin1')),
    ),
    encodeLine('>', '01 EV key select down'),
    encodeLine('<', '01 IAM 1 0000 other 1 door'),
    encodeLine('<', '01 ACK'),
  ),
);

/** A line whose noise is drawn: sometimes bytes before, a byte turned, a line lost, and cuts anywhere. */
function meddler(draws: readonly number[]): (bytes: Uint8Array) => readonly Uint8Array[] {
  let at = 0;
  const draw = (below: number): number => {
    at += 1;
    return (draws[at % draws.length] ?? 0) % below;
  };
  return (bytes) => {
    const kind = draw(8);
    if (kind === 0) return [];
    const bad = kind === 1 ? bytes.with(draw(bytes.length), draw(256)) : bytes;
    const before = kind === 2 ? [Uint8Array.from({ length: draw(30) }, () => draw(256))] : [];
    const cut = draw(bytes.length + 1);
    return [...before, bad.subarray(0, cut), bad.subarray(cut)];
  };
}

describe('the driver of the parts board on a bad line', () => {
  it('tells nothing, throws nothing and closes, whatever bytes come from something that is no board', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(spice, { maxLength: 20 }), async (said) => {
        const bench = new Bench();
        bench.toBoard = () => [];
        await bench.parts.open();
        for (const bytes of said) {
          bench.deliver(bytes);
          await bench.clock.pass(400);
        }
        expect(bench.events).toEqual([]);
        expect(bench.parts.capabilities.keys).toEqual([]);
        expect(bench.states.filter((state) => state !== 'unknown')).toEqual([]);
        await bench.close();
      }),
      { numRuns: 60 },
    );
  });

  it('tells nothing that noise says in the middle of a session', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(spice, { maxLength: 20 }), async (said) => {
        const bench = await new Bench().online();
        for (const bytes of said) {
          bench.deliver(bytes);
          await bench.clock.pass(130);
        }
        await bench.clock.pass(5_000);
        expect(bench.story.filter((word) => word !== 'snapshot')).toEqual([]);
        expect(bench.states).toEqual(['online']);
        await bench.close();
      }),
      { numRuns: 60 },
    );
  });

  // The seed is fixed: a CRC of 16 bits lets one in 65536 of badly broken lines through, and no test may depend on luck.
  it('tells each press at most once and in order, and ends with what the board holds', async () => {
    const step = fc.tuple(fc.constantFrom(...KEYS), fc.boolean(), fc.integer({ max: 900, min: 0 }));
    const draws = fc.array(fc.nat({ max: 65_535 }), { minLength: 40, maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 12 }),
        draws,
        draws,
        async (steps, out, back) => {
          const bench = await new Bench().online();
          const pressed: string[] = [];
          bench.toBoard = meddler(out);
          bench.toTerminal = meddler(back);
          for (const [key, open, waitMs] of steps) {
            pressed.push(`key ${key}`);
            bench.board.press(key, true);
            bench.board.press(key, false);
            bench.board.sense({ door: open ? 'open' : 'closed' });
            await bench.clock.pass(waitMs);
          }
          bench.toBoard = bench.toTerminal = (bytes) => [bytes];
          await bench.clock.pass(30_000);
          const told = bench.story.filter((word) => word.startsWith('key'));
          let from = 0;
          for (const word of told) {
            const found = pressed.indexOf(word, from);
            expect(found, `${told.join()} of ${pressed.join()}`).toBeGreaterThanOrEqual(0);
            from = found + 1;
          }
          expect(bench.parts.status).toEqual({ state: 'online' });
          expect(bench.parts.state.door).toBe(bench.board.state.door);
          expect(bench.parts.state.stuck).toEqual([]);
          await bench.close();
        },
      ),
      { numRuns: 60, seed: 20_261_123 },
    );
  });
});
