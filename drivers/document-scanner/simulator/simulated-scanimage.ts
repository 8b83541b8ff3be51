// Test support: the program scanimage as its far end speaks it, words and exit codes of sane-backends 1.1.1.
import { open, rename } from 'node:fs/promises';
import { fault } from '../../../domain/device/fault-catalogue.ts';
import { err, ok } from '../../../domain/result.ts';
import type { SimulatorCommand } from '../../simulator-host/simulator.ts';
import type { ChildExit, ChildProcesses, RunningChild } from '../../transport/child-process.ts';
import { systemChildProcesses } from '../../transport/child-process.ts';

/** What sane-airscan tells of a scanner with glass and feeder. */
export const AIRSCAN_OPTIONS = `
All options specific to device \`airscan:e0:Sim':
  Standard:
    --resolution 100|150|200|300dpi [300]
        Sets the resolution of the scanned image.
    --mode Color|Gray [Color]
        Selects the scan mode (e.g., lineart, monochrome, or color).
    --source Flatbed|ADF [Flatbed]
        Selects the scan source (such as a document-feeder).
  Geometry:
    -l 0..215.9mm [0]
        Top-left x position of scan area.
    -x 0..215.9mm [215.9]
        Width of scan-area.
    -y 0..297.011mm [297.011]
        Height of scan-area.
  Enhancement:
    --adf-justification-x <string> [inactive]
        ADF width justification (left/right/center)
`;

const STATUS = {
  2: 'Operation was cancelled',
  3: 'Device busy',
  6: 'Document feeder jammed',
  7: 'Document feeder out of documents',
  8: 'Scanner cover is open',
  9: 'Error during device I/O',
} as const;
type Code = keyof typeof STATUS;

/** Starts simulated runs of scanimage; other programs (mkfifo) are the machine's own. */
export class SimulatedScanimage implements ChildProcesses {
  /** What `-A` gives. */
  options = AIRSCAN_OPTIONS;
  /** The page with this number of all that were scanned, in place of the usual ones. */
  picture: ((page: number) => Uint8Array) | undefined;
  /** Stays when it should end, until SIGKILL. */
  deaf = false;
  /** Does not exit although its batch has terminated, as sane-backends sometimes does. */
  lingers = false;
  /** The line to its saned breaks at the second page, and it does one of what was seen of the real one then. */
  breaks: 'writesToNobody' | 'strangeStatus' | 'spins' | undefined;
  /** So many answers to `-A` from now on are nonsense. */
  garbled = 0;
  /** Programs that this machine does not have. */
  readonly missing = new Set<string>();
  /** Arguments of every run so far. */
  readonly runs: (readonly string[])[] = [];
  /** Runs that have not ended: a device that is not free. */
  active = 0;
  #sheets = { flatbed: 0, feeder: 0 };
  #scanned = 0;
  #jamAfter: number | undefined;
  #cover = false;
  #busy = false;
  #fail = 0;
  #mute = false;
  #goneUntil = 0;

  /** Throws where a scanner cannot do that. */
  readonly command = (command: SimulatorCommand): void => {
    switch (command.do) {
      case 'loadPages':
        this.#sheets[command.source] = command.count;
        return;
      case 'setJam':
        this.#jamAfter = command.jammed ? (command.afterPages ?? 0) : undefined;
        return;
      case 'setCover':
        this.#cover = command.open;
        return;
      case 'setBusy':
        this.#busy = command.busy;
        return;
      case 'failNext':
        this.#fail = command.times ?? 1;
        return;
      case 'setMute':
        this.#mute = command.mute;
        return;
      case 'dropLine':
        this.#goneUntil = performance.now() + (command.forMs ?? 0);
        return;
      default:
        throw new Error(`a scanner has no command ${command.do}`);
    }
  };

  readonly start: ChildProcesses['start'] = (program, args, options) => {
    if (this.missing.has(program)) {
      return Promise.resolve(err(fault('device.missingLibrary', { detail: program })));
    }
    if (program === 'mkfifo') return systemChildProcesses.start(program, args, options);
    const run = new Run(options);
    this.runs.push([program, ...args]);
    this.active += 1;
    run.exited.finally(() => (this.active -= 1)).catch(() => undefined);
    run.deaf = this.deaf;
    this.#play(run, args).catch((error: unknown) => run.end({ code: 134, signal: String(error) }));
    return Promise.resolve(ok(run));
  };

  async #play(run: Run, args: readonly string[]): Promise<void> {
    // A process of its own does not begin in the same turn.
    await new Promise((resolve) => setTimeout(resolve, 2));
    if (performance.now() < this.#goneUntil) {
      run.say('scanimage: open of device airscan:e0:Sim failed: Error during device I/O\n');
      run.end({ code: 1, signal: null });
    } else if (args.includes('-A')) {
      if (this.#mute) return;
      this.garbled -= 1;
      run.print(this.garbled < 0 ? this.options : 'nonsense');
      run.end({ code: 0, signal: null });
    } else await this.#batch(run, args);
  }

  async #batch(run: Run, args: readonly string[]): Promise<void> {
    const value = (name: string): string =>
      args.find((one) => one.startsWith(`--${name}=`))?.slice(name.length + 3) ?? '';
    const source = /adf/i.test(value('source')) ? 'feeder' : 'flatbed';
    const count = Number(value('batch-count'));
    let code: Code | 0 = 0;
    for (let page = 1; page <= count && code === 0 && !run.over; page += 1) {
      run.say(`Place document no. ${page} on the scanner.\nPress <RETURN> to continue.\n`);
      if (!(await run.pressed())) break;
      run.say(`Scanning page ${page}\n`);
      if (page === 2 && this.breaks !== undefined) {
        this.#break(run, this.breaks);
        return;
      }
      const refused = this.#refusal(source, page - 1);
      if (refused !== undefined) {
        run.say(`scanimage: sane_start: ${STATUS[refused]}\n`);
        code = refused;
      } else if (!(await this.#page(run, value('batch').replace('%d', String(page)), page))) return;
      else if (source === 'feeder') this.#sheets.feeder -= 1;
    }
    run.say('Batch terminated\n');
    if (!this.lingers) run.end({ code, signal: null });
  }

  #break(run: Run, how: NonNullable<SimulatedScanimage['breaks']>): void {
    if (how === 'spins') {
      run.say('Progress: 12.5%\r'.repeat(5_000));
      return;
    }
    if (how === 'strangeStatus') {
      run.say('scanimage: sane_get_parameters: Unknown SANE status code 1886559984\n');
      run.say('Scanned page 2. (scanner status = 1886559984)\nBatch terminated, 2 pages scanned\n');
    }
    run.say('scanimage: received signal 13\nscanimage: trying to stop scanner\n');
    run.end({ code: 0, signal: null });
  }

  #refusal(source: 'flatbed' | 'feeder', delivered: number): Code | undefined {
    if (performance.now() < this.#goneUntil) return 9;
    if (this.#busy) return 3;
    if (this.#cover) return 8;
    if (this.#fail > 0) {
      this.#fail -= 1;
      return 9;
    }
    if (source === 'flatbed') return undefined;
    if (this.#jamAfter !== undefined && delivered >= this.#jamAfter) {
      this.#jamAfter = 0;
      return 6;
    }
    return this.#sheets.feeder > 0 ? undefined : 7;
  }

  /** False when it never ends. */
  async #page(run: Run, path: string, page: number): Promise<boolean> {
    if (this.#mute) return false;
    this.#scanned += 1;
    const usual = Buffer.from(`\xff\xd8 sheet ${this.#scanned}\xff\xd9`, 'latin1');
    const bytes = this.picture?.(this.#scanned) ?? usual;
    const file = await open(`${path}.part`, 'w');
    const half = bytes.byteLength >> 1;
    try {
      run.say('Progress: 0.0%\rProgress: 50');
      await file.write(bytes.subarray(0, half));
      run.say('.0%\rProgress: 100.0%\r');
      await file.write(bytes.subarray(half));
    } catch {
      // Nobody reads: a real one dies of SIGPIPE.
      run.end({ code: null, signal: 'SIGPIPE' });
      return false;
    } finally {
      await file.close();
    }
    await rename(`${path}.part`, path);
    run.say(`Scanned page ${page}. (scanner status = 5)\n`);
    return true;
  }
}

class Run implements RunningChild {
  readonly #say: Parameters<ChildProcesses['start']>[2];
  readonly #exit = Promise.withResolvers<ChildExit>();
  readonly exited = this.#exit.promise;
  #keys = 0;
  #inputOver = false;
  #wake: (() => void) | undefined;
  over = false;
  deaf = false;

  constructor(say: Parameters<ChildProcesses['start']>[2]) {
    this.#say = say;
  }

  say(text: string): void {
    if (!this.over) this.#say.onStderr?.(Buffer.from(text, 'latin1'));
  }

  print(text: string): void {
    if (!this.over) this.#say.onStdout?.(Buffer.from(text, 'latin1'));
  }

  end(exit: ChildExit): void {
    this.over = true;
    this.#exit.resolve(exit);
    this.#wake?.();
  }

  /** Waits for RETURN; false at the end of input. */
  async pressed(): Promise<boolean> {
    while (this.#keys === 0 && !this.#inputOver && !this.over) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    if (this.#keys === 0) return false;
    this.#keys -= 1;
    return true;
  }

  write(bytes: Uint8Array): void {
    this.#keys += bytes.byteLength;
    this.#wake?.();
  }

  endInput(): void {
    this.#inputOver = true;
    this.#wake?.();
  }

  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    if (signal === 'SIGTERM' && this.deaf) return;
    if (signal === 'SIGTERM') this.say('scanimage: received signal 15\n');
    this.end(signal === 'SIGTERM' ? { code: 2, signal: null } : { code: null, signal });
  }
}
