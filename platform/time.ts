/** Milliseconds since 1970; injected, so that tests can move it. */
export type Now = () => number;

const CHINA_OFFSET_MS = 8 * 60 * 60 * 1000;

/** ISO 8601 with zone Z. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** The day in China, `YYYY-MM-DD`. */
export function dayInChina(ms: number): string {
  return new Date(ms + CHINA_OFFSET_MS).toISOString().slice(0, 10);
}

/** Day and time in China for people, `YYYY-MM-DD HH:mm:ss`. */
export function timeInChina(iso: string): string {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) return iso;
  return new Date(ms + CHINA_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}
