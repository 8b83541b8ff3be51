/** UTC+8 without summer time, which ended on 1991-09-15 (tz database, Asia/Shanghai): before that a day may be off. */
const OFFSET_MS = 8 * 60 * 60 * 1000;

const MINUTE = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Asia/Shanghai',
  hour: '2-digit',
  minute: '2-digit',
});

/** The day at the hall, `YYYY-MM-DD`: all of China has one time zone, whatever the machine is set to. */
export function chinaDay(wallMs: number): string {
  return new Date(wallMs + OFFSET_MS).toISOString().slice(0, 10);
}

/** Day and minute at the hall, `YYYY-MM-DD HH:mm`. */
export function chinaMinute(wallMs: number): string {
  return `${chinaDay(wallMs)} ${MINUTE.format(wallMs)}`;
}
