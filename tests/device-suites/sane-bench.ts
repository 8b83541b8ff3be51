// Test support: SANE with a configuration of its own, and the paper that its test backend lacks.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  DocumentScanner,
  ScannedPage,
  ScanOptions,
  ScanRequest,
} from '../../drivers/document-scanner/contract.ts';
import type { SaneTiming } from '../../drivers/document-scanner/sane-scanner.ts';
import type { SimulatorCommand } from '../../drivers/simulator-host/simulator.ts';
import type { ChildProcesses } from '../../drivers/transport/child-process.ts';
import { systemChildProcesses } from '../../drivers/transport/child-process.ts';

/** Looks often and shows faults shortly, yet waits long enough for real programs on a slow machine. */
export const SANE_TIMING: Partial<SaneTiming> = {
  pollMs: 100,
  firstRetryMs: 100,
  maxRetryMs: 300,
  lookMs: 3_000,
  faultShownMs: 300,
  stopMs: 1_000,
  stalledMs: 8_000,
};

export const A4_FEEDER: ScanRequest = {
  source: 'feeder',
  resolutionDpi: 150,
  colour: 'grey',
  maxPages: 20,
};
export const A4_FLATBED: ScanRequest = { ...A4_FEEDER, source: 'flatbed' };

/** Its glass is 20 cm long unless told; A4 needs more. */
export const TEST_BACKEND = {
  'dll.conf': 'test\n',
  'test.conf': 'number_of_devices 2\ngeometry_max 420\n',
};

/** Scans with all the time in the world and keeps the pages. */
export async function scan(
  scanner: DocumentScanner,
  request: ScanRequest = A4_FLATBED,
  options: Partial<ScanOptions> = {},
) {
  const pages: ScannedPage[] = [];
  const patient = { deadlineMs: 90_000, ...options };
  const result = await scanner.scan(request, (page) => pages.push(page), patient);
  return { result, pages };
}

/** A SANE_CONFIG_DIR with these files; gone when removed. */
export async function saneConfig(files: Readonly<Record<string, string>>) {
  const dir = await mkdtemp(join(tmpdir(), 'bianmin-sane-'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

/**
 * Runs the real scanimage and tells SANE's test backend, by that backend's own options, what a scanner would
 * meet: it has no paper that can be laid in, ten sheets always, and fails when told at its start.
 */
export class TestBackendPaper implements ChildProcesses {
  #sheets = 0;
  #cover = false;
  #busy = false;
  #fail = 0;

  /** Throws when the test backend cannot be made to do that. */
  readonly command = (command: SimulatorCommand): void => {
    if (command.do === 'loadPages') {
      if (command.source === 'feeder') this.#sheets = command.count;
    } else if (command.do === 'setCover') this.#cover = command.open;
    else if (command.do === 'setBusy') this.#busy = command.busy;
    else if (command.do === 'failNext') this.#fail = command.times ?? 1;
    else throw new Error(`the test backend has no command ${command.do}`);
  };

  readonly start: ChildProcesses['start'] = (program, args, options) => {
    if (program !== 'prlimit') return systemChildProcesses.start(program, args, options);
    const isFeeder = args.some((arg) => arg.includes('Document Feeder'));
    const failure = this.#failure(isFeeder);
    const asked = Number(args.find((arg) => arg.startsWith('--batch-count='))?.split('=')[1]);
    // The last one of an option counts.
    const more =
      failure === undefined
        ? isFeeder
          ? [`--batch-count=${Math.min(asked, this.#sheets)}`]
          : []
        : [`--read-return-value=SANE_STATUS_${failure}`];
    return systemChildProcesses.start(program, [...args, ...more], {
      ...options,
      onStderr: (bytes) => {
        const pages = Buffer.from(bytes).toString().split('(scanner status = 5)').length - 1;
        if (isFeeder) this.#sheets -= pages;
        options.onStderr?.(bytes);
      },
    });
  };

  #failure(isFeeder: boolean): string | undefined {
    if (this.#busy) return 'DEVICE_BUSY';
    if (this.#cover) return 'COVER_OPEN';
    if (this.#fail > 0) {
      this.#fail -= 1;
      return 'IO_ERROR';
    }
    return isFeeder && this.#sheets < 1 ? 'NO_DOCS' : undefined;
  }
}
