import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectedData } from './conformance.ts';
import { parseNewestAddress, parseSdtText } from './sdt-text.ts';
import { DEMO_PERSONAS, demoPersona } from '../simulator-host/personas.ts';
import type { DemoCard } from '../simulator-host/personas.ts';
import { encodeCardText, encodeNewestAddress } from './simulator/encode-text.ts';

function card(id: string): DemoCard {
  return demoPersona(id)!.card;
}

function put(text: Uint8Array, offset: number, value: string): Uint8Array {
  const changed = text.slice();
  for (let i = 0; i < value.length; i++) {
    changed[offset + 2 * i] = value.charCodeAt(i) & 0xff;
    changed[offset + 2 * i + 1] = value.charCodeAt(i) >> 8;
  }
  return changed;
}

const PERMIT: DemoCard = {
  kind: 'hkMoTwResidence',
  name: '测试丁',
  sex: '1',
  birthDate: '19900101',
  address: '重庆市铜梁区巴川街道龙门街1号',
  idNumber: '810000199001010012',
  issuer: '重庆市公安局铜梁区分局',
  validFrom: '20230101',
  validTo: '20280101',
  passNumber: 'H12345678',
};

const FOREIGNER_2017: DemoCard = {
  kind: 'foreigner2017',
  name: '艾玛',
  latinName: 'JOHNSON, EMMA',
  sex: '2',
  nationality: 'USA',
  birthDate: '19850615',
  idNumber: 'USA500199850615',
  validFrom: '20200101',
  validTo: '20300101',
};

describe('the text of an ID card', () => {
  it.each(DEMO_PERSONAS.filter((p) => p.id !== 'impossible-date').map((p) => [p.id, p]))(
    'of persona %s comes back field for field',
    (_id, persona) => {
      // The newest address comes by a request of its own.
      const { newestAddress: _newest, ...printed } = persona.card;
      const parsed = parseSdtText(encodeCardText(printed));
      expect(parsed).toEqual({ ok: true, value: expectedData({ ...persona, card: printed }) });
    },
  );

  it('knows residence permits and the foreigners of 2017', () => {
    const base = demoPersona('elder')!;
    for (const other of [PERMIT, FOREIGNER_2017]) {
      const value = expectedData({ ...base, card: other });
      expect(parseSdtText(encodeCardText(other))).toEqual({ ok: true, value });
    }
  });

  // Places as the protocol's tables give them, written without our encoder.
  it.each([
    [
      'J',
      {
        0: '陳小文',
        30: '2',
        36: '19880214',
        52: '重庆市',
        122: '810000198802140003',
        158: '公安局',
      },
      { 220: 'H00000000', 238: '03' },
      { kind: 'hkMoTwResidence', address: '重庆市', passNumber: 'H00000000', issueCount: '03' },
    ],
    [
      'Y',
      {
        0: '马克',
        30: '1',
        32: '02',
        36: '19780330',
        52: 'A'.repeat(35),
        122: '95027619780330000X',
      },
      { 220: 'BC', 242: 'DEU', 250: '001' },
      {
        kind: 'foreigner2023',
        name: '马克',
        latinName: `${'A'.repeat(35)}BC`,
        nationality: 'DEU',
        issueCount: '02',
        formerNumberLink: '001',
      },
    ],
    [
      'I',
      { 0: 'ROSSI, MARCO', 120: '1', 122: 'ITA500199790412', 152: 'ITA', 158: '罗西' },
      { 220: '19790412', 236: '01', 240: '5001' },
      {
        kind: 'foreigner2017',
        name: '罗西',
        latinName: 'ROSSI, MARCO',
        nationality: 'ITA',
        birthDate: '19790412',
        idNumber: 'ITA500199790412',
        cardVersion: '01',
        authorityCode: '5001',
      },
    ],
  ])('of type %s has its fields at their places', (mark, first, second, expected) => {
    const fields = { ...first, 188: '20230901', 204: '20280901', ...second, 248: mark };
    let text: Uint8Array = new Uint8Array(256).map((_, i) => (i % 2 === 0 ? 0x20 : 0));
    for (const [offset, value] of Object.entries(fields)) text = put(text, Number(offset), value);
    expect(parseSdtText(text)).toMatchObject({ ok: true, value: expected });
  });

  it('leaves out what only the issuer needs when it is no text', () => {
    for (const [id, offset] of [
      ['hk-permit', 238],
      ['long-latin', 250],
      ['foreigner-2017', 240],
    ] as const) {
      const whole = parseSdtText(encodeCardText(card(id)));
      const broken = parseSdtText(put(encodeCardText(card(id)), offset, '\u0001'));
      if (!whole.ok || !broken.ok) throw new Error('a reserved field must not refuse a card');
      expect(Object.keys(broken.value)).toHaveLength(Object.keys(whole.value).length - 1);
      expect(whole.value).toMatchObject(broken.value);
    }
  });

  it('joins a long Latin name over its two fields, a space at the seam included', () => {
    const latinName = `${'A'.repeat(17)} ${'B'.repeat(16)} ${'C'.repeat(10)}`;
    expect(latinName[34]).toBe(' ');
    const text = encodeCardText({ ...card('latin'), latinName });
    expect(parseSdtText(text)).toMatchObject({ ok: true, value: { latinName, name: latinName } });
    const named = encodeCardText({ ...card('latin'), name: '艾玛' });
    expect(parseSdtText(named)).toMatchObject({
      ok: true,
      value: { name: '艾玛', latinName: 'EMMA JOHNSON' },
    });
  });

  it('keeps 长期 apart from dates, by the bytes 7F 95 1F 67', () => {
    const text = encodeCardText(card('elder'));
    expect([...text.subarray(204, 208)]).toEqual([0x7f, 0x95, 0x1f, 0x67]);
    expect(parseSdtText(text)).toMatchObject({ ok: true, value: { validTo: 'long-term' } });
  });

  it('takes NULs as padding, and a lower-case x of the number as X', () => {
    const text = encodeCardText(card('returnee'));
    for (let i = 0; i < text.length; i += 2) {
      if (text[i] === 0x20 && text[i + 1] === 0) text[i] = 0;
    }
    const idNumber = '50019919660909001x';
    expect(parseSdtText(put(text, 122, idNumber))).toMatchObject({
      ok: true,
      value: { name: '张三丰', idNumber: '50019919660909001X' },
    });
  });

  it('passes a wrong check digit and an unknown nation on', () => {
    const text = put(encodeCardText(card('bad-checksum')), 32, '57');
    expect(parseSdtText(text)).toMatchObject({ ok: true, value: { nationCode: '57' } });
  });

  it.each([
    ['an impossible date of birth', 36, '19410231', 'birth'],
    ['an impossible end', 204, '20401301', 'valid to'],
    ['a blank beginning', 188, '        ', 'valid from'],
    ['a sex that is no code', 30, '5', 'sex'],
    ['a number of letters', 122, 'ABCDEFGHIJKLMNOPQR', 'id number'],
    ['a name of half a character', 0, '\uD873 ', 'name'],
    ['a name with a control character', 0, '张\u0007', 'name'],
    ['no name', 0, '   ', 'name'],
  ])('refuses %s, and names the field but not what it holds', (_what, offset, value, field) => {
    const parsed = parseSdtText(put(encodeCardText(card('elder')), offset, value));
    expect(parsed).toEqual({
      ok: false,
      error: {
        code: 'idCard.invalidContent',
        cause: 'hardware',
        remedy: 'call',
        detail: field,
      },
    });
  });

  it('refuses a type mark nobody knows', () => {
    expect(parseSdtText(put(encodeCardText(card('elder')), 248, 'Z'))).toMatchObject({
      error: { code: 'idCard.unknownKind' },
    });
  });

  it('never throws, whatever the bytes, and what it accepts is well-formed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 250, maxLength: 260 }), (text) => {
        expect(parseSdtText(text).ok).toBe(false);
      }),
    );
    const personas = fc.constantFrom(...DEMO_PERSONAS.map((p) => encodeCardText(p.card)));
    const change = fc.tuple(fc.nat(255), fc.nat(255));
    fc.assert(
      fc.property(personas, fc.array(change, { maxLength: 4 }), (text, changes) => {
        const changed = text.slice();
        for (const [at, byte] of changes) changed[at] = byte;
        const parsed = parseSdtText(changed);
        if (parsed.ok) {
          for (const value of Object.values(parsed.value)) {
            expect(String(value).isWellFormed()).toBe(true);
          }
        } else {
          expect(parsed.error.code).toMatch(/^idCard\.(invalidContent|unknownKind)$/);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('the newest address', () => {
  it('comes back as written, or as none', () => {
    expect(parseNewestAddress(encodeNewestAddress('重庆市铜梁区'))).toBe('重庆市铜梁区');
    expect(parseNewestAddress(encodeNewestAddress(''))).toBeUndefined();
    expect(parseNewestAddress(Uint8Array.of(0x07, 0x00))).toBeUndefined();
  });
});
