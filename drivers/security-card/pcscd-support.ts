// Test support: pcscd with virtual readers (vpcd), in a folder of its own. Not part of the product.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const VPCD = '/usr/lib/pcsc/drivers/serial/libifdvpcd.so';
/** Where pcscd is built to put its socket; our folder is mounted there, seen by that pcscd alone. */
const BUILT_IN = '/run/pcscd';

/**
 * Asks a pcscd for a context, and ends. At its start pcscd answers nobody before it knows whether a card is in each
 * reader, and whoever asks stands still until then.
 */
const ASK = `import { Client } from 'pcsc-mini'; const client = new Client(); client.on('error', () => process.exit(1)); client.start(); process.exit(0);`;

/** A pcscd of the suite's own, which no other program of the machine sees. */
export interface OwnPcscd {
  /** Where a card calls to be in the first slot. */
  readonly slotPort: number;
  /** Its socket, for programs of PC/SC: `PCSCLITE_CSOCK_NAME`. */
  readonly socket: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Stops it and leaves no file behind. */
  dispose(): Promise<void>;
}

/** Why pcscd cannot be run here; undefined when it can. */
export function whyNoPcscd(): string | undefined {
  const found = (program: string): boolean =>
    spawnSync('sh', ['-c', `PATH="$PATH:/usr/sbin" command -v ${program}`]).status === 0;
  if (process.platform !== 'linux') return 'only on Linux';
  if (!found('pcscd')) return 'pcscd is not installed';
  if (!existsSync(VPCD)) return 'vsmartcard-vpcd is not installed';
  if (!found('unshare')) return 'unshare is not installed';
  const mount = spawnSync('unshare', [...ownMounts(), 'sh', '-c', OWN_RUN]);
  return mount.status === 0 ? undefined : 'no right to a mount of its own (unshare)';
}

/** An empty /run for one process: pcscd's own folder may be there or not, in use or not. */
const OWN_RUN = 'mount -t tmpfs none /run';

function ownMounts(): readonly string[] {
  return process.getuid?.() === 0 ? ['-m'] : ['-rm'];
}

/** Makes the folder and finds ports; nothing runs yet. */
export async function ownPcscd(): Promise<OwnPcscd> {
  const folder = await mkdtemp(join(tmpdir(), 'bianmin-pcscd-'));
  const run = join(folder, 'run');
  const readers = join(folder, 'readers');
  await mkdir(run);
  await mkdir(readers);
  const slotPort = await freePortPair();
  await writeFile(
    join(readers, 'vpcd'),
    [
      'FRIENDLYNAME "Virtual PCD"',
      `DEVICENAME /dev/null:${slotPort}`,
      `LIBPATH ${VPCD}`,
      `CHANNELID ${slotPort}`,
      '',
    ].join('\n'),
  );
  const own = join(run, 'pcscd.comm');
  const socket = join(folder, 'socket');
  let child: ChildProcess | undefined;
  const stop = async (): Promise<void> => {
    const running = child;
    child = undefined;
    if (running === undefined) return;
    await rm(socket, { force: true });
    const gone = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGTERM');
    const cruel = setTimeout(() => running.kill('SIGKILL'), 5_000);
    await gone;
    clearTimeout(cruel);
    await rm(own, { force: true });
    await rm(join(run, 'pcscd.pid'), { force: true });
  };
  return {
    slotPort,
    socket,
    stop,
    start: async () => {
      const options = `--foreground --error --config '${readers}'`;
      const script = `${OWN_RUN} && mkdir ${BUILT_IN} && mount --bind '${run}' ${BUILT_IN} && PATH="$PATH:/usr/sbin" exec pcscd ${options}`;
      const started = spawn('unshare', [...ownMounts(), 'sh', '-c', script], { stdio: 'ignore' });
      child = started;
      const end = performance.now() + 60_000;
      while (!existsSync(own) || !(await answers(own))) {
        if (started.exitCode !== null || performance.now() > end) {
          throw new Error('pcscd did not start');
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      // seen only now: the card of a test is a part of this very process, which would wait for pcscd while that waits for it
      await symlink(own, socket);
    },
    dispose: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Whether it answers already; the asking is done by a process of its own. */
function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asking = spawn(process.execPath, ['--input-type=module', '--eval', ASK], {
      cwd: import.meta.dirname,
      env: { ...process.env, PCSCLITE_CSOCK_NAME: socket },
      stdio: 'ignore',
    });
    const timer = setTimeout(() => asking.kill('SIGKILL'), 10_000);
    asking.once('error', () => resolve(false));
    asking.once('exit', (code) => {
      clearTimeout(timer);
      resolve(code === 0);
    });
  });
}

/** Two free ports side by side: the virtual reader has two slots. */
async function freePortPair(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const first = await listenOnce(0);
    if (first !== undefined && (await listenOnce(first + 1)) !== undefined) return first;
  }
  throw new Error('no two ports side by side');
}

function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, () => {
      const address = server.address();
      const got = address !== null && typeof address === 'object' ? address.port : undefined;
      server.close(() => resolve(got));
    });
  });
}
