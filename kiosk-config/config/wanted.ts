import type { LocalizedText } from '../../domain/text.ts';

/** For a check of ours: a problem that the schema's own words would not explain, and what is wanted there. */
export function wanted(text: LocalizedText) {
  return { params: { wanted: text } };
}
