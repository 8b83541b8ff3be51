/** What the pinyin keyboard knows. */
export interface PinyinTable {
  /** Common surnames, commonest first. */
  readonly surnames: string;
  /** Syllable without tone (ü as v) → characters, frequent ones first. */
  readonly characters: Readonly<Record<string, string>>;
  /** Syllables with spaces between, and the word. */
  readonly words: readonly (readonly [syllables: string, word: string])[];
}

/** One choice above the keys. */
export interface Candidate {
  readonly text: string;
  /** So many letters of what was typed are used up by it. */
  readonly letters: number;
}

const LONGEST_SYLLABLE = 6;
const MOST = 60;

/** Letters fit a word when each syllable takes at least its first letter, all letters being used. */
function fitsWord(letters: string, syllables: readonly string[]): boolean {
  const [first, ...rest] = syllables;
  if (first === undefined) return letters === '';
  if (letters === '') return false;
  for (let taken = Math.min(first.length, letters.length); taken > 0; taken -= 1) {
    if (first.startsWith(letters.slice(0, taken)) && fitsWord(letters.slice(taken), rest))
      return true;
  }
  return false;
}

/**
 * What typed letters may mean: words first, then characters of the longest syllable at the beginning,
 * then characters whose syllable begins with the letters.
 *
 * @param letters - small letters a–z
 * @param options.name - a name is begun: surnames come first
 */
export function candidates(
  table: PinyinTable,
  letters: string,
  options: { readonly name?: boolean } = {},
): readonly Candidate[] {
  if (letters === '') return [];
  const found = new Map<string, Candidate>();
  const add = (text: string, used: number): void => {
    if (!found.has(text)) found.set(text, { text, letters: used });
  };
  if (options.name === true) {
    const alike = table.characters[letters] ?? '';
    for (const surname of table.surnames) if (alike.includes(surname)) add(surname, letters.length);
  }
  for (const [syllables, word] of table.words) {
    if (letters.length > 1 && fitsWord(letters, syllables.split(' '))) add(word, letters.length);
  }
  for (let length = Math.min(LONGEST_SYLLABLE, letters.length); length > 0; length -= 1) {
    for (const character of table.characters[letters.slice(0, length)] ?? '')
      add(character, length);
    if (found.size >= MOST) break;
    // a syllable not finished yet: its most frequent characters
    if (length !== letters.length) continue;
    for (const [syllable, characters] of Object.entries(table.characters)) {
      if (syllable === letters || !syllable.startsWith(letters)) continue;
      for (const character of Array.from(characters).slice(0, 3)) add(character, length);
    }
  }
  return [...found.values()].slice(0, MOST);
}
