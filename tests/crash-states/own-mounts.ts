import { spawn } from 'node:child_process';
import { programPath } from '../device-lab/machine/programs.ts';

const MARK = 'BIANMIN_OWN_MOUNTS';

/** Whether nobody else sees what this process mounts. */
export const isAlone = (): boolean => process.env[MARK] === 'yes';

/**
 * Runs this process's program once more, where nobody else sees what it mounts. A program that begins a view of
 * its own (`unshare --mount`, as sandboxes and some of our suites do) copies what is mounted just then, and keeps
 * it mounted when we have unmounted it: the next state, in the same image, would be mounted as that one, and all
 * that was printed since would look lost. What is left mounted also ends with the process.
 * @returns its exit code
 */
export function alone(): Promise<number> {
  const own = ['--mount', '--propagation', 'private'];
  const program = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const child = spawn(programPath('unshare') ?? 'unshare', [...own, '--', ...program], {
    stdio: 'inherit',
    env: { ...process.env, [MARK]: 'yes' },
  });
  // Ctrl-C goes to both: it is the other one's to say how far it came
  process.on('SIGINT', () => undefined);
  return new Promise((resolve) => child.once('close', (code) => resolve(code ?? 1)));
}
