import { dateText } from '../domain/catalogue/summarise.ts';
import type { Locale } from '../domain/text.ts';

/** A number in groups of so many digits, the last one being shorter. */
export function inGroups(text: string, sizes: readonly number[]): string {
  const parts: string[] = [];
  let rest = text;
  for (let i = 0; rest !== ''; i += 1) {
    const size = sizes[Math.min(i, sizes.length - 1)] ?? 4;
    parts.push(rest.slice(0, size));
    rest = rest.slice(size);
  }
  return parts.join(' ');
}

/** A moment in words, in the time of the hall. */
export function dateTimeText(iso: string, locale: Locale): string {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) return iso;
  return `${dateText(dayAtHall(moment), locale)} ${timeAtHall(moment)}`;
}

const DAY = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short' });
const TIME = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', timeStyle: 'short' });

/** The day at the hall, `YYYY-MM-DD`: all of China keeps one time, whatever the machine is set to. */
export function dayAtHall(moment: Date): string {
  return DAY.format(moment);
}

/** The time at the hall, `HH:MM`. */
export function timeAtHall(moment: Date): string {
  return TIME.format(moment);
}
