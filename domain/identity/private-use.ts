/**
 * What GB 18030-2000 and older cards put in Unicode's private use area, and the code points that
 * GB 18030-2022 and Unicode have for it today. Each run lists its characters from its first code point.
 */
const RUNS: readonly { readonly from: number; readonly today: string }[] = [
  // A6D9-A6DF, A6EC-A6ED, A6F3: punctuation of vertical lines
  { from: 0xe78d, today: '\u{FE10}\u{FE12}\u{FE11}\u{FE13}\u{FE14}\u{FE15}\u{FE16}' },
  { from: 0xe794, today: '\u{FE17}\u{FE18}\u{FE19}' },
  // A8BC, A8BF: letters of pinyin
  { from: 0xe7c7, today: '\u{1E3F}\u{01F9}' },
  // A989-A995: signs that describe characters
  { from: 0xe7e7, today: '〾⿰⿱⿲⿳⿴⿵⿶⿷⿸⿹⿺⿻' },
  // FE50-FE7E and FE80-FEA0: eighty characters and components
  {
    from: 0xe815,
    today:
      '⺁\u{20087}\u{20089}\u{200CC}⺄㑳㑇⺈⺋\u{9FB4}㖞㘚㘎⺌⺗㥮㤘\u{9FB5}㧏㧟㩳㧐\u{9FB6}\u{9FB7}㭎㱮㳠' +
      '⺧\u{215D7}\u{9FB8}⺪䁖䅟⺮䌷⺳⺶⺷\u{2298F}䎱䎬⺻䏝䓖䙡䙌\u{9FB9}' +
      '䜣䜩䝼䞍⻊䥇䥺䥽䦂䦃䦅䦆䦟䦛䦷䦶\u{9FBA}\u{241FE}䲣䲟䲠䲡䱷䲢䴓䴔䴕䴖䴗䴘䴙䶮\u{9FBB}',
  },
];

/** Today's character of every private-use code point that a Chinese standard once gave a meaning. */
export const PRIVATE_USE_MAPPINGS: ReadonlyMap<string, string> = new Map(
  RUNS.flatMap(({ from, today }) =>
    Array.from(today, (character, i): [string, string] => [
      String.fromCodePoint(from + i),
      character,
    ]),
  ),
);

/**
 * What to draw for a text as a card or record has it: characters in private use become today's, so that
 * a font can draw them. The record keeps the original; this form is for screen, paper and voice only.
 */
export function displayForm(text: string): string {
  return text.replace(/\p{Co}/gu, (character) => PRIVATE_USE_MAPPINGS.get(character) ?? character);
}

/** The private-use characters of a text that no table here explains: nobody can draw them for sure. */
export function unexplainedPrivateUse(text: string): readonly string[] {
  return (text.match(/\p{Co}/gu) ?? []).filter((character) => !PRIVATE_USE_MAPPINGS.has(character));
}
