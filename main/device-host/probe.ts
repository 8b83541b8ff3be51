import type { Candidate, Proposal } from '../../drivers/detection/contract.ts';
import { candidateKey, probe } from '../../drivers/detection/probe.ts';
import { discoverScanners } from '../../drivers/detection/mdns.ts';
import { listSerialPorts } from '../../drivers/detection/serial-ports.ts';

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
  const [ports, scanners] = await Promise.all([listSerialPorts(), discoverScanners()]);
  const serial: readonly Candidate[] = ports.ok
    ? ports.value.map(({ path }) => ({ type: 'serial', path }))
    : [];
  const taken = new Set(held.map(candidateKey));
  const candidates = [...serial, ...scanners, ...also].filter(
    (candidate) => !taken.has(candidateKey(candidate)),
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
