declare module 'virtual:pinyin-table' {
  /** Made when the page is built; the shape is PinyinTable of keyboard/ime.ts. */
  export const pinyinTable: {
    readonly characters: Readonly<Record<string, string>>;
    readonly surnames: string;
    readonly words: readonly (readonly [syllables: string, word: string])[];
  };
}
