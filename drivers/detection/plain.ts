/**
 * What a device says of itself, short, and without what no screen shows. At most `most` UTF-16 units, and no
 * half of a character; undefined when nothing is left.
 */
export function plain(text: string | null | undefined, most = 60): string | undefined {
  const clean = text
    ?.replace(/[^\p{L}\p{N}\p{P} ]/gu, '')
    .trim()
    .slice(0, most)
    // the cut may have gone through a character, or left a blank
    .replace(/[\ud800-\udbff]$/, '')
    .trim();
  return clean === '' ? undefined : clean;
}
