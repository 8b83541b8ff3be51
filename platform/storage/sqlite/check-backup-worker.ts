import { parentPort } from 'node:worker_threads';
import { readBackup } from './check-backup.ts';

// what is thrown ends this thread, and whoever asked is told of it
parentPort?.on('message', (file: string) => parentPort?.postMessage(readBackup(file)));
