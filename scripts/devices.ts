/**
 * `npm run devices -- list|probe|test ID|logo FILE|export FILE|import FILE|watch`: the technician's view of the devices. A running core is
 * asked over its admin socket; only when none runs are the devices opened here.
 */
import { listMachine } from '../drivers/detection/machine.ts';
import { DEFAULT_DEVICES, problemText, type ConfigProblem } from '../kiosk-config/index.ts';
import { readDeviceArguments, USAGE, type DeviceArguments } from './devices/arguments.ts';
import { runExport, runImport } from './devices/carry.ts';
import { findCore, type DeviceDesk } from './devices/core-link.ts';
import { runLogo } from './devices/logo.ts';
import { askList, Refused, runList, tellRefusal } from './devices/list.ts';
import { processOutput, type Output } from './devices/output.ts';
import {
  ownDesk,
  readDevicesLayer,
  terminalFiles,
  type TerminalFiles,
} from './devices/own-desk.ts';
import { runProbe } from './devices/probe.ts';
import { runTest } from './devices/test.ts';
import { runWatch } from './devices/watch.ts';
import { BadArguments } from './launch/arguments.ts';

/** What the configuration has wrong is told as such. */
class Misconfigured extends Error {
  override readonly name = 'Misconfigured';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super('misconfigured');
    this.problems = problems;
  }
}

async function openDesk(
  files: TerminalFiles,
  command: DeviceArguments['command'],
): Promise<DeviceDesk> {
  const core = await findCore(files.dataDir);
  if (core.is === 'running') return core.desk;
  if (core.is !== 'none') throw new Refused({ ok: false, error: core.is });
  const layer = await readDevicesLayer(files.devicesFile);
  // a set-up that is brought in may replace one that cannot be read
  if (!layer.ok && command.do !== 'import') throw new Misconfigured(layer.error);
  const current = layer.ok ? layer.value : DEFAULT_DEVICES;
  const opened = command.do !== 'import' && command.do !== 'export';
  return ownDesk(current, files, { opened });
}

async function probeCommand(
  command: Extract<DeviceArguments['command'], { do: 'probe' }>,
  files: TerminalFiles,
  output: Output,
  signal: AbortSignal,
): Promise<0 | 1> {
  const core = await findCore(files.dataDir);
  if (core.is !== 'none' && core.is !== 'running') {
    throw new Refused({ ok: false, error: core.is });
  }
  const held = core.is === 'running' ? await askList(core.desk) : [];
  const layer = await readDevicesLayer(files.devicesFile);
  if (!layer.ok && command.propose) throw new Misconfigured(layer.error);
  const current = layer.ok ? layer.value : DEFAULT_DEVICES;
  return runProbe({ ...command, held, current }, output, signal);
}

async function run(told: DeviceArguments, output: Output, stop: AbortController): Promise<0 | 1> {
  const { command } = told;
  const files = await terminalFiles(told.dataDir, told.config);
  if (!files.ok) throw new Misconfigured(files.error);
  if (command.do === 'probe') return probeCommand(command, files.value, output, stop.signal);
  const desk = await openDesk(files.value, command);
  try {
    switch (command.do) {
      case 'list':
        return await runList(desk, output);
      case 'test':
        return await runTest(desk, output, command, stop.signal);
      case 'logo':
        return await runLogo(desk, output, command.file, stop.signal);
      case 'export':
        return await runExport(desk, output, command.file, new Date().toISOString());
      case 'import':
        return await runImport(desk, output, command, listMachine);
      case 'watch': {
        const { seconds } = command;
        if (seconds !== undefined) setTimeout(() => stop.abort(), seconds * 1_000).unref();
        return await runWatch(desk, output, stop.signal);
      }
    }
  } finally {
    await desk.close();
  }
}

async function main(argv: readonly string[]): Promise<number> {
  let told: DeviceArguments;
  try {
    told = readDeviceArguments(argv);
  } catch (error) {
    if (!(error instanceof BadArguments)) throw error;
    process.stderr.write(`${error.message}\n${USAGE}\n`);
    return 2;
  }
  const output = processOutput(told.json);
  const stop = new AbortController();
  const end = (): void => stop.abort();
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  // whoever reads no more (`| head`) has seen enough
  process.stdout.on('error', end);
  try {
    return await run(told, output, stop);
  } catch (error) {
    if (error instanceof Refused) return tellRefusal(error, output);
    if (!(error instanceof Misconfigured)) throw error;
    const problems = error.problems.map(problemText);
    output.note({ type: 'misconfigured', problems }, problems.join('\n'));
    return 1;
  }
}

main(process.argv.slice(2)).then(
  (code) => process.stdout.write('', () => process.exit(code)),
  (error: unknown) => {
    console.error(error);
    process.exit(70);
  },
);
