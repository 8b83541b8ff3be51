import { parentPort } from 'node:worker_threads';
import { sha256OfFile } from '../files.ts';
import { readBackup } from './check-backup.ts';

async function check(file: string): Promise<void> {
  parentPort?.postMessage({ ...readBackup(file), sha256: await sha256OfFile(file) });
}

parentPort?.on('message', (file: string) => {
  check(file).catch((error: unknown) => {
    // ends this thread, and whoever asked is told of it
    throw error;
  });
});
