import { err, ok } from '../../domain/result.ts';
import type { LocalizedText } from '../../domain/text.ts';
import type { DevicesConfig } from './devices.ts';
import { parseConfig, readJson } from './load.ts';
import type { ConfigProblem, ConfigResult } from './problem.ts';

/** What a file that carries the devices of one terminal to another says that it is. */
const FORMAT = 'bianmin-devices';
const VERSION = 1;

/** A devices layer on its way to another terminal. */
export interface CarriedDevices {
  readonly format: typeof FORMAT;
  readonly v: typeof VERSION;
  /** ISO 8601 */
  readonly exportedAt: string;
  readonly layer: DevicesConfig;
}

/** The file that carries this layer. */
export function carriedFile(layer: DevicesConfig, exportedAt: string): string {
  const carried: CarriedDevices = { format: FORMAT, v: VERSION, exportedAt, layer };
  return `${JSON.stringify(carried, null, 2)}\n`;
}

/** Reads such a file and checks it whole; every mistake is told by its path. Never rejects. */
export async function readCarried(file: string): Promise<ConfigResult<DevicesConfig>> {
  const read = await readJson(file);
  if (!read.ok) return read;
  const { format, v, layer } = (read.value ?? {}) as Partial<
    Readonly<Record<keyof CarriedDevices, unknown>>
  >;
  const wrong = (path: string, message: LocalizedText, remedy: LocalizedText): ConfigProblem[] => [
    { file, path, message, remedy },
  ];
  if (format !== FORMAT) {
    return err(
      wrong(
        '$.format',
        { zh: '这不是导出的设备配置。', en: 'This is no exported set-up of devices.' },
        {
          zh: '请用 npm run devices -- export 导出的文件。',
          en: 'Use a file that npm run devices -- export made.',
        },
      ),
    );
  }
  if (v !== VERSION) {
    return err(
      wrong(
        '$.v',
        { zh: '这个文件的版本不认识。', en: 'The version of this file is not known.' },
        {
          zh: '两台终端请装同样版本的程序，再导出一次。',
          en: 'Install the same software on both terminals and export again.',
        },
      ),
    );
  }
  const parsed = parseConfig('devices', layer, file);
  if (parsed.ok) return ok(parsed.value);
  return err(
    parsed.error.map((problem) => ({ ...problem, path: problem.path.replace(/^\$/, '$.layer') })),
  );
}
