import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createSystemPorts, type SystemPorts } from '../../main/core/adapters/system-ports.ts';
import { createDurableCore, type DurableCore } from '../../main/core/durable.ts';
import type { Network } from '../../main/core/ports.ts';
import type { Submission } from '../../main/core/outbox/contract.ts';

/** One exchange with the platform as a terminal saw it. */
export interface Exchange {
  readonly terminal: number;
  /** `PUT /v1/items` without what is of one item. */
  readonly what: string;
  /** Milliseconds of the fleet's clock. */
  readonly began: number;
  readonly ended: number;
  /** HTTP status, or why none came. */
  readonly outcome: number | string;
}

/** A terminal of the fleet: the real durable half of a core, without page and devices. */
export interface FleetTerminal {
  readonly core: DurableCore;
  /** One item with a body of about 4 KB and no attachment. */
  submit(): Promise<void>;
}

/** Many terminals in this process, each with its own folder, key, index and connections. */
export interface Fleet {
  readonly terminals: readonly FleetTerminal[];
  /** Every exchange since the last `forget`. */
  readonly exchanges: readonly Exchange[];
  forget(): void;
  close(): Promise<void>;
}

const AGE_OVERHEAD_AND_HEADER = 1200;
const ITEM_BYTES = 4096;

function submissionOf(core: DurableCore): Submission {
  return {
    submissionId: core.outbox.newSubmissionId(),
    kind: 'application',
    service: { id: 'pension-enroll', handleItemCode: '1'.repeat(31) },
    compose: () =>
      Promise.resolve({
        files: [],
        body: () => ({ filler: 'x'.repeat(ITEM_BYTES - AGE_OVERHEAD_AND_HEADER) }),
      }),
  };
}

/** Runs tasks for all, so many at once. */
export async function forAll<T>(
  all: readonly T[],
  atOnce: number,
  task: (one: T, at: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < all.length; at = next++) await task(all[at] as T, at);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** The pieces of a place of a fleet: three-digit terminals, as many regions as it takes. */
export function placeOf(at: number): { region: string; terminal: string; code: string } {
  const region = `500199${String(1 + Math.floor(at / 999)).padStart(3, '0')}`;
  const terminal = String(1 + (at % 999)).padStart(3, '0');
  return { region, terminal, code: `SCALE-${region}-${terminal}` };
}

function watched(network: Network, terminal: number, exchanges: Exchange[]): Network {
  return {
    async request(request) {
      const began = performance.now();
      const answer = await network.request(request);
      const path = request.path.replace(/\?.*$/, '').split('/').slice(0, 3).join('/');
      exchanges.push({
        terminal,
        what: `${request.method} ${path}`,
        began,
        ended: performance.now(),
        outcome: answer.ok ? answer.value.status : answer.error.kind,
      });
      return answer;
    },
  };
}

/**
 * Opens a fleet. Nothing goes over the network before a terminal's `core.start()`.
 * @param capMs most that a terminal waits before it asks again
 */
export async function openFleet(options: {
  readonly size: number;
  readonly folder: string;
  readonly platformUrl: string;
  readonly capMs: number;
  /** A round with the platform each so often while the link is there, milliseconds. */
  readonly pollEveryMs: number;
}): Promise<Fleet> {
  const exchanges: Exchange[] = [];
  const opened: { terminal: FleetTerminal; ports: SystemPorts }[] = [];
  // one sealing worker for the fleet, and none that merges logs: workers each would be thousands of threads
  let shared: SystemPorts['seal'] | undefined;
  for (let at = 0; at < options.size; at += 1) {
    const dataFolder = join(options.folder, String(at).padStart(5, '0'));
    await mkdir(dataFolder, { recursive: true, mode: 0o700 });
    const ports = await createSystemPorts({
      dataFolder,
      platformUrl: options.platformUrl,
      environment: 'demo',
    });
    const { seal } = ports;
    shared ??= seal;
    const own = { seal: (...of: Parameters<typeof seal.seal>) => (shared ?? seal).seal(...of) };
    const core = await createDurableCore(
      {
        ...ports,
        network: watched(ports.network, at, exchanges),
        seal: { ...own, close: () => Promise.resolve() },
        logMerger: undefined,
      },
      {
        environment: 'demo',
        softwareVersion: 'scale',
        enrolmentCode: placeOf(at).code,
        minFreeBytes: 0,
        sessionBytes: 0,
        backoffCeilingMs: options.capMs,
        pollEveryMs: options.pollEveryMs,
      },
    );
    const submit = async (): Promise<void> => {
      const stored = await core.outbox.submit(submissionOf(core));
      if (!stored.ok) throw new Error(`terminal ${String(at)} refused: ${stored.error}`);
    };
    opened.push({ terminal: { core, submit }, ports });
  }
  return {
    terminals: opened.map(({ terminal }) => terminal),
    exchanges,
    forget: () => void exchanges.splice(0),
    async close() {
      await forAll(opened, 50, async ({ terminal, ports }) => {
        await terminal.core.stop();
        await ports.close();
      });
    },
  };
}
