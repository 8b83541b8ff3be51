import { describe, expect, it } from 'vitest';
import type { Fault } from '../../domain/device/fault.ts';
import { ok, type Result } from '../../domain/result.ts';
import { encodeApdu, exchange, readAnswer, statusText } from './apdu.ts';
import type { CardLink } from './connection.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

/** A card that gives these answers, one after the other, and writes down what it was asked. */
function scripted(...answers: readonly string[]): { link: CardLink; asked: string[] } {
  const asked: string[] = [];
  const left = [...answers];
  const link: CardLink = {
    transmit: (apdu): Promise<Result<Uint8Array, Fault>> => {
      asked.push(hex(apdu));
      return Promise.resolve(ok(bytes(left.shift() ?? '6f00')));
    },
    close: () => Promise.resolve(),
  };
  return { link, asked };
}

describe('a short command', () => {
  it('has its bytes as the rules of the card write them', () => {
    expect(hex(encodeApdu({ ins: 0xa4, p1: 2, p2: 0, data: bytes('ef05') }))).toBe(
      '00a4020002ef05',
    );
    expect(hex(encodeApdu({ ins: 0xb2, p1: 7, p2: 0x2c, le: 11 }))).toBe('00b2072c0b');
    expect(hex(encodeApdu({ ins: 0xb2, p1: 1, p2: 4, le: 256 }))).toBe('00b2010400');
    expect(() => encodeApdu({ ins: 0xa4, p1: 0, p2: 0, data: new Uint8Array(256) })).toThrow();
  });

  it('has an answer that ends with its status', () => {
    expect(readAnswer(bytes('0702abcd9000'))).toEqual({ data: bytes('0702abcd'), sw: 0x9000 });
    expect(readAnswer(bytes('90'))).toBeUndefined();
    expect(statusText(0x6a82)).toBe('SW 6A82');
  });
});

describe('an exchange', () => {
  const read = { ins: 0xb2, p1: 8, p2: 0, le: 20 };

  it('asks for what the card keeps back, piece by piece', async () => {
    const { link, asked } = scripted('6103', 'aabb6102', 'cc9000');
    const answer = await exchange(link, read, 100);
    expect(answer).toEqual(ok({ data: bytes('aabbcc'), sw: 0x9000 }));
    expect(asked).toEqual(['00b2080014', '00c0000003', '00c0000002']);
  });

  it('repeats with the length that the card names', async () => {
    const { link, asked } = scripted('6c14', `0812${'30'.repeat(18)}9000`);
    expect(await exchange(link, read, 100)).toMatchObject({ ok: true, value: { sw: 0x9000 } });
    expect(asked).toEqual(['00b2080014', '00b2080014']);
  });

  it('repeats with any length when the card names none, once', async () => {
    const { link, asked } = scripted('6700', '6700');
    expect(await exchange(link, read, 100)).toMatchObject({ ok: true, value: { sw: 0x6700 } });
    expect(asked).toEqual(['00b2080014', '00b2080000']);
  });

  it('does not follow a card that asks for ever', async () => {
    const { link, asked } = scripted(...new Array<string>(50).fill('6101'));
    expect(await exchange(link, read, 100)).toMatchObject({
      ok: false,
      error: { code: 'device.protocol' },
    });
    expect(asked.length).toBeLessThan(10);
  });
});
