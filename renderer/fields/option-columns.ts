import type { FieldSchema } from '../../domain/catalogue/form.ts';
import type { Locale } from '../../domain/text.ts';

type OptionList = NonNullable<FieldSchema['x-options']>;

/** How many choices stand side by side: as many as their words leave room for. */
export function optionColumns(options: OptionList, locale: Locale): 1 | 2 | 3 {
  const longest = Math.max(0, ...options.map(({ label }) => label[locale].length));
  const room = locale === 'zh' ? 1 : 2;
  if (longest <= 6 * room && options.length > 8) return 3;
  return longest <= (options.length > 6 ? 12 : 9) * room ? 2 : 1;
}
