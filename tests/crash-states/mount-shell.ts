import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Mounts and unmounts, thousands of times: by a small process, for a big one takes long to start another. */
export interface MountShell {
  /** Gives what went wrong. */
  mount(
    images: readonly { readonly image: string; readonly at: string }[],
  ): Promise<string | undefined>;
  /** Whatever is not mounted is left alone; what is in use goes lazily, and is told. */
  unmount(folders: readonly string[]): Promise<string | undefined>;
  close(): void;
}

const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;

/** Opens one. Paths hold no quotes: they are ours. */
export function openMountShell(): MountShell {
  const shell = spawn('sh', [], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, PATH, LC_ALL: 'C' },
  });
  const lines = createInterface({ input: shell.stdout })[Symbol.asyncIterator]();
  const run = async (commands: string): Promise<string | undefined> => {
    shell.stdin.write(`said=$({ ${commands}; } 2>&1); echo "$said" | tr '\\n' ' '; echo\n`);
    const { value, done } = await lines.next();
    if (done === true) throw new Error('the shell that mounts has ended');
    return value.trim() === '' ? undefined : value.trim();
  };
  return {
    mount: (images) =>
      run(images.map(({ image, at }) => `mount -t ext4 -o loop '${image}' '${at}'`).join('; ')),
    unmount: (folders) =>
      run(
        folders
          .map((at) => `mountpoint -q '${at}' && { umount '${at}' || umount -l '${at}'; }`)
          .join('; '),
      ),
    close: () => void shell.stdin.end(),
  };
}
