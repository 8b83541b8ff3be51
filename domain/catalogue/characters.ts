const CONTROL_OR_BROKEN =
  // controls, surrogates that stand alone, what is no character, what turns the direction of writing
  /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/u;

/**
 * Letters and marks of any script, private use (old cards keep rare characters there), 〇, the whole
 * of the two planes of Han characters (so that a character younger than this program's Unicode tables
 * is let through), and what stands inside names.
 */
const NAME = /^[\p{L}\p{M}\p{Co}\u3007\u{20000}-\u{3FFFD}·•．・'’ .,-]*$/u;

/** Whether a text can be shown, printed and stored: no control characters, no broken pairs. */
export function isCleanText(text: string): boolean {
  return !CONTROL_OR_BROKEN.test(text);
}

/** Whether a person's name has only characters that names have. Says nothing of its length. */
export function isNameText(text: string): boolean {
  return isCleanText(text) && NAME.test(text);
}

/** Length of a text as people count it: characters, not UTF-16 units (𬱖 is one). */
export function lengthOf(text: string): number {
  return Array.from(text).length;
}
