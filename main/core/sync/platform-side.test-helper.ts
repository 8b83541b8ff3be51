import { afterEach, beforeEach } from 'vitest';
import type { Heartbeat } from '../../../domain/wire/platform.ts';
import { createDurableCore, type DurableConfig, type DurableCore } from '../durable.ts';
import type { StoredItem } from '../outbox/contract.ts';
import { makeDisk, NOON, type Disk } from '../outbox/disk.test-helper.ts';
import { submissionOf } from '../outbox/submission.test-helper.ts';
import type { HttpRequest, Ports } from '../ports.ts';
import { until } from './line.test-helper.ts';
import {
  startPlatformDouble,
  type Behaviour,
  type PlatformDouble,
} from './platform-double.test-helper.ts';

/** Its disk and its clock. */
export let disk: Disk;
/** The far end. */
export let platform: PlatformDouble;
/** The core that was opened last. */
export let core: DurableCore;
/** Requests since the core was opened. */
export let asked: HttpRequest[];
/** What went to the log. */
export let errors: string[];
/** How long the loops waited. */
export let waited: number[];
/** What a test changes of it. */
export const world = {
  /** How far the terminal's wall clock is off, milliseconds. */
  off: 0,
  /** What keeps a request on its way. */
  held: (_request: HttpRequest): Promise<undefined> | undefined => undefined,
};
let closed: boolean;
/** A durable core on a disk and a clock of its own, and a platform; anew for each test of a file. */
export function useCore(): void {
  beforeEach(async () => {
    disk = await makeDisk();
    platform = await startPlatformDouble(disk.keys.recipients.map(({ recipient }) => recipient));
    platform.serverTime = () => NOON + disk.clock.now();
    await platform.publish('keys', 1, platform.keys());
    asked = [];
    errors = [];
    waited = [];
    world.off = 0;
    world.held = () => undefined;
    closed = true;
  });
  afterEach(async () => {
    if (!closed) await core.stop();
    await platform.close();
    disk.close();
  });
}

/** Opens the core, which does nothing yet. */
export const open = async (
  change: Partial<DurableConfig> = {},
  otherPorts: Partial<Ports> = {},
): Promise<DurableCore> => {
  if (!closed) await core.stop();
  closed = false;
  core = await createDurableCore(
    {
      ...disk.ports,
      clock: {
        wall: () => NOON + disk.clock.now() + world.off,
        now: () => disk.clock.now(),
        after: (ms, then) => {
          waited.push(ms);
          return disk.clock.after(ms, then);
        },
      },
      // the longest wait each time, and yet no two ids alike
      randomness: {
        bytes: (length) =>
          length === 4 ? new Uint8Array(4).fill(0xff) : disk.randomness.bytes(length),
      },
      network: {
        request: async (request) => {
          asked.push(request);
          await world.held(request);
          return platform.network.request(request);
        },
      },
      ...otherPorts,
    },
    {
      environment: 'demo',
      softwareVersion: '1.2.3',
      enrolmentCode: 'CODE',
      minFreeBytes: 0,
      sessionBytes: 0,
      onError: (error) => void errors.push(String(error)),
      ...change,
    },
  );
  return core;
};
/** Ends it. */
export const stop = async (): Promise<void> => {
  closed = true;
  await core.stop();
};
/** Until something can be handed in. */
export const taking = (): Promise<void> => until('taking', () => core.outbox.taking() === 'yes');
/** Opens and starts it; its first round has ended. */
export const started = async (...how: Parameters<typeof open>): Promise<void> => {
  await open(...how);
  core.start();
  await taking();
  // the first round has ended: a nudge is heard
  await until('the first round', () => beats().length > 0 && waited.length > 0);
};
/** Lets time go by, as much as it takes, until something is so. */
export const passing = (what: string, is: () => boolean, stepMs = 500): Promise<void> =>
  until(what, () => {
    if (!is()) disk.clock.go(stepMs);
    return is();
  });
/** Lets two looks of the keeper go by, so that one of them began and ended in between. */
export const look = async (): Promise<void> => {
  const before = beats().length;
  await passing('looks', () => beats().length >= before + 2);
};
/** Long enough for something to begin that should not. */
export const aWhile = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
/** Hands something in. */
export const submit = async (): Promise<StoredItem> => {
  const stored = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId(), []));
  if (!stored.ok) throw new Error(stored.error);
  // whoever hears of it hears of it after the receipt
  disk.clock.go(0);
  return stored.value;
};
/** Where an item stands. */
export const stateOf = (item: StoredItem) => core.outbox.find(item.receiptNumber)?.state;
/** A problem in the platform's words. */
export const problemOf = (status: number, code: string): Behaviour => ({
  status,
  type: 'application/problem+json',
  body: JSON.stringify({ type: 'about:blank', title: code, status, code }),
});
/** How often the audit tells of something. */
export const events = (name: string): number =>
  core.audit.latest(100_000).filter(({ event }) => event === name).length;
/** What a technician is told. */
export const codes = (): string[] => core.problems().map(({ code }) => code);
/** Heartbeats since the core was opened. */
export const beats = (): Heartbeat[] =>
  asked
    .filter(({ path }) => path === '/v1/heartbeats')
    .map(({ body }) => JSON.parse(Buffer.from(body ?? []).toString()) as Heartbeat);
