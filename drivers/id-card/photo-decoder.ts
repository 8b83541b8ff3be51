import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { CommandOptions, DriverClock } from '../device.ts';
import {
  CONFINED,
  runWhole,
  type ChildExit,
  type ChildProcesses,
} from '../transport/child-process.ts';

/** A photo as any browser draws it. */
export interface DecodedPhoto {
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/bmp';
  readonly bytes: Uint8Array;
}

/**
 * Makes a picture of the photo on an ID card: 1024 bytes of WLT, a format that is not public. Only who makes security
 * modules has the program for it, under licence; none comes with the terminal.
 */
export interface PhotoDecoder {
  /**
   * Never rejects. The caller overwrites the bytes that it gave, and the picture when it is of no more use.
   * Faults: `device.missingLibrary` (no such program), `device.misconfigured` (it may not be run),
   * `device.timeout`, `device.cancelled`, `device.protocol` (it failed, said too much, or gave no picture).
   */
  decode(photo: Uint8Array, options: CommandOptions): Promise<Result<DecodedPhoto, Fault>>;
}

/** The program that decodes, and what it is started with. */
export interface PhotoProgram {
  /** Whole path. */
  readonly program: string;
  readonly args: readonly string[];
}

/** A portrait of a card has 102 by 126 dots: as a bitmap 38 kB. */
export const MOST_PICTURE_BYTES = 256 * 1024;

const KINDS: readonly (readonly [DecodedPhoto['mediaType'], readonly number[]])[] = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/bmp', [0x42, 0x4d]],
];

/**
 * A decoder that is a program: the photo goes to its standard input, the picture comes from its standard output. It
 * runs once for each card and is killed when it takes too long; on Linux the kernel keeps it from writing one byte to
 * a file and from leaving its memory behind in a crash. What it says on standard error is not looked at.
 */
export function programPhotoDecoder(
  { program, args }: PhotoProgram,
  processes: ChildProcesses,
  clock: DriverClock,
): PhotoDecoder {
  const [start, more] =
    process.platform === 'linux'
      ? (['prlimit', [...CONFINED, '--', program, ...args]] as const)
      : ([program, args] as const);
  return {
    async decode(photo, { deadlineMs, signal }) {
      const ran = await runWhole(processes, start, more, {
        clock,
        limitMs: deadlineMs,
        maxBytes: MOST_PICTURE_BYTES,
        input: photo,
        signal,
      });
      if (!ran.ok) return ran;
      const { stdout: bytes } = ran.value;
      const mediaType = ran.value.code === 0 ? kindOf(bytes) : undefined;
      if (mediaType !== undefined) return ok({ mediaType, bytes });
      bytes.fill(0);
      return err(whyNone(ran.value));
    },
  };
}

function kindOf(bytes: Uint8Array): DecodedPhoto['mediaType'] | undefined {
  return KINDS.find(([, begin]) => begin.every((byte, i) => bytes[i] === byte))?.[0];
}

/** The exit codes 126 and 127 are prlimit's: the program may not be run, or is not there. */
function whyNone({ code, signal }: ChildExit): Fault {
  if (code === 127) return fault('device.missingLibrary', { detail: 'no such photo decoder' });
  if (code === 126) return fault('device.misconfigured', { detail: 'the photo decoder' });
  const how = code === 0 ? 'no picture' : (signal ?? `exit ${String(code)}`);
  return fault('device.protocol', { vendorCode: `photo decoder: ${how}` });
}
