import type { Candidate, Proposal } from '../../drivers/detection/contract.ts';
import { listCupsQueues } from '../../drivers/detection/cups-queues.ts';
import { discoverAnnounced } from '../../drivers/detection/mdns.ts';
import { listMachine } from '../../drivers/detection/machine.ts';
import { probe } from '../../drivers/detection/probe.ts';
import { isSamePlace } from '../../drivers/detection/same-place.ts';

/** First and only message to the probe. */
export interface ProbeRequest {
  readonly type: 'probe';
  /** Looked at besides what this machine has and what announces itself. */
  readonly also: readonly Candidate[];
  /** Left alone: the device host holds them. */
  readonly held: readonly Candidate[];
}

/** The probe's only answer. */
export interface ProbeAnswer {
  readonly type: 'probed';
  readonly proposals: readonly Proposal[];
  /** Places that gave no proposal. */
  readonly skipped: number;
}

/**
 * Entry of the probe: a process of its own, for a native library that crashes on a strange device must take
 * nothing with it. Looks once, answers, ends.
 */
function run(): void {
  const send = process.send?.bind(process);
  if (send === undefined) {
    console.error('the probe is started by the core');
    process.exitCode = 2;
    return;
  }
  process.once('disconnect', () => process.exit(0));
  process.on('SIGINT', () => undefined);
  process.once('message', (message) => {
    look(message as ProbeRequest).then(
      (answer) => send(answer, undefined, undefined, () => process.exit(0)),
      (error: unknown) => {
        console.error(error);
        process.exit(70);
      },
    );
  });
}

async function look({ also, held }: ProbeRequest): Promise<ProbeAnswer> {
  const [listed, announced, queues] = await Promise.all([
    listMachine(),
    discoverAnnounced(),
    listCupsQueues(),
  ]);
  const candidates = [...listed, ...announced, ...queues, ...also].filter(
    (candidate) => !held.some((place) => isSamePlace(place, candidate)),
  );
  let skipped = 0;
  const proposals = await probe({
    candidates,
    onSkipped: () => {
      skipped += 1;
    },
  });
  return { type: 'probed', proposals, skipped };
}

run();
