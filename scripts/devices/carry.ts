import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { DEVICE_NAMES } from '../../domain/device/class-names.ts';
import type { Candidate } from '../../drivers/detection/contract.ts';
import {
  carriedFile,
  parseConfig,
  problemText,
  readCarried,
  type ConfigProblem,
  type DevicesConfig,
} from '../../kiosk-config/index.ts';
import { carryOver } from '../../main/core/devices/carry-over.ts';
import { savedSchema } from '../../main/core/server/admin-socket-shapes.ts';
import type { DeviceDesk } from './core-link.ts';
import { Refused } from './list.ts';
import type { Output } from './output.ts';
import { both } from './words.ts';

/** Asks for one value. Throws Refused. */
async function askOne(
  desk: DeviceDesk,
  request: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  for await (const answer of desk.ask(request, new AbortController().signal)) {
    if (!answer.ok) throw new Refused(answer);
    if ('value' in answer) return answer.value;
  }
  throw new Refused({ ok: false, error: 'gone' });
}

function tellProblems(problems: readonly ConfigProblem[], output: Output): void {
  const texts = problems.map(problemText);
  output.note({ type: 'misconfigured', problems: texts }, texts.join('\n'));
}

/**
 * `export FILE`: writes the devices layer, as it is in force, into a new file. Throws Refused.
 * @returns exit code 1 when the file is there already or cannot be written
 */
export async function runExport(
  desk: DeviceDesk,
  output: Output,
  file: string,
  at: string,
): Promise<0 | 1> {
  const { layer } = z
    .object({ layer: z.unknown() })
    .parse(await askOne(desk, { do: 'devices.export' }));
  const parsed = parseConfig('devices', layer);
  if (!parsed.ok) {
    tellProblems(parsed.error, output);
    return 1;
  }
  try {
    await writeFile(file, carriedFile(parsed.value, at), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    const why = code === 'EEXIST' ? '文件已经有了 the file is there already' : code;
    output.note({ type: 'notWritten', code }, `没有导出 Not exported: ${why}`);
    return 1;
  }
  output.tell(
    { type: 'exported', file, version: parsed.value.version },
    `第 ${String(parsed.value.version)} 版设备配置写进了 ${file}\nVersion ${String(parsed.value.version)} of the set-up was written into ${file}`,
  );
  return 0;
}

/**
 * `import FILE`: checks a carried set-up whole, makes it fit this machine, says what of it belonged to the
 * other one, and saves it as a new version. Name of the hall and screen stay this terminal's. Throws Refused.
 * @param check looks only, and changes nothing
 * @returns exit code 1 when something is wrong with it; nothing was changed then
 */
export async function runImport(
  desk: DeviceDesk,
  output: Output,
  { file, check }: { readonly file: string; readonly check: boolean },
  machine: () => Promise<readonly Candidate[]>,
): Promise<0 | 1> {
  const carried = await readCarried(file);
  if (!carried.ok) {
    tellProblems(carried.error, output);
    return 1;
  }
  const { devices, notes } = carryOver(carried.value.devices, await machine());
  tellHall(carried.value, output);
  for (const { device, text } of notes) {
    output.note(
      { type: 'note', device, text },
      `${both(DEVICE_NAMES[device])}：${text.zh}\n  ${text.en}`,
    );
  }
  if (check) {
    output.tell({ type: 'checked' }, '可以导入，没有改动 It can be imported; nothing was changed');
    return 0;
  }
  const saved = savedSchema.parse(await askOne(desk, { do: 'devices.import', devices }));
  if ('problems' in saved) {
    tellProblems(saved.problems, output);
    return 1;
  }
  output.tell(
    { type: 'imported', version: saved.version },
    `存为第 ${String(saved.version)} 版，可以在设备维护页面上退回。请逐个测试。\nSaved as version ${String(saved.version)}; the maintenance page goes back. Test every device.`,
  );
  return 0;
}

function tellHall({ terminal }: DevicesConfig, output: Output): void {
  const { hallName } = terminal;
  output.note(
    { type: 'note', code: 'hallStays', hallName },
    `大厅名称和屏幕尺寸不带过来（文件里是：${hallName.zh}）\nThe hall’s name and the screen stay this terminal’s (in the file: ${hallName.en})`,
  );
}
