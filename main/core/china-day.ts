const DAY = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Asia/Shanghai',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

const MINUTE = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Asia/Shanghai',
  hour: '2-digit',
  minute: '2-digit',
});

/** The day at the hall, `YYYY-MM-DD`: all of China has one time zone, whatever the machine is set to. */
export function chinaDay(wallMs: number): string {
  return DAY.format(wallMs);
}

/** Day and minute at the hall, `YYYY-MM-DD HH:mm`. */
export function chinaMinute(wallMs: number): string {
  return `${chinaDay(wallMs)} ${MINUTE.format(wallMs)}`;
}
