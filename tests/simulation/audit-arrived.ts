import type { Unkept } from './outcome.ts';
import type { DistrictPlatform } from './district-platform.ts';
import type { DistrictTerminal } from './district-terminal.ts';

/** Whether the platform holds every event of those that may send theirs, in one piece unless there is a reason. */
function auditMissing(
  platform: DistrictPlatform,
  terminals: readonly DistrictTerminal[],
  cloned: ReadonlySet<string>,
): readonly Unkept[] {
  const here = platform.machine.run?.database('platform.sqlite');
  if (!here) return [{ invariant: 'audit', about: 'platform', what: 'is off' }];
  const events = here.prepare('SELECT seq, hash FROM auditEvents WHERE terminalId = ?');
  const chains = here.prepare('SELECT origin, badCheckpoint FROM auditChains WHERE terminalId = ?');
  return terminals.flatMap((terminal): readonly Unkept[] => {
    if (terminal.revoked) return [];
    const terminalId = terminal.core?.enrolment.current()?.terminalId;
    const index = terminal.machine.run?.database('outbox/index.db');
    if (terminalId === undefined || !index) {
      return [{ invariant: 'audit', about: terminal.name, what: 'is off' }];
    }
    const wrong = (what: string): Unkept => ({ invariant: 'audit', about: terminal.name, what });
    const held = new Set(events.all(terminalId).map((row) => JSON.stringify(row)));
    const own = index.prepare('SELECT seq, hash FROM audit_event').all();
    const missing = own.filter((row) => !held.has(JSON.stringify(row))).length;
    const origins = chains.all(terminalId).map((row) => String(row['origin']));
    const whole = origins.join() === 'first' && held.size === own.length;
    return [
      ...(missing > 0 ? [wrong(`${missing} events did not arrive`)] : []),
      ...(missing > 0 || whole || terminal.lostIndexes > 0 || cloned.has(terminal.place)
        ? []
        : [wrong(`came in pieces (${origins.join()}), ${held.size} for ${own.length}`)]),
      ...(chains.all(terminalId).some((row) => row['badCheckpoint'] !== null)
        ? [wrong('a checkpoint is called forged')]
        : []),
    ];
  });
}

/**
 * Each terminal sends what happened since its last round, and then nothing happens any more.
 *
 * @param wait lets each of them have a round
 * @returns what did not arrive
 */
export async function auditArrives(
  platform: DistrictPlatform,
  watches: readonly { readonly terminal: DistrictTerminal }[],
  cloned: ReadonlySet<string>,
  wait: () => Promise<void>,
): Promise<readonly Unkept[]> {
  const terminals = watches.map(({ terminal }) => terminal);
  const look = (): readonly Unkept[] => auditMissing(platform, terminals, cloned);
  for (let round = 0; round < 4 && look().length > 0; round++) await wait();
  return look();
}
