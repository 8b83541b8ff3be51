import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  authorityEnds,
  checkProduction,
  DEMO_ENROLMENT_CODE,
  loadAuthorities,
  loadConfig,
  loadStart,
  problemText,
  type ConfigProblem,
  type DevicesConfig,
  type PlatformAuthorities,
  type StartConfig,
  type StartFlags,
} from '../../kiosk-config/index.ts';
import { memoryLeaks } from './adapters/memory-leaks.ts';
import { createSystemPorts } from './adapters/system-ports.ts';
import { composeTerminal } from './compose.ts';
import { systemdCredential } from './keys/key-store.ts';
import { createLogger, type Logger } from './log/logger.ts';
import { devicesOfSimulators, startSimulators } from './simulated-devices.ts';
import type { SetupProblem } from './terminal.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** How the command is used. */
export const USAGE = `用法 Usage: npm run terminal -- --port N --data DIR [--config FILE] [--platform URL] [--simulators URL] [--camera] [--environment demo|production] [--die-with-parent]
  --port N          页面端口，0 为任意空闲端口；port of the page on 127.0.0.1, 0 takes any free one
  --data DIR        终端数据目录；folder of all that the terminal keeps
  --config FILE     启动配置 JSON；start configuration. 不给时为演示环境；without it: a demonstration
  --platform URL    平台地址；address of the platform
  --simulators URL  模拟设备控制口；control plane of running simulators. 不给且没有配置设备时自动启动；without it they are started
  --camera          页面的浏览器用影片代替高拍仪；the page's browser shows a film instead of a document camera
  --die-with-parent 父进程的管道一断就退出；ends when stdin closes
  --print-policy    只打印 Chromium 外壳的管理策略；only prints the managed policy of the Chromium shell`;

/** Nobody listens at port 9 (discard): the link is away. */
const NO_PLATFORM = 'http://127.0.0.1:9';

/** The start cannot go on; the text says where, what, and what to do, in both languages. */
class StartRefused extends Error {
  override readonly name = 'StartRefused';
}

interface CommandLine {
  readonly flags: StartFlags;
  readonly config: string | undefined;
  readonly dieWithParent: boolean;
}

function readCommandLine(argv: readonly string[]): CommandLine {
  let values;
  try {
    values = parseArgs({
      args: [...argv],
      options: {
        port: { type: 'string' },
        data: { type: 'string' },
        config: { type: 'string' },
        platform: { type: 'string' },
        simulators: { type: 'string' },
        camera: { type: 'boolean' },
        environment: { type: 'string' },
        'die-with-parent': { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new StartRefused(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
  // whoever gives no configuration tries it out; production is always written down
  const environment = values.environment ?? (values.config === undefined ? 'demo' : undefined);
  const flags = {
    ...(values.port === undefined ? {} : { port: Number(values.port) }),
    ...(values.data === undefined ? {} : { dataDir: values.data }),
    ...(values.platform === undefined ? {} : { platformUrl: values.platform }),
    ...(values.simulators === undefined ? {} : { simulatorsUrl: values.simulators }),
    ...(values.camera === undefined ? {} : { simulatedCamera: values.camera }),
    // checked with all the others
    ...(environment === undefined ? {} : { environment: environment as 'demo' }),
  };
  return { flags, config: values.config, dieWithParent: values['die-with-parent'] ?? false };
}

function refuse(problems: readonly ConfigProblem[]): never {
  throw new StartRefused(problems.map(problemText).join('\n'));
}

interface DeviceSetup {
  readonly devices: DevicesConfig | undefined;
  readonly problems: readonly SetupProblem[];
  /** Where the technician's layer is kept; none for simulated devices. */
  readonly file?: string;
  readonly simulators?: { readonly control: string; readonly stop: () => Promise<void> };
}

/** The technician's devices; outside production simulated ones when there are none. */
async function readDevices(start: StartConfig, log: Logger): Promise<DeviceSetup> {
  const file = start.devicesFile ?? join(start.dataDir, 'devices.json');
  if (start.devicesFile !== undefined || existsSync(file)) {
    const read = await loadConfig('devices', file);
    const wrong = read.ok ? checkProduction({ start, devices: read.value }) : read.error;
    if (wrong.length === 0)
      return { devices: read.ok ? read.value : undefined, file, problems: [] };
    log.error('the devices cannot be used as configured', { problems: wrong.map(problemText) });
    return { devices: undefined, file, problems: [{ code: 'devicesUnreadable', details: wrong }] };
  }
  if (start.environment === 'production') return { devices: undefined, file, problems: [] };
  try {
    if (start.simulatorsUrl !== undefined) {
      const devices = await devicesOfSimulators(start.simulatorsUrl, start.simulatedCamera);
      return {
        devices,
        problems: [],
        simulators: { control: start.simulatorsUrl, stop: () => Promise.resolve() },
      };
    }
    const simulators = await startSimulators(start.simulatedCamera);
    return { devices: simulators.devices, problems: [], simulators };
  } catch {
    log.error('the simulators cannot be reached');
    return { devices: undefined, problems: [{ code: 'simulatorsUnreachable', details: [] }] };
  }
}

function softwareVersion(): string {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  return version;
}

/** Takes a secret out of the environment, so that no child process inherits it. */
function takeFromEnvironment(name: string): string | undefined {
  const value = process.env[name];
  Reflect.deleteProperty(process.env, name);
  return value;
}

async function memoryProblems(log: Logger): Promise<readonly SetupProblem[]> {
  const leaks = await memoryLeaks();
  if (leaks.length === 0) return [];
  log.warn('memory may reach a disk', { leaks });
  return [{ code: 'memoryMayLeak', details: [] }];
}

/** Those that alone are trusted for the platform; none where no file names them. */
async function readAuthorities(
  start: StartConfig,
  log: Logger,
): Promise<PlatformAuthorities | undefined> {
  if (start.platformCaFile === undefined) return undefined;
  const read = await loadAuthorities(start.platformCaFile);
  if (!read.ok) refuse(read.error);
  for (const { code, details } of authorityEnds(read.value, Date.now())) {
    log.warn('the authority of the platform', { code, problems: details.map(problemText) });
  }
  return read.value;
}

async function serve(commandLine: CommandLine, log: Logger): Promise<() => Promise<void>> {
  const loaded = await loadStart(commandLine.flags, commandLine.config);
  if (!loaded.ok) refuse(loaded.error);
  const start = loaded.value;
  const wrong = checkProduction({ start });
  if (wrong.length > 0) refuse(wrong);
  const { environment } = start;
  const platformAuthorities = await readAuthorities(start, log);
  const unwrappedKey =
    takeFromEnvironment('BIANMIN_TERMINAL_KEY') ??
    (await systemdCredential(process.env['CREDENTIALS_DIRECTORY']));
  const ports = await createSystemPorts({
    dataFolder: start.dataDir,
    platformUrl: start.platformUrl ?? NO_PLATFORM,
    ...(platformAuthorities && { platformCa: platformAuthorities.pem }),
    environment,
    crashAt: takeFromEnvironment('BIANMIN_CRASH_AT'),
    clockOffset: takeFromEnvironment('BIANMIN_CLOCK_OFFSET_MS'),
    ...(unwrappedKey === undefined ? {} : { unwrappedKey }),
  });
  const setup = await readDevices(start, log);
  const stopSimulators = setup.simulators?.stop ?? (() => Promise.resolve());
  const tmpfs: readonly SetupProblem[] =
    ports.roots.work === undefined ? [{ code: 'workNotOnTmpfs', details: [] }] : [];
  const memory = environment === 'production' ? await memoryProblems(log) : [];
  try {
    const terminal = await composeTerminal({
      ports,
      environment,
      meteredLink: start.meteredLink === true,
      softwareVersion: softwareVersion(),
      port: start.port,
      pageRoot: join(ROOT, 'dist', 'renderer'),
      devices: setup.devices,
      devicesFile: setup.file,
      checkDevices: (devices) => checkProduction({ start, devices }),
      problems: [...setup.problems, ...tmpfs, ...memory],
      platformAuthorities,
      enrolmentCode:
        start.enrolmentCode ?? (environment === 'demo' ? DEMO_ENROLMENT_CODE : undefined),
      log,
    });
    const control = setup.simulators?.control ?? null;
    const ready = {
      ready: true,
      part: 'terminal',
      page: terminal.entryAddress(),
      url: `${terminal.origin}/`,
      health: `${terminal.origin}/health`,
      dock: control === null ? null : `${control}/`,
      simulators: control,
    };
    process.stdout.write(`${JSON.stringify(ready)}\n`);
    return async () => {
      await terminal.close();
      await ports.close();
      await stopSimulators();
    };
  } catch (error) {
    await ports.close();
    await stopSimulators();
    throw error;
  }
}

/** Longest time that stopping may take; then the process ends as it stands: all that counts is durable. */
const LONGEST_STOP_MS = 8_000;

/**
 * Runs the terminal as this process, until it is told to stop. One JSON line on standard output says that
 * it serves; the log goes to standard error. Exit 2: the start was refused, with the reason; 1: it failed.
 */
export async function runTerminal(argv: readonly string[]): Promise<void> {
  const log = createLogger();
  const bug = (error: unknown): void => {
    const { name, stack } = error instanceof Error ? error : { name: 'unknown', stack: '' };
    log.error('ended by a bug', { bug: name, stack });
    process.exit(70);
  };
  process.on('uncaughtException', bug);
  process.on('unhandledRejection', bug);
  let stop: (() => Promise<void>) | undefined;
  let told = false;
  const end = (): void => {
    if (told) return;
    told = true;
    if (stop === undefined) process.exit(0);
    setTimeout(() => process.exit(0), LONGEST_STOP_MS).unref();
    stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  try {
    const commandLine = readCommandLine(argv);
    if (commandLine.dieWithParent) {
      process.stdin.once('end', end);
      process.stdin.once('error', end);
      process.stdin.resume();
    }
    stop = await serve(commandLine, log);
  } catch (error) {
    if (error instanceof StartRefused) {
      process.stderr.write(`${error.message}\n`);
      process.exit(2);
    }
    const why = error instanceof Error ? error.message : 'unknown';
    process.stderr.write(`终端起不来；the terminal could not start: ${why}\n`);
    process.exit(1);
  }
}
