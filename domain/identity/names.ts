const COMPOUND_SURNAMES: ReadonlySet<string> = new Set(
  (
    '欧阳 司马 上官 诸葛 夏侯 皇甫 尉迟 公孙 慕容 令狐 长孙 宇文 司徒 司空 司寇 东方 独孤 南宫 西门 东郭 ' +
    '端木 百里 呼延 轩辕 公羊 公冶 公良 宗政 濮阳 淳于 单于 太叔 申屠 仲孙 钟离 闾丘 鲜于 赫连 澹台 拓跋 ' +
    '第五 万俟 闻人 巫马 乐正 漆雕 亓官 夹谷 宰父 谷梁 段干 梁丘 左丘 东门 南门 羊舌 微生 歐陽 司馬 諸葛 長孫'
  ).split(' '),
);

/** Characters that join the parts of a name and are shown even when it is masked. */
const JOINERS = /^[\s·•．・.,'’-]$/u;

const segmenter = new Intl.Segmenter('zh', { granularity: 'grapheme' });

/** What a person sees as single characters: a base with its marks or variation selector is one. */
export function graphemes(text: string): readonly string[] {
  return Array.from(segmenter.segment(text), (part) => part.segment);
}

/** Length of a text in code points, as forms count it: 𬱖 is one. */
export function codePointLength(text: string): number {
  return Array.from(text).length;
}

/** Longest name a form takes, in code points. */
export const MAX_NAME_LENGTH = 60;

/**
 * Says whether a text may be a name: letters of any script, marks, private-use characters of old cards,
 * and the signs that join the parts of a name (foreigners' cards may have a comma behind the surname);
 * at most {@link MAX_NAME_LENGTH} code points.
 */
export function isPersonName(text: string): boolean {
  return (
    text.isWellFormed() &&
    codePointLength(text) <= MAX_NAME_LENGTH &&
    /^[\p{L}\p{Co}][\p{L}\p{M}\p{Co}·•．・' .,’-]*$/u.test(text)
  );
}

/** Says whether a name is written in Latin letters. */
export function isLatinName(name: string): boolean {
  return /^\p{Script=Latin}/u.test(name.trim());
}

/** How many characters of a Chinese name are its surname: two for 欧阳 and its like, else one. */
export function surnameLength(name: string): 1 | 2 {
  const characters = graphemes(name);
  return characters.length > 2 && COMPOUND_SURNAMES.has(characters.slice(0, 2).join('')) ? 2 : 1;
}

/**
 * Masks a name: the surname stays, each other character becomes a star (张*, 张**, 欧阳*). Of a Latin
 * name the first letter of every word stays (E*** J******). Signs between the parts stay. A name of a
 * single character becomes a star.
 */
export function maskName(name: string): string {
  const characters = graphemes(name.trim());
  if (characters.length <= 1) return '*'.repeat(characters.length);
  const latin = isLatinName(name);
  const kept = latin ? 1 : surnameLength(name);
  let wordStart = 0;
  return characters
    .map((character, i) => {
      if (JOINERS.test(character)) {
        if (latin) wordStart = i + 1;
        return character;
      }
      return i - wordStart < kept ? character : '*';
    })
    .join('');
}
