import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

/** A queue of others, set to keep what it acknowledges over a power cut. */
export interface PeerQueue {
  readonly name: string;
  /** Resolves when the item is on the disk, as far as the queue promises it. */
  put(id: string, text: string): Promise<void>;
  close(): Promise<void>;
}

/** A peer that could not be tried here. */
export interface MissingPeer {
  readonly name: string;
  readonly obstacle: string;
}

const folder = join(import.meta.dirname, 'peers');
const require = createRequire(join(folder, 'package.json'));

const npm = (args: readonly string[]): boolean =>
  spawnSync('npm', [...args, '--prefix', folder], { stdio: 'ignore' }).status === 0;

/** Installs the peers once, apart from the project; false where that cannot be. */
export function installPeers(): boolean {
  if (existsSync(join(folder, 'node_modules', 'plainjob'))) return true;
  return npm(['ci', '--no-audit', '--no-fund', '--ignore-scripts']);
}

/** A module of the peers' folder; what it exports is checked by using it. */
export async function loadPeer(name: string): Promise<Readonly<Record<string, unknown>>> {
  return (await import(pathToFileURL(require.resolve(name)).href)) as Record<string, unknown>;
}

/** plainjob with synchronous=FULL, on the SQLite of Node instead of better-sqlite3. */
async function plainjob(place: string): Promise<PeerQueue> {
  const { defineQueue } = (await loadPeer('plainjob')) as unknown as {
    defineQueue: (options: object) => {
      add(type: string, data: unknown): unknown;
      close(): void;
    };
  };
  const database = new DatabaseSync(join(place, 'plainjob.db'));
  const pragma = (words: string): void => database.exec(`PRAGMA ${words}`);
  const queue = defineQueue({
    connection: {
      driver: 'better-sqlite3',
      filename: join(place, 'plainjob.db'),
      pragma,
      exec: (words: string) => database.exec(words),
      // bare names, as better-sqlite3 takes them
      prepare: (words: string) => database.prepare(words),
      transaction: <F>(work: F): F => work,
      close: () => database.close(),
    },
    logger: { error: nothing, warn: nothing, info: nothing, debug: nothing },
  });
  // its own setting is NORMAL, which a power cut undoes
  pragma('synchronous = FULL');
  return {
    name: 'plainjob, synchronous=FULL',
    put: (id, text) => {
      queue.add('item', { id, text });
      return Promise.resolve();
    },
    close: () => {
      queue.close();
      return Promise.resolve();
    },
  };
}

/** The store of better-queue with a journal and synchronous=FULL; its own settings keep nothing. */
async function betterQueue(place: string): Promise<PeerQueue> {
  interface Store {
    readonly _db: { exec(words: string, done: (error: Error | null) => void): void };
    connect(done: (error: Error | null) => void): void;
    putTask(id: string, task: unknown, priority: number, done: () => void): void;
    _afterWritten(done: () => void): void;
    close(done: () => void): void;
  }
  // its SQLite is a native part: without a compiler it stays out, and says so
  if (!existsSync(join(folder, 'node_modules/sqlite3/build'))) {
    npm(['rebuild', 'sqlite3', '--ignore-scripts=false']);
  }
  const { default: Store } = (await loadPeer('better-queue-sqlite')) as unknown as {
    default: new (options: object) => Store;
  };
  const store = new Store({ path: join(place, 'better-queue.db') });
  const call = (work: (done: (error?: Error | null) => void) => void): Promise<void> =>
    new Promise((resolve, reject) => work((error) => (error ? reject(error) : resolve())));
  await call((done) => store.connect(done));
  await call((done) =>
    store._db.exec('PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL;', done),
  );
  return {
    name: 'better-queue-sqlite, journal and synchronous=FULL',
    put: (id, text) =>
      call((done) =>
        store.putTask(id, { id, text }, 1, () => store._afterWritten(() => done(undefined))),
      ),
    close: () => call((done) => store.close(() => done(undefined))),
  };
}

/** bullmq on a redis of its own that fsyncs each write before it answers. */
async function bullmq(place: string): Promise<PeerQueue> {
  interface BullQueue {
    add(name: string, data: unknown): Promise<unknown>;
    waitUntilReady(): Promise<unknown>;
    close(): Promise<void>;
  }
  const { Queue } = (await loadPeer('bullmq')) as unknown as {
    Queue: new (name: string, options: object) => BullQueue;
  };
  const port = await freePort();
  const own = join(place, 'redis');
  await mkdir(own);
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', own, '--save', ''];
  const redis = spawn(
    'redis-server',
    [...settings, '--appendonly', 'yes', '--appendfsync', 'always', '--loglevel', 'warning'],
    { stdio: 'ignore' },
  );
  const end = async (): Promise<void> => {
    const gone = new Promise((resolve) => redis.once('exit', resolve));
    redis.kill();
    await gone;
  };
  let queue: BullQueue;
  try {
    queue = new Queue('items', { connection: { host: '127.0.0.1', port } });
    await Promise.race([
      queue.waitUntilReady(),
      sleep(20_000).then(() => Promise.reject(new Error('redis did not answer'))),
    ]);
  } catch (error) {
    await end();
    throw error;
  }
  return {
    name: 'bullmq, appendfsync always',
    put: async (id, text) => {
      await queue.add('item', { id, text });
    },
    close: async () => {
      await queue.close();
      await end();
    },
  };
}

const nothing = (): void => undefined;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The peers that can be tried here, each with a place of its own on the disk, and those that cannot. */
export async function openPeers(
  place: string,
): Promise<{ readonly queues: readonly PeerQueue[]; readonly missing: readonly MissingPeer[] }> {
  const queues: PeerQueue[] = [];
  const missing: MissingPeer[] = [];
  const wanted = [
    ['plainjob', plainjob],
    ['better-queue-sqlite', betterQueue],
    ['bullmq', bullmq],
  ] as const;
  const there = installPeers();
  for (const [name, open] of wanted) {
    try {
      if (!there) throw new Error('not installed: npm ci in scripts/bench/peers did not work');
      if (name === 'bullmq' && spawnSync('redis-server', ['--version']).status !== 0) {
        throw new Error('no redis-server');
      }
      queues.push(await open(place));
    } catch (error) {
      missing.push({ name, obstacle: error instanceof Error ? error.message : String(error) });
    }
  }
  return { queues, missing };
}
