import { err, ok } from '../../domain/result.ts';
import { explain } from './explain.ts';
import { jsonErrorAt } from './json-error.ts';
import { LAYERS, type Layer, type LayerConfig } from './layers.ts';
import type { ConfigResult } from './problem.ts';
import { MAX_BYTES, readBytes, whole } from './read-file.ts';
import type { StartFlags } from './start.ts';

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
  const read = await readBytes(file);
  if (!read.ok) return read;
  const bytes = read.value;
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
