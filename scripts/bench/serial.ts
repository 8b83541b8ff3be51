import { fork, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SerialPort } from 'serialport';
import { SDT } from '../../drivers/id-card/sdt-commands.ts';
import { SdtLink } from '../../drivers/id-card/sdt-link.ts';
import { serialTransport } from '../../drivers/transport/serial.ts';
import { systemClock } from '../../drivers/transport/system-clock.ts';
import type { Bench, BenchRow } from './row.ts';
import { percentile } from './row.ts';

const BAUD = 115_200;
const ANSWER_BYTES = 1_295;
/** Request and answer on the line, a start and a stop bit with every byte. */
const WIRE_MS = ((10 + ANSWER_BYTES) * 10_000) / BAUD;
/** Of each kind, in two turns, so that a change of the machine's mood meets both. */
const ROUNDS = 100;
const WARM_UP = 3;

interface Talker {
  round(): Promise<void>;
  close(): Promise<void>;
}

async function openOurs(path: string): Promise<Talker> {
  const transport = serialTransport({ path, baudRate: BAUD });
  const connected = await transport.connect({ deadlineMs: 5_000 });
  if (!connected.ok) throw new Error(connected.error.code);
  const line = connected.value;
  // a busy machine pauses in the middle of an answer for longer than any reader does
  const link = new SdtLink(line, systemClock, new AbortController().signal, 5_000);
  return {
    async round() {
      const { type } = await link.exchange(SDT.readTextAndPhoto, 30_000);
      if (type !== 'good') throw new Error(`the read ended ${type}`);
    },
    close: () => line.close(),
  };
}

async function openBare(path: string): Promise<Talker> {
  const port = new SerialPort({ path, baudRate: BAUD, autoOpen: false });
  await new Promise<void>((resolve, reject) => {
    port.open((error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
  let left = 0;
  let done: () => void = () => undefined;
  port.on('data', (bytes: Uint8Array) => {
    left -= bytes.length;
    if (left <= 0) done();
  });
  return {
    round: () =>
      new Promise((resolve) => {
        left = ANSWER_BYTES;
        done = resolve;
        port.write(Buffer.from(SDT.readTextAndPhoto.frame));
      }),
    close: () =>
      new Promise((resolve) => {
        port.close(() => {
          resolve();
        });
      }),
  };
}

/** A pty before the far end, fresh for each talker: a closed port takes it along. */
async function onPty<T>(farPort: number, use: (path: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'bianmin-bench-pty-'));
  const path = join(folder, 'tty');
  const far = `tcp:127.0.0.1:${String(farPort)},nodelay`;
  const socat = spawn('socat', ['-t', '0', far, `pty,raw,echo=0,link=${path}`], {
    stdio: 'ignore',
  });
  try {
    for (let tries = 0; !existsSync(path) && tries < 500; tries++) await delay(10);
    return await use(path);
  } finally {
    socat.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function roundTrips(
  farPort: number,
  open: (path: string) => Promise<Talker>,
): Promise<readonly number[]> {
  return onPty(farPort, async (path) => {
    const talker = await open(path);
    const took: number[] = [];
    for (let round = 0; round < WARM_UP + ROUNDS / 2; round++) {
      const start = performance.now();
      await talker.round();
      if (round >= WARM_UP) took.push(performance.now() - start);
    }
    await talker.close();
    return took;
  });
}

async function measure(): Promise<readonly BenchRow[]> {
  const farEnd = fork(join(import.meta.dirname, 'serial-far-end.ts'), {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  try {
    const port = await new Promise<number>((resolve) => {
      farEnd.stdout?.once('data', (line: Buffer) => {
        resolve(Number(line.toString()));
      });
    });
    const ours: number[] = [];
    const bare: number[] = [];
    for (let turn = 0; turn < 2; turn++) {
      bare.push(...(await roundTrips(port, openBare)));
      ours.push(...(await roundTrips(port, openOurs)));
    }
    return [rowOf('p50', 0.5, ours, bare), rowOf('p99', 0.99, ours, bare)].flat();
  } finally {
    farEnd.disconnect();
  }
}

function rowOf(
  name: string,
  share: number,
  ours: readonly number[],
  bare: readonly number[],
): readonly BenchRow[] {
  const [our, their] = [percentile(ours, share), percentile(bare, share)];
  const what = `serial round trip, 10 bytes out, 1295 back at 115200, ${name} of ${String(ours.length)}`;
  const text = `${our.toFixed(2)} ms`;
  return [
    { what, ours: text, limit: `wire ${WIRE_MS.toFixed(2)} ms`, ratio: our / WIRE_MS, goal: 1.02 },
    {
      what: 'the same',
      ours: text,
      limit: `bare serialport ${their.toFixed(2)} ms`,
      ratio: our / their,
      goal: 1.02,
    },
  ];
}

/** A card read over a line that is as slow as a real one: our driver's stack, the bare library, the wire. */
export const serialRows: Bench = {
  name: 'serial round trip',
  obstacle: () =>
    spawnSync('socat', ['-V']).status === 0 ? undefined : 'socat is not installed (apt: socat)',
  measure,
};
