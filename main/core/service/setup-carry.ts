import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '../../../domain/result.ts';
import type { Candidate } from '../../../drivers/detection/contract.ts';
import {
  carriedFile,
  readCarried,
  type ConfigProblem,
  type DevicesConfig,
} from '../../../kiosk-config/index.ts';
import { carryOver, type CarriedOver } from '../devices/carry-over.ts';
import { replaceDurably } from '../storage/durable-files.ts';

/** The file on the stick; one set-up a stick, so that nobody takes the wrong one. */
export const CARRIED_FILE = 'bianmin-devices.json';

/** What carrying a set-up lives on. */
export interface CarryParts {
  /** Folders of the sticks that are plugged in. */
  readonly sticks: () => Promise<readonly string[]>;
  /** What is plugged into this machine. */
  readonly machine: () => Promise<readonly Candidate[]>;
}

/** Why nothing was carried: no stick, more than one, one that cannot be written, one without the file. */
export type CarryProblem = 'noStick' | 'severalSticks' | 'cannotWrite' | 'noFile';

async function oneStick({ sticks }: CarryParts): Promise<Result<string, CarryProblem>> {
  const [stick, ...more] = await sticks();
  if (stick === undefined) return err('noStick');
  return more.length > 0 ? err('severalSticks') : ok(stick);
}

/** Writes a set-up to the stick, in the place of one that was there. Never rejects. */
export async function writeSetup(
  parts: CarryParts,
  layer: DevicesConfig,
  at: string,
): Promise<Result<true, CarryProblem>> {
  const stick = await oneStick(parts);
  if (!stick.ok) return stick;
  try {
    await replaceDurably(join(stick.value, CARRIED_FILE), Buffer.from(carriedFile(layer, at)));
    return ok(true);
  } catch {
    return err('cannotWrite');
  }
}

/** Reads a set-up from the stick, and makes it fit this machine. Never rejects. */
export async function readSetup(
  parts: CarryParts,
): Promise<Result<CarriedOver, CarryProblem | readonly ConfigProblem[]>> {
  const stick = await oneStick(parts);
  if (!stick.ok) return stick;
  const file = join(stick.value, CARRIED_FILE);
  try {
    await access(file);
  } catch {
    return err('noFile');
  }
  const carried = await readCarried(file);
  if (!carried.ok) return carried;
  return ok(carryOver(carried.value.devices, await parts.machine()));
}
