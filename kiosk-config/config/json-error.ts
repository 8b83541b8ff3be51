const BLANK = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y;
const PLAIN = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** Deeper than any configuration; keeps a strange file from using up the stack. */
const MAX_DEPTH = 200;

/**
 * Where a text stops being JSON, as an index into it; undefined when it is JSON. The parser of the
 * runtime tells the place only for some errors, and quotes the text for the others.
 */
export function jsonErrorAt(text: string): number | undefined {
  let at = 0;
  let depth = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  const all = (end: RegExp, member: () => boolean): boolean => {
    depth += 1;
    take(BLANK);
    if (depth > MAX_DEPTH) return false;
    if (!take(end)) {
      do {
        take(BLANK);
        if (!member()) return false;
        take(BLANK);
      } while (take(/,/y));
      if (!take(end)) return false;
    }
    depth -= 1;
    return true;
  };
  const pair = (): boolean => take(STRING) && take(BLANK) && take(/:/y) && value();
  const value = (): boolean => {
    take(BLANK);
    if (take(STRING) || take(PLAIN)) return true;
    if (take(/\{/y)) return all(/\}/y, pair);
    return take(/\[/y) && all(/\]/y, value);
  };
  const whole = value() && take(BLANK) && at === text.length;
  return whole ? undefined : at;
}
