import { readFile } from 'node:fs/promises';
import { err, ok } from '../../domain/result.ts';
import type { LocalizedText } from '../../domain/text.ts';
import type { ConfigResult } from './problem.ts';

/** More than any configuration has; a wrong file name must not fill the memory. */
export const MAX_BYTES = 1_000_000;

/** One thing that is wrong with a file as a whole, or with the setting at `path` that names it. */
export function whole(
  file: string,
  message: LocalizedText,
  remedy: LocalizedText,
  path = '$',
): ConfigResult<never> {
  return err([{ file, path, message, remedy }]);
}

function unreadable(file: string, cause: unknown, path: string): ConfigResult<never> {
  const code = (cause as { readonly code?: unknown } | null)?.code;
  if (code === 'ENOENT') {
    return whole(
      file,
      { zh: '找不到这个文件。', en: 'There is no such file.' },
      { zh: '请检查文件名和所在文件夹。', en: 'Check its name and folder.' },
      path,
    );
  }
  const name = typeof code === 'string' ? code : 'unknown';
  return whole(
    file,
    { zh: `读不了这个文件（${name}）。`, en: `The file cannot be read (${name}).` },
    {
      zh: '请检查它是不是普通文件，以及本程序有没有读它的权限。',
      en: 'Check that it is a plain file and that this program may read it.',
    },
    path,
  );
}

/** Reads a file; every way in which that fails is told, none throws. */
export async function readBytes(file: string, path = '$'): Promise<ConfigResult<Uint8Array>> {
  try {
    return ok(await readFile(file));
  } catch (cause) {
    return unreadable(file, cause, path);
  }
}
