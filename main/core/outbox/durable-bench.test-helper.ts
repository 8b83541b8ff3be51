import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { createSystemPorts, type SystemPorts } from '../adapters/system-ports.ts';
import { createDurableCore, type DurableConfig, type DurableCore } from '../durable.ts';
import type { Ports } from '../ports.ts';
import { startPlatformDouble, type PlatformDouble } from '../sync/platform-double.test-helper.ts';

export { submissionOf } from './submission.test-helper.ts';

/** A terminal's durable half on real disk, and a far end. */
export interface Bench {
  readonly folder: string;
  readonly identity: string;
  readonly platform: PlatformDouble;
  /** Opens the core again and again on the same folder; closes the one before. */
  open(change?: Partial<DurableConfig>, ports?: (real: Ports) => Ports): Promise<DurableCore>;
  /** Resolves when every envelope has its file and no other place. */
  filed(): Promise<void>;
  close(): Promise<void>;
}

/** Quick settings for tests: nothing here waits longer than half a second. */
export const QUICK: DurableConfig = {
  environment: 'demo',
  softwareVersion: '0.0.0-test',
  enrolmentCode: 'CODE-1',
  minFreeBytes: 0,
  sessionBytes: 0,
  backoffCeilingMs: 200,
  pollEveryMs: 200,
  requestDeadlineMs: 500,
};

/** How many envelopes lie in the index of a data folder and may have no file yet. */
export function unfiledIn(folder: string): number {
  const index = new DatabaseSync(join(folder, 'outbox', 'index.db'), { readOnly: true });
  try {
    const row = index.prepare('SELECT count(*) AS n FROM unfiled_envelope').get();
    return Number(row?.['n']);
  } finally {
    index.close();
  }
}

/** Makes a bench whose far end has keys in force. */
export async function makeBench(at?: string): Promise<Bench> {
  const folder = at ?? (await mkdtemp(join(tmpdir(), 'bianmin-durable-')));
  const identity = await generateX25519Identity();
  const platform = await startPlatformDouble([await identityToRecipient(identity)]);
  await platform.publish('keys', 1, platform.keys());
  let core: DurableCore | undefined;
  let ports: SystemPorts | undefined;
  const closeCore = async (): Promise<void> => {
    await core?.stop();
    await ports?.close();
    core = undefined;
  };
  return {
    folder,
    identity,
    platform,
    async open(change = {}, wrap = (real) => real) {
      await closeCore();
      ports = await createSystemPorts({
        dataFolder: folder,
        platformUrl: platform.url,
        environment: 'demo',
      });
      core = await createDurableCore(wrap(ports), { ...QUICK, ...change });
      return core;
    },
    filed: () => until('filed', () => unfiledIn(folder) === 0),
    async close() {
      await closeCore();
      await platform.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until something is so; fails after a minute. */
export async function until(what: string, is: () => boolean): Promise<void> {
  const end = Date.now() + 60_000;
  while (!is()) {
    if (Date.now() > end) throw new Error(`never came: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
