import { describe, expect, it } from 'vitest';
import { PRIVATE_USE_MAPPINGS, displayForm, unexplainedPrivateUse } from './private-use.ts';

describe('private-use characters of old cards', () => {
  it('draws U+E863 as 䶮', () => {
    expect(displayForm('陈\u{E863}')).toBe('陈\u{4DAE}');
    expect(displayForm('张三丰')).toBe('张三丰');
  });

  it('agrees with the two-byte codes FE50 to FEA0 of GB 18030 wherever those name a character', () => {
    const gb18030 = new TextDecoder('gb18030');
    let codePoint = 0xe815;
    for (let low = 0x50; low <= 0xa0; low++) {
      if (low === 0x7f) continue;
      const standard = gb18030.decode(Uint8Array.of(0xfe, low));
      const ours = PRIVATE_USE_MAPPINGS.get(String.fromCodePoint(codePoint));
      if (!/\p{Co}/u.test(standard)) expect(ours).toBe(standard);
      codePoint++;
    }
    expect(codePoint).toBe(0xe865);
  });

  it('knows the twenty-four that GB 18030-2005 still had in private use', () => {
    const today = {
      E78D: 0xfe10,
      E78E: 0xfe12,
      E78F: 0xfe11,
      E790: 0xfe13,
      E791: 0xfe14,
      E792: 0xfe15,
      E793: 0xfe16,
      E794: 0xfe17,
      E795: 0xfe18,
      E796: 0xfe19,
      E816: 0x20087,
      E817: 0x20089,
      E818: 0x200cc,
      E81E: 0x9fb4,
      E826: 0x9fb5,
      E82B: 0x9fb6,
      E82C: 0x9fb7,
      E831: 0x215d7,
      E832: 0x9fb8,
      E83B: 0x2298f,
      E843: 0x9fb9,
      E854: 0x9fba,
      E855: 0x241fe,
      E864: 0x9fbb,
    };
    for (const [hex, codePoint] of Object.entries(today)) {
      expect(displayForm(String.fromCodePoint(parseInt(hex, 16)))).toBe(
        String.fromCodePoint(codePoint),
      );
    }
  });

  it('leaves alone, and names, what no table explains', () => {
    expect(displayForm('\u{E000}')).toBe('\u{E000}');
    expect(unexplainedPrivateUse('陈\u{E863}\u{E000}')).toEqual(['\u{E000}']);
  });

  it('maps to nothing that is in private use itself', () => {
    for (const character of PRIVATE_USE_MAPPINGS.values()) {
      expect(character).not.toMatch(/\p{Co}/u);
    }
    expect(PRIVATE_USE_MAPPINGS.size).toBe(105);
  });
});
