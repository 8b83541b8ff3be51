import type { DistrictPlatform } from './district-platform.ts';
import type { DistrictTerminal } from './district-terminal.ts';
import type { Unkept } from './outcome.ts';

/** How many of its items are not where they must be in the end; `undefined`: it is off. */
export function leftOver(
  terminal: DistrictTerminal,
  platform: DistrictPlatform,
): number | undefined {
  const items = terminal.core?.outbox.list();
  return items?.filter(({ state, submissionId }) =>
    terminal.revoked ? platform.envelopeOf(submissionId) === undefined : state !== 'archived',
  ).length;
}

/** What is left over, for whoever reads of it. */
export function whatIsLeft({ name, core }: DistrictTerminal): string {
  const left = core?.outbox.list().filter(({ state }) => state !== 'archived');
  if (!left) return `${name} is off`;
  return `${left.length} left over: ${[...new Set(left.map(({ state }) => state))].join(', ')}`;
}

/** Its items whose turn must come by itself: within minutes, when nothing is in the way. */
export function waitingIn({ core, revoked }: DistrictTerminal): readonly string[] {
  if (!core || revoked) return [];
  return core.outbox
    .list()
    .filter(({ state }) => ['queued', 'sending', 'retry'].includes(state))
    .map(({ submissionId }) => submissionId);
}

/**
 * Its items whose newest case state it was not told. Of what was sealed at another place, and it knows to be there by its
 * receipt alone, which tells no cursor, the feed does not tell (docs/STATE.md).
 */
export function untold(
  { name, core, revoked, place, machine }: DistrictTerminal,
  platform: DistrictPlatform,
): readonly Unkept[] {
  const here = platform.machine.run?.database('platform.sqlite');
  const index = machine.run?.database('outbox/index.db');
  if (!core || !here || !index) {
    return [{ invariant: 'told', about: name, what: 'something is off' }];
  }
  if (revoked) return [];
  const newest = here.prepare(
    'SELECT state FROM caseEvents WHERE submissionId = ? ORDER BY cursor DESC LIMIT 1',
  );
  const cursor = here.prepare('SELECT cursor FROM items WHERE submissionId = ?');
  const known = index.prepare('SELECT platform_cursor AS cursor FROM item WHERE submission_id = ?');
  const byReceiptAlone = (id: string): boolean =>
    known.get(id)?.['cursor'] !== cursor.get(id)?.['cursor'];
  const what = `${name} does not know the newest state of its case`;
  return core.outbox
    .list()
    .filter(
      ({ submissionId, receiptNumber }) =>
        receiptNumber.startsWith(place) || !byReceiptAlone(submissionId),
    )
    .filter(({ submissionId, caseState }) => caseState !== newest.get(submissionId)?.['state'])
    .map(({ submissionId }) => ({ invariant: 'told', about: submissionId, what }));
}
