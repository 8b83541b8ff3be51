import { readFile } from 'node:fs/promises';
import { err, ok } from '../../domain/result.ts';
import type { LocalizedText } from '../../domain/text.ts';
import { explain } from './explain.ts';
import { jsonErrorAt } from './json-error.ts';
import { LAYERS, type Layer, type LayerConfig } from './layers.ts';
import type { ConfigResult } from './problem.ts';
import type { StartFlags } from './start.ts';

/** More than any configuration has; a wrong file name must not fill the memory. */
const MAX_BYTES = 1_000_000;

function whole(file: string, message: LocalizedText, remedy: LocalizedText): ConfigResult<never> {
  return err([{ file, path: '$', message, remedy }]);
}

function unreadable(file: string, cause: unknown): ConfigResult<never> {
  const code = (cause as { readonly code?: unknown } | null)?.code;
  if (code === 'ENOENT') {
    return whole(
      file,
      { zh: '找不到这个文件。', en: 'There is no such file.' },
      { zh: '请检查文件名和所在文件夹。', en: 'Check its name and folder.' },
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
  );
}

/** Only the line is told: the runtime's own message quotes what stands there. */
function notJson(file: string, text: string): ConfigResult<never> {
  const line = text.slice(0, jsonErrorAt(text)).split('\n').length;
  return whole(
    file,
    { zh: `不是正确的 JSON，错在第 ${line} 行附近。`, en: `Not valid JSON, near line ${line}.` },
    {
      zh: '请检查逗号、引号和括号：最后一项后面不加逗号，引号用英文的。',
      en: 'Check commas, quotation marks and brackets: no comma after the last entry, straight quotes.',
    },
  );
}

/** Reads a JSON file; every way in which that fails is told, none throws. */
export async function readJson(file: string): Promise<ConfigResult<unknown>> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    return unreadable(file, cause);
  }
  let text: string;
  try {
    if (bytes.length > MAX_BYTES) throw new RangeError('too large');
    // drops the byte order mark that some editors write
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return whole(
      file,
      { zh: '不是 UTF-8 文字文件。', en: 'Not a text file in UTF-8.' },
      { zh: '请用 UTF-8 编码另存。', en: 'Save it again with the encoding UTF-8.' },
    );
  }
  try {
    return ok(JSON.parse(text) as unknown);
  } catch {
    return notJson(file, text);
  }
}

/** Checks a value, from wherever it came, as one layer of the configuration. Never throws. */
export function parseConfig<L extends Layer>(
  layer: L,
  value: unknown,
  file: string = layer,
): ConfigResult<LayerConfig[L]> {
  const parsed = LAYERS[layer].schema.safeParse(value);
  return parsed.success
    ? ok(parsed.data as LayerConfig[L])
    : err(explain(parsed.error.issues, value, layer, file));
}

/** Reads and checks a file as one layer of the configuration. Never rejects. */
export async function loadConfig<L extends Layer>(
  layer: L,
  file: string,
): Promise<ConfigResult<LayerConfig[L]>> {
  const read = await readJson(file);
  return read.ok ? parseConfig(layer, read.value, file) : read;
}

/** The start configuration: flags before the file, the file before the defaults. Never rejects. */
export async function loadStart(
  flags: StartFlags,
  file?: string,
): Promise<ConfigResult<LayerConfig['start']>> {
  const fromFile = file === undefined ? ok({}) : await readJson(file);
  if (!fromFile.ok) return fromFile;
  const { value } = fromFile;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return parseConfig('start', value, file);
  }
  const given = Object.entries(flags).filter(([, flag]) => flag !== undefined);
  return parseConfig('start', { ...value, ...Object.fromEntries(given) }, file);
}
