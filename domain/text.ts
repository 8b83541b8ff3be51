/** The two languages of the terminal; Chinese comes first. */
export type Locale = 'zh' | 'en';

/** Every locale, in the order in which they are offered. */
export const LOCALES: readonly Locale[] = ['zh', 'en'];

/** A text in every language the terminal speaks. */
export interface LocalizedText {
  readonly zh: string;
  readonly en: string;
}
