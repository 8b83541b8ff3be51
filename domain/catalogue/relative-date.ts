import { isRealDate } from '../identity/calendar-date.ts';

const DAY_MS = 86_400_000;
const CALENDAR_DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const RELATIVE_DATE = /^today(?:([+-])(\d{1,5})d)?$/;

/** Milliseconds of the day at UTC midnight, or undefined when there is no such day. */
function dayToMs(date: string): number | undefined {
  const match = CALENDAR_DATE.exec(date);
  if (match === null || !isRealDate(date.replaceAll('-', ''))) return undefined;
  return Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
}

/** Whether a text is a day that exists, as `YYYY-MM-DD`, from 1800 on. */
export function isCalendarDate(text: string): boolean {
  return dayToMs(text) !== undefined;
}

/** Whether a text is a bound that {@link resolveDate} understands. */
export function isDateExpression(text: string): boolean {
  return RELATIVE_DATE.test(text) || isCalendarDate(text);
}

/**
 * Turns a bound of the catalogue into a day: `YYYY-MM-DD` stays, `today`, `today-183d` and
 * `today+300d` count natural days from today.
 *
 * @param today - the day at the hall, `YYYY-MM-DD`
 * @throws RangeError when the expression or today is none; a checked catalogue has no such bound.
 */
export function resolveDate(expression: string, today: string): string {
  if (isCalendarDate(expression)) return expression;
  const match = RELATIVE_DATE.exec(expression);
  const todayMs = dayToMs(today);
  if (match === null) throw new RangeError(`not a date expression: ${expression}`);
  if (todayMs === undefined) throw new RangeError('today is not a day');
  const days = Number(match[2] ?? 0) * (match[1] === '-' ? -1 : 1);
  return new Date(todayMs + days * DAY_MS).toISOString().slice(0, 10);
}

/** Turns `YYYYMMDD`, as cards and identity numbers have it, into `YYYY-MM-DD`; undefined when there is no such day. */
export function fromCompactDate(compact: string): string | undefined {
  if (!isRealDate(compact)) return undefined;
  return `${compact.slice(0, 4)}-${compact.slice(4, 6)}-${compact.slice(6, 8)}`;
}

/** Whole years of age on a day; the birthday itself counts. Both as `YYYY-MM-DD`. */
export function ageOn(birthDate: string, today: string): number {
  const years = Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return today.slice(5) < birthDate.slice(5) ? years - 1 : years;
}
