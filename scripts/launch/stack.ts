import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { startPart, type Part } from './part.ts';

/** What the platform says when it serves. */
export interface PlatformReady {
  readonly ready: true;
  readonly part: 'platform';
  readonly url: string;
  readonly console: string;
  readonly docs: string;
  readonly adminTokenFile: string;
  readonly ageIdentityFile: string;
  readonly users: readonly { readonly name: string; readonly password: string }[];
}

/** What the simulators say when they serve. */
export interface SimulatorsReady {
  readonly ready: true;
  readonly part: 'simulators';
  readonly control: string;
  readonly dock: string;
}

/** What the terminal says when it serves. */
export interface TerminalReady {
  readonly ready: true;
  readonly part: 'terminal';
  readonly page: string;
  readonly url: string;
  readonly health: string;
}

/** Platform, simulators and terminal, all embedded, each as its own process. */
export interface Stack {
  readonly platform: Part<PlatformReady>;
  readonly simulators: Part<SimulatorsReady>;
  readonly terminal: Part<TerminalReady>;
  /** Starts a part that is gone again: same folder, same port, another environment. */
  restart(name: 'platform' | 'terminal', env?: Readonly<Record<string, string>>): Promise<void>;
  stop(): Promise<void>;
}

/** How the stack is started. */
export interface StackOptions {
  /** Gets `terminal/`, `platform/`, `simulators/` and `logs/`. */
  readonly dataDir: string;
  /** Wished ports; another free one is taken when one is in use. 0 takes any. */
  readonly ports?: {
    readonly platform: number;
    readonly simulators: number;
    readonly terminal: number;
  };
  /** Address the terminal shall take for the platform, given the real one (a proxy). */
  readonly link?: (platformUrl: string) => Promise<string>;
  readonly terminalConfig?: string;
  /** The page's browser will see a film instead of a document camera. */
  readonly camera?: boolean;
  readonly env?: Readonly<
    Partial<Record<'platform' | 'simulators' | 'terminal', Record<string, string>>>
  >;
}

async function freePort(wished: number): Promise<number> {
  if (wished === 0) return 0;
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(0));
    probe.listen(wished, '127.0.0.1', () => probe.close(() => resolve(wished)));
  });
}

/** Starts the three parts. When one fails, those that run are stopped. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const ports = options.ports ?? { platform: 0, simulators: 0, terminal: 0 };
  const dir = (name: string): string => join(options.dataDir, name);
  for (const name of ['terminal', 'platform', 'simulators', 'logs']) {
    await mkdir(dir(name), { recursive: true });
  }
  const running = new Map<string, Part<unknown>>();
  const start = async <Ready>(
    name: 'platform' | 'simulators' | 'terminal',
    entry: string,
    port: number,
    args: readonly string[],
    env: Readonly<Record<string, string>> = options.env?.[name] ?? {},
  ): Promise<Part<Ready>> => {
    const part = await startPart<Ready>({
      entry,
      args: ['--port', String(port), '--data', dir(name), ...args],
      env,
      logFile: join(dir('logs'), `${name}.log`),
    });
    running.set(name, part);
    return part;
  };
  const stop = async (): Promise<void> => {
    // The terminal first: it is a client of the others.
    for (const name of ['terminal', 'simulators', 'platform']) await running.get(name)?.stop();
  };
  const platformEntry = 'scripts/platform.ts';
  const terminalEntry = 'scripts/terminal.ts';
  const portOf = (url: string): number => Number(new URL(url).port);
  try {
    const [platform, simulators] = await Promise.all([
      start<PlatformReady>('platform', platformEntry, await freePort(ports.platform), []),
      start<SimulatorsReady>(
        'simulators',
        'drivers/simulator-host/main.ts',
        await freePort(ports.simulators),
        [],
      ),
    ]);
    const link = (await options.link?.(platform.ready.url)) ?? platform.ready.url;
    const terminalArgs = [
      '--platform',
      link,
      '--simulators',
      simulators.ready.control,
      ...(options.camera === true ? ['--camera'] : []),
      ...(options.terminalConfig === undefined ? [] : ['--config', options.terminalConfig]),
    ];
    const terminal = await start<TerminalReady>(
      'terminal',
      terminalEntry,
      await freePort(ports.terminal),
      terminalArgs,
    );
    const stack = {
      platform,
      simulators,
      terminal,
      async restart(
        name: 'platform' | 'terminal',
        env: Readonly<Record<string, string>> = {},
      ): Promise<void> {
        if (name === 'platform') {
          stack.platform = await start(
            'platform',
            platformEntry,
            portOf(platform.ready.url),
            [],
            env,
          );
        } else {
          stack.terminal = await start(
            'terminal',
            terminalEntry,
            portOf(terminal.ready.url),
            terminalArgs,
            env,
          );
        }
      },
      stop,
    };
    return stack;
  } catch (error) {
    await stop();
    throw error;
  }
}
