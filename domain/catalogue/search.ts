import type { ServiceItem } from './catalogue.ts';

/** Longer than any name; a finger that rests on a key must not make work. */
const MAX_TYPED = 64;

/** Compatibility forms together, small letters, no spaces or apostrophes: `Shi Ye` → `shiye`. */
function squeeze(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s'’·]/gu, '');
}

/**
 * How well typed letters fit a row of syllables from its beginning: each syllable takes at least one
 * letter, so `shiye`, `sy`, `shiy` and `sye` all fit `shi ye`. Gives the number of syllables reached,
 * 0 when the letters do not fit.
 */
function syllablesReached(letters: string, syllables: readonly string[], from: number): number {
  if (letters === '') return 0;
  const syllable = syllables[from];
  if (syllable === undefined) return 0;
  let shared = 0;
  while (shared < syllable.length && letters[shared] === syllable[shared]) shared += 1;
  // the longest piece first, then shorter ones: `xian` is one syllable or two
  for (let taken = shared; taken > 0; taken -= 1) {
    if (taken === letters.length) return 1;
    const rest = syllablesReached(letters.slice(taken), syllables, from + 1);
    if (rest > 0) return rest + 1;
  }
  return 0;
}

/** Score of letters against one search key: the whole of it, its beginning, or somewhere within. */
function pinyinScore(letters: string, key: string): number {
  const syllables = key.split(' ');
  for (let from = 0; from < syllables.length; from += 1) {
    const reached = syllablesReached(letters, syllables, from);
    if (reached === 0) continue;
    if (from > 0) return 30;
    return reached === syllables.length ? 70 : 50;
  }
  return 0;
}

/** Score of a text as it is written. */
function textScore(typed: string, text: string): number {
  const written = squeeze(text);
  if (written === typed) return 100;
  if (written.startsWith(typed)) return 80;
  return written.includes(typed) ? 60 : 0;
}

function score(typed: string, service: ServiceItem): number {
  const scores = [
    textScore(typed, service.name.zh),
    textScore(typed, service.name.en),
    // an everyday name counts a little less than the name itself
    ...service.aliases.map((alias) => textScore(typed, alias) - 5),
  ];
  if (/^[a-z]+$/.test(typed)) {
    scores.push(...service.searchKeys.map((key) => pinyinScore(typed, key)));
  }
  return Math.max(0, ...scores);
}

/** A service of a list with what it scored; the place in the list decides between equals. */
function ranked(
  services: readonly ServiceItem[],
  scoreOf: (service: ServiceItem) => number,
): readonly ServiceItem[] {
  return services
    .map((service) => ({ service, points: scoreOf(service) }))
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points - a.points)
    .map(({ service }) => service);
}

/**
 * Finds services by what a citizen types: Chinese characters, full pinyin, initials, or a mix of
 * them, of the name or an everyday name, or the English name; spaces and capitals do not matter. When
 * the whole fits nothing, each word by itself must fit. Best first; all services when nothing is typed.
 */
export function findServices(
  services: readonly ServiceItem[],
  typed: string,
): readonly ServiceItem[] {
  const whole = squeeze(typed.slice(0, MAX_TYPED * 2)).slice(0, MAX_TYPED);
  if (whole === '') return services;
  const found = ranked(services, (service) => score(whole, service));
  if (found.length > 0) return found;
  const words = typed
    .slice(0, MAX_TYPED)
    .split(/[\s,，、]+/u)
    .map(squeeze)
    .filter((word) => word !== '');
  if (words.length < 2) return [];
  return ranked(services, (service) => Math.min(...words.map((word) => score(word, service))));
}
