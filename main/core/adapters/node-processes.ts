import { spawn } from 'node:child_process';
import type { Processes } from '../ports.ts';

/** Child processes by the Node that runs this program, with structured-clone messages. */
export function createNodeProcesses(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Processes {
  return {
    start(modulePath, args) {
      const child = spawn(process.execPath, [modulePath, ...args], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        serialization: 'advanced',
        env: { ...env },
      });
      let exited: string | undefined;
      const exitListeners = new Set<(reason: string) => void>();
      const ended = (reason: string): void => {
        if (exited !== undefined) return;
        exited = reason;
        for (const listener of exitListeners) listener(reason);
      };
      child.on('exit', (code, signal) => ended(signal ?? `exit code ${String(code)}`));
      child.on('error', (error) => ended(error.message));
      return {
        send(message) {
          // a message to a process that is just ending is lost; its end is told by onExit
          if (child.connected) child.send(message as object, () => undefined);
        },
        onMessage(listener) {
          const on = (message: unknown): void => listener(message);
          child.on('message', on);
          return () => void child.off('message', on);
        },
        onExit(listener) {
          if (exited !== undefined) {
            const reason = exited;
            queueMicrotask(() => listener(reason));
            return () => undefined;
          }
          exitListeners.add(listener);
          return () => void exitListeners.delete(listener);
        },
        kill: () => void child.kill('SIGKILL'),
      };
    },
  };
}
