import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { demoCatalogue } from '../../kiosk-config/index.ts';
import { findServices } from './search.ts';

const { services } = demoCatalogue();
const find = (typed: string): string[] => findServices(services, typed).map(({ id }) => id);
const anyService = fc.constantFrom(...services);

describe('findServices', () => {
  it('finds by characters, everyday name, pinyin, initials, a mix, and English', () => {
    for (const typed of [
      '失业登记',
      '失业证',
      'shiyedengji',
      'sydj',
      'shiydj',
      'SYD',
      'unemploy',
    ]) {
      expect(find(typed)[0], typed).toBe('unemployment-reg');
    }
    for (const typed of ['农保', 'nongbao', 'nb', '买养老', 'jmsbdj', 'PENSION']) {
      expect(find(typed)[0], typed).toBe('pension-enroll');
    }
    for (const typed of ['残补', 'canbu', '护理 补贴', 'hlbt', '残疾人']) {
      expect(find(typed)[0], typed).toBe('disability-subsidy');
    }
  });

  it('puts the name before an everyday name, and the beginning before the middle', () => {
    expect(find('登记')[0]).toBe('unemployment-reg');
    expect(find('dengji')[0]).toBe('unemployment-reg');
    expect(find('城乡')[0]).toBe('pension-enroll');
  });

  it('gives everything for nothing typed, and nothing for what fits nothing', () => {
    expect(find(' ')).toHaveLength(services.length);
    expect(find('驾驶证')).toEqual([]);
    expect(find('qqqq')).toEqual([]);
    expect(find('hiyedengji')).toEqual([]);
  });

  it('finds a service by any piece of its name', () => {
    fc.assert(
      fc.property(anyService, fc.nat(), fc.nat(), (service, from, length) => {
        const characters = Array.from(service.name.zh);
        const start = from % characters.length;
        const piece = characters.slice(start, start + 1 + (length % characters.length)).join('');
        expect(find(piece)).toContain(service.id);
      }),
    );
  });

  it('finds a service however many letters of each syllable are typed', () => {
    fc.assert(
      fc.property(
        anyService.chain((service) =>
          fc.tuple(fc.constant(service), fc.constantFrom(...service.searchKeys)),
        ),
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 40, maxLength: 40 }),
        fc.nat(),
        fc.nat(),
        ([service, key], letters, from, length) => {
          const syllables = key.split(' ');
          const start = from % syllables.length;
          const typed = syllables
            .slice(start, start + 1 + (length % syllables.length))
            .map((syllable, at) => syllable.slice(0, letters[at]))
            .join('');
          expect(find(typed)).toContain(service.id);
        },
      ),
    );
  });

  it('does not care for spaces, capitals and full-width letters', () => {
    const typed = fc.constantFrom('shiyedengji', 'nongbao', 'canbu', 'sydj');
    fc.assert(
      fc.property(typed, fc.array(fc.nat(3), { minLength: 20, maxLength: 20 }), (letters, how) => {
        const strange = Array.from(letters)
          .map((letter, at) => {
            const way = how[at];
            if (way === 1) return letter.toUpperCase();
            if (way === 2) return ` ${letter}`;
            return way === 3 ? String.fromCodePoint(letter.charCodeAt(0) + 0xfee0) : letter;
          })
          .join('');
        expect(find(strange)).toEqual(find(letters));
      }),
    );
  });

  it('ends quickly on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (typed) => {
        expect(Array.isArray(find(typed))).toBe(true);
      }),
    );
    expect(find('n'.repeat(5000))).toEqual([]);
  });
});
