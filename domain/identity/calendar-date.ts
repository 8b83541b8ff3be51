const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/**
 * Says whether eight digits YYYYMMDD are a day of the Gregorian calendar between 1800 and 2999.
 * Wider than any living holder and any card, so that only impossible dates fail.
 */
export function isRealDate(yyyymmdd: string): boolean {
  const match = /^(\d{4})(\d{2})(\d{2})$/.exec(yyyymmdd);
  if (match === null) return false;
  const year = Number(match[1]);
  const month = Number(match[2]);
  const day = Number(match[3]);
  if (year < 1800 || year > 2999) return false;
  const days = DAYS_IN_MONTH[month - 1];
  if (days === undefined) return false;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day >= 1 && day <= (month === 2 && leap ? 29 : days);
}
