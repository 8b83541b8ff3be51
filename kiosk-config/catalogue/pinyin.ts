import { pinyin } from 'pinyin-pro';

/**
 * Pinyin of a name by syllables, as `ServiceItem.searchKeys` has it; characters without a reading are left out.
 * Used when the table of the demo catalogue is written: its dictionary takes a tenth of a second to load.
 */
export function searchKey(name: string): string {
  return pinyin(name, { toneType: 'none', v: true, type: 'array', nonZh: 'removed' })
    .map((syllable) => syllable.toLowerCase().replaceAll(/[^a-z]/g, ''))
    .filter((syllable) => syllable !== '')
    .join(' ');
}
