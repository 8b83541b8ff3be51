import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFile } from 'node:fs/promises';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { describeDocumentScanner, statusIs } from '../../drivers/document-scanner/conformance.ts';
import { SaneScanner } from '../../drivers/document-scanner/sane-scanner.ts';
import type { SimulatorCommand } from '../../drivers/simulator-host/simulator.ts';
import { systemClock } from '../../drivers/transport/system-clock.ts';
import { saneConfig, SANE_TIMING, scan, TEST_BACKEND, TestBackendPaper } from './sane-bench.ts';

/** SANE's network client knows one port only, so a free address of loopback takes the place of a free port. */
const SANE_PORT = 6566;

function answers(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port: SANE_PORT });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function freeAddress(): Promise<string> {
  for (let last = 2; last < 250; last += 1) {
    const host = `127.65.66.${((process.pid + last) % 250) + 2}`;
    if (!(await answers(host))) return host;
  }
  throw new Error('no free address of loopback');
}

/** saned with the test backend behind it, which can fall silent, die and come back. */
class Saned {
  readonly host: string;
  readonly #configDir: string;
  #child: ChildProcess | undefined;
  #back: Promise<void> | undefined;
  #away = new AbortController();

  constructor(host: string, configDir: string) {
    this.host = host;
    this.#configDir = configDir;
  }

  async start(): Promise<void> {
    this.#child = spawn(
      'saned',
      ['-l', '-b', this.host, '-p', String(SANE_PORT), '-d', '1', '-e'],
      {
        env: { ...process.env, SANE_CONFIG_DIR: this.#configDir },
        stdio: 'ignore',
      },
    );
    while (!(await answers(this.host))) await pause(20);
  }

  /** Also those that it forked for its clients. */
  async signal(signal: NodeJS.Signals): Promise<void> {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    for (const one of [pid, ...(await childrenOf(pid))]) {
      try {
        process.kill(one, signal);
      } catch {
        // It has ended in the meantime.
      }
    }
  }

  async stop(): Promise<void> {
    this.#away.abort();
    await this.#end();
  }

  async #end(): Promise<void> {
    await this.#back;
    const child = this.#child;
    if (!child) return;
    this.#child = undefined;
    const exited = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : [];
    this.#child = child;
    await this.signal('SIGKILL');
    await exited;
    this.#child = undefined;
  }

  /** Dies at once; comes back after a while, or when it is dropped anew for a shorter one. */
  drop(forMs: number): void {
    this.#away.abort();
    const away = new AbortController();
    this.#away = away;
    const over = pause(forMs, undefined, { signal: away.signal }).catch(() => undefined);
    const gone = this.#end();
    this.#back = gone.then(() => over).then(() => this.start());
  }
}

async function childrenOf(pid: number): Promise<readonly number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
}

async function overNet() {
  const host = await freeAddress();
  const server = await saneConfig({ ...TEST_BACKEND, 'saned.conf': '127.0.0.0/8\n' });
  const client = await saneConfig({
    'dll.conf': 'net\n',
    'net.conf': `connect_timeout = 5\n${host}\n`,
  });
  const saned = new Saned(host, server.dir);
  await saned.start();
  const processes = new TestBackendPaper();
  const scanner = new SaneScanner({
    ...{ device: `net:${host}:test:0`, clock: systemClock, timing: SANE_TIMING },
    ...{ configDir: client.dir, processes },
  });
  let signals = Promise.resolve();
  return {
    scanner,
    saned,
    command: (command: SimulatorCommand): void => {
      if (command.do === 'setMute') {
        const signal = command.mute ? 'SIGSTOP' : 'SIGCONT';
        signals = signals.then(() => saned.signal(signal));
      } else if (command.do === 'dropLine') saned.drop(command.forMs ?? 0);
      else processes.command(command);
    },
    stop: async () => {
      await signals;
      await scanner.close();
      await saned.signal('SIGCONT');
      await saned.stop();
      await server.remove();
      await client.remove();
    },
  };
}

describeDocumentScanner('scanimage with saned over loopback', overNet, {
  silentBetweenScans: true,
  sheetsAlike: true,
  pagesAhead: true,
  cannot: ['jamAfterPages'],
});

describe('saned', () => {
  let bench: Awaited<ReturnType<typeof overNet>>;
  beforeAll(async () => {
    bench = await overNet();
    await bench.saned.stop();
  });
  afterAll(() => bench.stop());

  it('is found when it is started after the driver', async () => {
    await bench.scanner.open();
    expect(bench.scanner.status).toMatchObject({
      state: 'offline',
      fault: { code: 'device.offline' },
    });
    await bench.saned.start();
    await statusIs(bench.scanner, ({ state }) => state === 'online');
    expect((await scan(bench.scanner)).result).toMatchObject({ ok: true });
  });
});
