import type { Result } from '../../domain/result.ts';
import type { LocalizedText } from '../../domain/text.ts';

/** One thing that is wrong with a configuration: where, what, and what to do. Never repeats a value. */
export interface ConfigProblem {
  /** The file as it was named, or the name of the layer when it did not come from a file. */
  readonly file: string;
  /** JSON path from the top, `$.devices.idCard.transport.port`; `$` is the whole file. */
  readonly path: string;
  readonly message: LocalizedText;
  readonly remedy: LocalizedText;
}

/** A configuration, or everything that is wrong with it. */
export type ConfigResult<T> = Result<T, readonly ConfigProblem[]>;

/** A problem as lines for a terminal window or a log, in both languages. */
export function problemText(problem: ConfigProblem): string {
  const { file, path, message, remedy } = problem;
  return `${file} ${path}\n  ${message.zh} ${remedy.zh}\n  ${message.en} ${remedy.en}`;
}
