import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GUEST, SHARED } from './init.ts';
import type { GuestKernel } from './kernel.ts';
import type { MachineProfile } from './profile.ts';
import { runProgram } from './programs.ts';

/** What a machine is started with. */
export interface BootOptions {
  readonly kernel: GuestKernel;
  readonly initrd: string;
  readonly profile: MachineProfile;
  /** Shared with the machine, where it is `GUEST.out`. Holds the program's results. */
  readonly out: string;
  /** The machine's console is written here. */
  readonly log: string;
  /** The program, by the host's paths, and its arguments. */
  readonly command: readonly string[];
  readonly cwd: string;
  /** Files of the host that the program needs soon, by absolute paths; it finds all others as well, but slowly. */
  readonly preload?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A machine that is not off by then is switched off. */
  readonly limitMs: number;
  readonly onLine?: (line: string) => void;
}

/** How it went. */
export interface Booted {
  /** Of the program; undefined when it did not come to its end. */
  readonly exitCode: number | undefined;
  readonly timeLimit: boolean;
  /** What QEMU itself complained of. */
  readonly complaint: string;
  readonly seconds: number;
}

/** QEMU's words for it; programs that are needed besides are named in `requirements.ts`. */
function qemuArguments({ kernel, initrd, profile, out }: BootOptions): readonly string[] {
  return [
    // KVM is not there on many machines that build, and a nested one may hang: the emulation is the same everywhere.
    ...['-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', '2', '-m', String(profile.memoryMb)],
    ...['-kernel', kernel.image, '-initrd', initrd],
    ...['-append', 'console=ttyS0 loglevel=3 panic=1 mitigations=off'],
    ...['-display', 'none', '-monitor', 'none', '-no-reboot', '-nic', 'none', '-serial', 'stdio'],
    '-virtfs',
    'local,path=/,mount_tag=hostroot,security_model=none,readonly=on,multidevs=remap',
    ...['-virtfs', `local,path=${out},mount_tag=out,security_model=none`],
    ...profile.qemu,
  ];
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function startScript({ command, cwd, env = {} }: BootOptions): string {
  const all = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: GUEST.temporary,
    TMPDIR: GUEST.temporary,
    ...env,
  };
  const words = Object.entries(all).map(([name, value]) => `${name}=${value}`);
  return [
    `cd ${quoted(cwd)} || exit 1`,
    `exec env -i ${[...words, ...command].map(quoted).join(' ')}`,
    '',
  ].join('\n');
}

async function packPreload(out: string, files: readonly string[]): Promise<void> {
  const names = files.map((file) => file.replace(/^\//, '')).join('\n');
  const archive = join(out, SHARED.preload);
  const args = ['-c', '-f', archive, '-C', '/', '--no-recursion', '-T', '-'];
  await runProgram('tar', args, { input: `${names}\n` });
}

async function exitCodeIn(out: string): Promise<number | undefined> {
  const text = await readFile(join(out, SHARED.exitCode), 'utf8').catch(() => '');
  return /^\d+\s*$/.test(text) ? Number(text) : undefined;
}

/** Starts a machine, waits until it is off, and gives how its program ended. */
export async function bootMachine(options: BootOptions): Promise<Booted> {
  const { out, log, limitMs, onLine, preload = [] } = options;
  const started = performance.now();
  await rm(join(out, SHARED.exitCode), { force: true });
  await writeFile(join(out, SHARED.start), startScript(options));
  await packPreload(out, preload);
  const console = createWriteStream(log);
  const child = spawn('qemu-system-x86_64', qemuArguments(options), {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaint = '';
  let rest = '';
  child.stderr.on('data', (bytes: Buffer) => (complaint += bytes.toString()));
  child.stdout.on('data', (bytes: Buffer) => {
    console.write(bytes);
    const lines = (rest + bytes.toString()).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) onLine?.(line);
  });
  let timeLimit = false;
  const timer = setTimeout(() => {
    timeLimit = true;
    child.kill('SIGKILL');
  }, limitMs);
  const stop = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', stop);
  await new Promise<void>((resolve) => {
    child.once('error', (error) => {
      complaint += error.message;
      resolve();
    });
    child.once('close', () => {
      resolve();
    });
  });
  clearTimeout(timer);
  process.removeListener('exit', stop);
  await new Promise<void>((resolve) => console.end(resolve));
  return {
    exitCode: await exitCodeIn(out),
    timeLimit,
    complaint: complaint.trim(),
    seconds: (performance.now() - started) / 1000,
  };
}
