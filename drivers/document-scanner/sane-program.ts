import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { DriverClock } from '../device.ts';
import { runToEnd, type ChildProcesses, type FinishedChild } from '../transport/child-process.ts';
import { failureInLine, saneFault } from './sane-faults.ts';
import {
  DEVICE_LIST_FORMAT,
  parseCapabilities,
  parseDeviceList,
  type SaneCapabilities,
  type SaneDevice,
} from './sane-options.ts';

/** What scanimage is given of an environment: its words in English, and where SANE is configured. */
export function saneEnvironment(configDir: string | undefined): Readonly<Record<string, string>> {
  return { LC_ALL: 'C', ...(configDir === undefined ? {} : { SANE_CONFIG_DIR: configDir }) };
}

/** How one question to scanimage is put. */
export interface SaneQuestion {
  readonly clock: DriverClock;
  readonly environment: Readonly<Record<string, string>>;
  readonly limitMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Every scanner that SANE finds on this machine, its network and in its configuration; takes seconds.
 * Faults: `device.missingLibrary` (no scanimage), `device.timeout`, `device.cancelled`, `device.protocol`.
 */
export async function listSaneDevices(
  processes: ChildProcesses,
  question: SaneQuestion,
): Promise<Result<readonly SaneDevice[], Fault>> {
  const said = await runToEnd(processes, 'scanimage', ['-f', DEVICE_LIST_FORMAT], question);
  if (!said.ok) return said;
  if (said.value.code !== 0) return err(failureOf(said.value));
  return ok(parseDeviceList(said.value.stdout));
}

/**
 * Opens a device (`--device-name=…`) and reads what it can do.
 * Faults: those of `listSaneDevices`, `device.offline` (not there), `device.busy`, `device.misconfigured`.
 */
export async function askCapabilities(
  processes: ChildProcesses,
  question: SaneQuestion & { readonly device: string },
): Promise<Result<SaneCapabilities, Fault>> {
  const said = await runToEnd(processes, 'scanimage', [question.device, '-A'], question);
  if (!said.ok) return said;
  const found = said.value.code === 0 ? parseCapabilities(said.value.stdout) : undefined;
  return found ? ok(found) : err(failureOf(said.value));
}

function failureOf({ code, signal, stderr }: FinishedChild): Fault {
  for (const line of stderr.split('\n')) {
    const failure = failureInLine(line);
    if (failure) return saneFault(failure);
  }
  return fault('device.protocol', { vendorCode: `scanimage ${signal ?? `exit ${code ?? '?'}`}` });
}
