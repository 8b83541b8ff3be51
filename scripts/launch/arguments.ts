import { parseArgs } from 'node:util';

/** A command line that cannot be understood; the message says what to write instead. */
export class BadArguments extends Error {
  override readonly name = 'BadArguments';
}

/** Reads `--name value` options; every name is optional. Throws BadArguments naming what is wrong. */
export function readOptions<Name extends string>(
  argv: readonly string[],
  names: readonly Name[],
): Partial<Record<Name, string>> {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
      strict: true,
      allowPositionals: false,
    });
    return values as Partial<Record<Name, string>>;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new BadArguments(
      `${why}. 可用的参数 / options: ${names.map((name) => `--${name}`).join(' ')}`,
    );
  }
}

/** A whole number not below `least`. Throws BadArguments naming the option. */
export function wholeNumber(text: string, option: string, least: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least) {
    throw new BadArguments(
      `--${option} 应是不小于 ${String(least)} 的整数 / must be a whole number of at least ${String(least)}`,
    );
  }
  return value;
}
