import { open, readdir, stat } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { wipe } from '../../main/core/seal/give-back.ts';
import { openShapedLink } from '../../tests/support/shaped-link.ts';
import { openStand, pagesOf, until, type OutboxStand } from './outbox-terminal.ts';
import { openPeers } from './peers.ts';
import { platformRows } from './platform-rows.ts';
import { machine, percentile, rowText, type BenchRow } from './row.ts';

const MEGABYTE = 1024 * 1024;
/** 20 Mbit/s and 50 ms there and back. */
const LINE = { bytesPerSecond: 2_500_000, delayMs: 25 };

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};
const ms = (value: number): string => `${value.toFixed(value < 100 ? 2 : 0)} ms`;

/** What must be durable before the receipt of one form: the commit, with the envelope in it. */
async function bytesOfSubmit(stand: OutboxStand): Promise<number> {
  await stand.filed();
  const before = stand.logBytes();
  await stand.submit([]);
  const bytes = stand.logBytes() - before;
  if (bytes < 4096) throw new Error('the log did not grow: the bytes of a submit are not known');
  return bytes;
}

/** One write and one fdatasync of so many bytes: what a disk asks for it at least. */
async function rawWrite(file: string, bytes: number): Promise<number> {
  const handle = await open(file, 'w');
  try {
    const buffer = Buffer.alloc(bytes, 7);
    return await timed(async () => {
      await handle.write(buffer, 0, bytes, 0);
      await handle.datasync();
    });
  } finally {
    await handle.close();
  }
}

/** Ours, the disk's and the peers' turn in each round, so that a change of the machine's mood meets all; each begins as many rounds. */
async function submitRows(): Promise<readonly BenchRow[]> {
  // sealing has its own limit: here it costs nothing
  const stand = await openStand((ports) => ({
    ...ports,
    seal: { ...ports.seal, seal: (clear) => Promise.resolve(clear) },
  }));
  const peers = await openPeers(stand.folder);
  try {
    stand.link.shape({ halfOpen: true });
    await stand.submit([]);
    const file = join(stand.folder, 'raw');
    const each = await bytesOfSubmit(stand);
    const text = 'x'.repeat(4096);
    const ours: number[] = [];
    const raw: number[] = [];
    const theirs = peers.queues.map((queue) => ({ queue, took: [] as number[] }));
    const turns: ((round: number) => Promise<void>)[] = [
      async () => {
        const id = stand.newId();
        ours.push(await timed(() => stand.submit([], id)));
      },
      async () => void raw.push(await rawWrite(file, each)),
      ...theirs.map(({ queue, took }) => async (round: number) => {
        took.push(await timed(() => queue.put(`item-${String(round)}`, text)));
      }),
    ];
    for (let round = 0; round < 60; round += 1) {
      // each goes behind each of the others as often: what one leaves to the file system the next one pays for
      for (let at = 0; at < turns.length; at += 1) {
        // nobody's turn begins while something is still written for the one before
        await stand.filed();
        await turns[(round + at) % turns.length]?.(round);
      }
    }
    const limit = percentile(raw, 0.5);
    const row = (what: string, took: readonly number[], goal?: number): BenchRow => ({
      what,
      ours: ms(percentile(took, 0.5)),
      limit: `one write and fdatasync of ${String(each)} bytes ${ms(limit)}`,
      ratio: percentile(took, 0.5) / limit,
      ...(goal === undefined ? {} : { goal }),
    });
    for (const { name, obstacle } of peers.missing) console.log(`NOT RUN: ${name}: ${obstacle}`);
    return [
      row('durable submit of a 4 KB form without scans: row, envelope, audit', ours, 1 / 0.55),
      ...theirs.map(({ queue, took }) => row(`peer, 4 KB: ${queue.name}`, took)),
    ];
  } finally {
    for (const queue of peers.queues) await queue.close();
    await stand.close();
  }
}

async function stallRows(): Promise<readonly BenchRow[]> {
  const stand = await openStand();
  try {
    stand.link.shape({ halfOpen: true });
    await stand.submit(pagesOf(MEGABYTE, MEGABYTE, MEGABYTE));
    const worst: number[] = [];
    const whole: number[] = [];
    for (let round = 0; round < 15; round += 1) {
      // scanned long before it is handed in: the core's loop does not wait for a bench that makes papers
      const pages = pagesOf(MEGABYTE, MEGABYTE, MEGABYTE);
      await stand.filed();
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      // its first tick counts nothing, and would come when the submit has had its first turn
      await sleep(5);
      whole.push(await timed(() => stand.submit(pages)));
      // as the session does with what is stored
      for (const { bytes } of pages) wipe(bytes);
      await stand.filed();
      delay.disable();
      // the monitor counts its own millisecond of waiting
      worst.push(Math.max(0, delay.max / 1e6 - 1));
    }
    const row = (what: string, value: number, goal: number): BenchRow => ({
      what,
      ours: ms(value),
      limit: 'nothing to wait for: 0 ms',
      ratio: value,
      goal,
    });
    return [
      row(
        '3 x 1 MB stored: longest stall of the core, median of rounds',
        percentile(worst, 0.5),
        3,
      ),
      row('the same, worst of 15 rounds', Math.max(...worst), 10),
      row('submit of 3 x 1 MB → durable (sealed with age), median', percentile(whole, 0.5), 1000),
    ];
  } finally {
    await stand.close();
  }
}

/** Bytes through the line by one TCP connection that was warmed before. */
async function plainStream(bytes: number): Promise<number> {
  let got = 0;
  let reached: (() => void) | undefined;
  const server = createServer((socket) => {
    socket.on('data', (chunk: Buffer) => {
      got += chunk.length;
      reached?.();
    });
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const link = await openShapedLink(
    `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    LINE,
  );
  const socket = connect(Number(new URL(link.url).port), '127.0.0.1');
  const send = (count: number): Promise<void> =>
    new Promise((resolve) => {
      const goal = got + count;
      reached = () => got >= goal && resolve();
      socket.write(Buffer.alloc(count, 1));
    });
  try {
    await send(MEGABYTE);
    return await timed(() => send(bytes));
  } finally {
    socket.destroy();
    await link.close();
    server.close();
  }
}

async function lineRows(): Promise<readonly BenchRow[]> {
  const stand = await openStand();
  try {
    stand.link.shape({ halfOpen: true });
    for (let at = 0; at < 20; at += 1)
      await stand.submit(pagesOf(MEGABYTE / 2, MEGABYTE / 4, MEGABYTE / 4));
    const bytes = await sealedBytes(stand);
    stand.link.shape(LINE);
    await until(() => stand.core.outbox.waiting() < 20);
    const from = stand.core.outbox.waiting();
    const took = await timed(() => until(() => stand.core.outbox.waiting() === 0));
    const share = (bytes * from) / 20;
    const plain = await plainStream(Math.round(share));
    return [
      {
        what: `${String(from)} items of 1 MB back to back, 20 Mbit/s, 50 ms`,
        ours: ms(took),
        limit: `one warm TCP stream of the same bytes ${ms(plain)}`,
        ratio: took / plain,
        goal: 1 / 0.95,
      },
    ];
  } finally {
    await stand.close();
  }
}

async function sealedBytes(stand: OutboxStand): Promise<number> {
  const blobs = join(stand.folder, 'terminal', 'outbox', 'blobs');
  let sum = 0;
  for (const name of await readdir(blobs)) sum += (await stat(join(blobs, name))).size;
  return sum;
}

async function backRow(): Promise<BenchRow> {
  const stand = await openStand();
  try {
    stand.link.shape({ halfOpen: true });
    for (let at = 0; at < 50; at += 1) await stand.submit(pagesOf(20_000));
    stand.link.shape({});
    const took = await timed(() => until(() => stand.core.outbox.waiting() === 0));
    return {
      what: 'link back → 50 waiting items received, at most 0.5 s of waiting its turn included',
      ours: ms(took),
      limit: 'no limit known',
      ratio: took / 50 / 1000,
      goal: 1,
    };
  } finally {
    await stand.close();
  }
}

/** What the outbox, its line and the platform's store cost beside their limits, in one run. Asserts nothing. */
export async function benchOutbox(): Promise<void> {
  const rows = [
    ...(await submitRows()),
    ...(await stallRows()),
    ...(await lineRows()),
    await backRow(),
    ...(await platformRows()),
  ];
  console.log(`\n${machine()}\n`);
  console.log('| what | ours | limit | ratio | goal |\n|---|---|---|---|---|');
  for (const row of rows) console.log(rowText(row));
}
