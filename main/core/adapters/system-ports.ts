import { chooseKeyStore } from '../keys/key-store.ts';
import type { Ports } from '../ports.ts';
import { createAgeSeal } from '../seal/age-seal.ts';
import { createLogMerger } from '../storage/log-merger.ts';
import { createCrashPoint } from './crash-point.ts';
import { prepareFileRoots } from './file-roots.ts';
import { createNodeProcesses } from './node-processes.ts';
import { createClock, systemRandomness } from './system-clock.ts';
import { createUndiciNetwork } from './undici-network.ts';

/** What the real ports are made from. */
export interface SystemPortsOptions {
  readonly dataFolder: string;
  readonly platformUrl: string;
  readonly environment: 'production' | 'demo';
  /** PEM certificates that alone are trusted for the platform. */
  readonly platformCa?: string;
  /** The terminal key that the shell unwrapped (seed, base64url). Without it the key lies in a file. */
  readonly unwrappedKey?: string;
  /** Value of BIANMIN_CRASH_AT. */
  readonly crashAt?: string | undefined;
  /** Value of BIANMIN_CLOCK_OFFSET_MS. */
  readonly clockOffset?: string | undefined;
}

/** The ports of this machine. `close` ends connections and workers. */
export interface SystemPorts extends Ports {
  close(): Promise<void>;
}

/** Makes the ports of this machine. */
export async function createSystemPorts(options: SystemPortsOptions): Promise<SystemPorts> {
  const roots = await prepareFileRoots(options.dataFolder);
  const clock = createClock(options.clockOffset, options.environment);
  const crashPoint = createCrashPoint(options.crashAt, options.environment);
  // first: what it refuses would leave workers behind
  const keyStore = await chooseKeyStore(roots.data, systemRandomness, options.unwrappedKey);
  const network = createUndiciNetwork({
    baseUrl: options.platformUrl,
    ...(options.platformCa === undefined ? {} : { ca: options.platformCa }),
  });
  const seal = createAgeSeal();
  const logMerger = createLogMerger();
  return {
    clock,
    randomness: systemRandomness,
    network,
    processes: createNodeProcesses(),
    seal,
    logMerger,
    keyStore,
    roots,
    crashPoint,
    async close() {
      await Promise.all([network.close(), seal.close(), logMerger.close()]);
    },
  };
}
