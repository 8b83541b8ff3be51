import sharp from 'sharp';
import { problemText } from '../../kiosk-config/index.ts';
import { logoStoredSchema } from '../../main/core/server/admin-socket-shapes.ts';
import type { DeviceDesk } from './core-link.ts';
import { Refused } from './list.ts';
import type { Output } from './output.ts';
import { faultText } from './words.ts';

/** As large as a request to the terminal may be, and as a heading looks well. */
const LARGEST = { width: 384, height: 96 } as const;

/** A picture in dots, black where it is dark; transparent is white. Rejects when it is no picture. */
export async function dotsOf(
  file: string,
): Promise<{ readonly width: number; readonly height: number; readonly data: Uint8Array }> {
  const { data, info } = await sharp(file)
    .resize({ ...LARGEST, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#ffffff' })
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const rowBytes = Math.ceil(width / 8);
  const dots = new Uint8Array(rowBytes * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * rowBytes + (x >> 3);
      const dark = (data[(y * width + x) * channels] ?? 255) < 128;
      if (dark) dots[at] = (dots[at] ?? 0) | (0x80 >> (x & 7));
    }
  }
  return { width, height, data: dots };
}

/**
 * `logo FILE`: puts a picture into the memory of the receipt printer and has receipts begin with it.
 * Throws Refused.
 * @returns exit code 1 when the file is no picture, or the printer did not keep it
 */
export async function runLogo(
  desk: DeviceDesk,
  output: Output,
  file: string,
  signal: AbortSignal,
): Promise<0 | 1> {
  let dots: Awaited<ReturnType<typeof dotsOf>>;
  try {
    dots = await dotsOf(file);
  } catch {
    output.note(
      { type: 'noPicture' },
      '这个文件不是图片，或者读不了 The file is no picture, or cannot be read',
    );
    return 1;
  }
  const { width, height } = dots;
  const dotsBase64 = Buffer.from(dots.data).toString('base64');
  for await (const answer of desk.ask(
    { do: 'devices.storeLogo', width, height, dotsBase64 },
    signal,
  )) {
    if (!answer.ok) throw new Refused(answer);
    if (!('value' in answer)) continue;
    const stored = logoStoredSchema.parse(answer.value);
    if ('fault' in stored) {
      output.tell(
        { type: 'notStored', fault: stored.fault },
        `没有存进去 Not stored: ${faultText(stored.fault)}`,
      );
      return 1;
    }
    const { name: logo, saved } = stored;
    if ('problems' in saved) {
      const problems = saved.problems.map(problemText);
      output.note({ type: 'misconfigured', problems }, problems.join('\n'));
      return 1;
    }
    const { version } = saved;
    output.tell(
      { type: 'stored', logo, width, height, version },
      `存好了（${String(width)} × ${String(height)} 点），设备配置第 ${String(version)} 版起回执都打印它。请测试打印机看一看。\nStored; from version ${String(version)} of the set-up on receipts begin with it. Test the printer and look.`,
    );
    return 0;
  }
  return 1;
}
