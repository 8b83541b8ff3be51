import type { Candidate, Proposal, Skipped } from '../../drivers/detection/contract.ts';
import { listCupsQueues } from '../../drivers/detection/cups-queues.ts';
import { discoverAnnounced } from '../../drivers/detection/mdns.ts';
import { listMachine } from '../../drivers/detection/machine.ts';
import { isSamePlace } from '../../drivers/detection/same-place.ts';
import { candidateKey } from '../../drivers/detection/candidate-key.ts';
import { probe } from '../../drivers/detection/probe.ts';
import { problemText, type DevicesConfig } from '../../kiosk-config/index.ts';
import type { DeviceLine } from '../../main/core/server/admin-socket-shapes.ts';
import { heldPlaces } from './list.ts';
import type { Output } from './output.ts';
import { proposeLayer } from './propose.ts';
import { both, className, confidenceName, placeName, skippedName } from './words.ts';

/** What a probe is asked. */
export interface ProbeRequest {
  /** For each address that was given, what it may mean. */
  readonly given: readonly (readonly Candidate[])[];
  readonly only: boolean;
  readonly propose: boolean;
  /** What a running core holds; it is left alone. */
  readonly held: readonly DeviceLine[];
  /** The devices layer as it lies there. */
  readonly current: DevicesConfig;
}

async function allCandidates(request: ProbeRequest, signal: AbortSignal): Promise<Candidate[]> {
  if (request.only) return request.given.flat();
  const [listed, announced, queues] = await Promise.all([
    listMachine(),
    discoverAnnounced({ signal }),
    listCupsQueues(),
  ]);
  return [...request.given.flat(), ...listed, ...announced, ...queues];
}

function proposalText(found: Proposal): string {
  const model = found.model === undefined ? '' : `  ${found.model}`;
  const sure = both(confidenceName(found.confidence));
  const what = `${both(className(found.class))}  ${found.protocol}${model}`;
  return `${placeName(found.transport)}\n  ${what}  ${sure}\n  ${both(found.evidence)}`;
}

/**
 * `probe`: looks what is there and proposes. Given addresses that are no known device make it exit with 1.
 * With `--propose` the devices layer goes to standard output and everything else to standard error.
 */
export async function runProbe(
  request: ProbeRequest,
  output: Output,
  signal: AbortSignal,
): Promise<0 | 1> {
  const held = await heldPlaces(request.held);
  const configured = request.held.flatMap(({ transport }) => transport ?? []);
  const all = await allCandidates(request, signal);
  const toPeople = request.propose && !output.json;
  const tell: Output['tell'] = (value, text) =>
    toPeople ? output.note(value, text) : output.tell(value, text);
  const skip = (candidate: Candidate, why: Skipped['why'] | 'inUse', detail?: string): void => {
    const more = detail === undefined ? '' : ` (${detail})`;
    tell(
      { type: 'skipped', candidate, why, detail },
      `${placeName(candidate)}\n  ${both(skippedName(why))}${more}`,
    );
  };
  const free = all.filter((candidate) => {
    const isHeld =
      held.has(candidateKey(candidate)) ||
      configured.some((place) => isSamePlace(place, candidate));
    if (isHeld) skip(candidate, 'inUse');
    return !isHeld;
  });
  const found = await probe({
    candidates: free,
    signal,
    onSkipped: ({ candidate, why, detail }) => skip(candidate, why, detail),
  });
  for (const one of found) tell({ type: 'proposal', ...one }, proposalText(one));
  const known = found.filter((one) => one.class !== 'unknown');
  if (known.length === 0) {
    output.note({ type: 'note', code: 'nothingFound' }, '没有找到设备 No device was found');
  }
  const complete = request.propose ? tellLayer(request.current, found, output) : true;
  const good = new Set([...held, ...known.flatMap(keysOf)]);
  // a host without a port stands for several candidates: one of them is enough
  const allKnown = request.given.every((one) => one.some((place) => good.has(candidateKey(place))));
  return complete && allKnown ? 0 : 1;
}

/** The place where something answered, and for an address of the web also its port. */
function keysOf({ transport }: Proposal): readonly string[] {
  const url = transport.type === 'url' ? URL.parse(transport.url) : null;
  if (url === null) return [candidateKey(transport)];
  const port = Number(url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : url.port);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return [candidateKey(transport), candidateKey({ type: 'tcp', host, port })];
}

function tellLayer(current: DevicesConfig, found: readonly Proposal[], output: Output): boolean {
  const proposed = proposeLayer(current, found);
  if (!proposed.ok) {
    const problems = proposed.error.map(problemText);
    output.note({ type: 'note', code: 'layerRefused', problems }, problems.join('\n'));
    return false;
  }
  const { layer, notes } = proposed.value;
  for (const note of notes) output.note({ type: 'note', code: 'check', text: note }, both(note));
  output.tell({ type: 'layer', layer }, JSON.stringify(layer, null, 2));
  return true;
}
