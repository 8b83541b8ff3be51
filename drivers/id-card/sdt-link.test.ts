import { describe, expect, it } from 'vitest';
import { ok } from '../../domain/result.ts';
import { HeldClock, HeldLine } from '../code-scanner/scanner-test-support.ts';
import { systemClock } from '../transport/system-clock.ts';
import type { ByteLine } from '../transport/transport.ts';
import { SDT } from './sdt-commands.ts';
import { encodeFrame } from './sdt-frame.ts';
import { SdtLink } from './sdt-link.ts';

/** A line whose far end answers every request with these bytes, in these pieces. */
function lineThatAnswers(pieces: readonly Uint8Array[]): ByteLine {
  let hear: (bytes: Uint8Array) => void = () => undefined;
  return {
    onData: (listener) => {
      hear = listener;
      return () => undefined;
    },
    onClose: () => () => undefined,
    write: () => {
      for (const piece of pieces) hear(piece);
      return Promise.resolve(ok(undefined));
    },
    close: () => Promise.resolve(),
  };
}

describe('a request over a noisy line', () => {
  it('finds its answer inside what looked like a much longer frame', async () => {
    const noise = Uint8Array.of(0xaa, 0xaa, 0xaa, 0x96, 0x69, 0x05, 0x08, 0x00);
    const answer = encodeFrame(Uint8Array.of(0, 0, 0x90));
    const link = new SdtLink(
      lineThatAnswers([noise, answer]),
      systemClock,
      new AbortController().signal,
      30,
    );
    const outcome = await link.exchange(SDT.samStatus, 15_000);
    expect(outcome).toMatchObject({ type: 'good' });
  });

  it('takes an answer whose rest comes late, as it does on a busy machine', async () => {
    const clock = new HeldClock();
    const line = new HeldLine();
    const link = new SdtLink(line, clock, new AbortController().signal, 200);
    const outcome = link.exchange(SDT.select, 1_000);
    const answer = encodeFrame(Uint8Array.from([0, 0, 0x90, ...new Uint8Array(8).fill(1)]));
    line.send(answer.subarray(0, 9));
    await clock.pass(700);
    line.send(answer.subarray(9));
    expect(await outcome).toEqual({ type: 'good', data: new Uint8Array(8).fill(1) });
  });

  it('takes no answer of another size for its own, and the right one behind it', async () => {
    const late = encodeFrame(Uint8Array.from([0, 0, 0x90, ...new Uint8Array(16).fill(7)]));
    const selected = encodeFrame(Uint8Array.from([0, 0, 0x90, ...new Uint8Array(8).fill(1)]));
    const link = new SdtLink(
      lineThatAnswers([late, selected]),
      systemClock,
      new AbortController().signal,
      30,
    );
    const outcome = await link.exchange(SDT.select, 15_000);
    expect(outcome).toEqual({ type: 'good', data: new Uint8Array(8).fill(1) });
  });
});
