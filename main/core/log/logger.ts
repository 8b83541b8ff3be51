import { pino } from 'pino';
import { Redactor } from './redactor.ts';

/** The core's log: words of ours, codes and counts. What slips in is taken out at the sink. */
export interface Logger {
  info(message: string, details?: Readonly<Record<string, unknown>>): void;
  warn(message: string, details?: Readonly<Record<string, unknown>>): void;
  error(message: string, details?: Readonly<Record<string, unknown>>): void;
  /** Texts of the people of the running session. */
  protect(texts: readonly string[]): void;
}

/** @param sink gets whole lines, redacted; standard error in production */
export function createLogger(
  sink: (line: string) => void = (line) => void process.stderr.write(line),
): Logger {
  const redactor = new Redactor();
  const log = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => sink(redactor.line(line)) },
  );
  return {
    info: (message, details = {}) => log.info(details, message),
    warn: (message, details = {}) => log.warn(details, message),
    error: (message, details = {}) => log.error(details, message),
    protect: (texts) => redactor.protect(texts),
  };
}
