/**
 * `npm run scale -- [--terminals N] [--cap SECONDS] [--outage SECONDS] [--plot FILE] [--limits told]`: many
 * terminals lose the platform, each stores an item meanwhile, and all come back at once to one real platform
 * process. Each terminal is the real durable half of a core with its own key, index and connections.
 * Ends with a table; exit 1 when an item is lost, doubled or a limit is missed. The limits are those of a machine
 * at rest: with `--limits told` only what is lost or doubled counts.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEMO_POLICY } from '../kiosk-config/index.ts';
import { BadArguments, readOptions, wholeNumber } from './launch/arguments.ts';
import { startPart, type Part } from './launch/part.ts';
import { machine } from './bench/row.ts';
import { forAll, openFleet, placeOf, type Fleet } from './scale/fleet.ts';
import { peak, plotOf, reportOf, tableOf } from './scale/report.ts';

interface Options {
  readonly terminals: number;
  readonly capMs: number;
  readonly outageMs: number;
  readonly plot: string | undefined;
  readonly limitsCount: boolean;
}

function readArguments(): Options {
  const names = ['terminals', 'cap', 'outage', 'plot', 'limits'] as const;
  const given = readOptions(process.argv.slice(2), names);
  if (given.limits !== undefined && given.limits !== 'told') {
    throw new BadArguments('--limits can only be told');
  }
  return {
    terminals: wholeNumber(given.terminals ?? '2000', 'terminals', 1),
    capMs: wholeNumber(given.cap ?? '60', 'cap', 1) * 1000,
    outageMs: wholeNumber(given.outage ?? '180', 'outage', 1) * 1000,
    plot: given.plot,
    limitsCount: given.limits === undefined,
  };
}

const say = (text: string): void =>
  console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);

async function until(what: string, seconds: number, done: () => boolean): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!done()) {
    if (performance.now() > end) throw new Error(`not in ${String(seconds)} s: ${what}`);
    await sleep(100);
  }
}

function startPlatformProcess(folder: string, port: number): Promise<Part<{ url: string }>> {
  return startPart({
    entry: 'scripts/platform.ts',
    args: [
      ...['--port', String(port), '--data', join(folder, 'platform')],
      ...['--config', join(folder, 'platform.json')],
    ],
    env: { LOG_LEVEL: 'warn' },
    logFile: join(folder, 'platform.log'),
  });
}

/** Every terminal enrolled, with the same bundles. */
async function settle(fleet: Fleet): Promise<void> {
  await forAll(fleet.terminals, 20, async ({ core }) => {
    core.start();
    await until('enrolment', 600, () => core.outbox.taking() === 'yes');
  });
  const versionOf = (terminal: Fleet['terminals'][number]): number =>
    terminal.core.bundles.current().keys?.version ?? 0;
  await until('the same keys everywhere', 600, () => {
    const newest = Math.max(...fleet.terminals.map(versionOf));
    return fleet.terminals.every((terminal) => versionOf(terminal) === newest);
  });
}

/** Items that the platform holds, and whether any came twice. Read when it is not running. */
function heldAt(folder: string): { readonly items: number; readonly conflicts: number } {
  const db = new DatabaseSync(join(folder, 'platform', 'platform.sqlite'), { readOnly: true });
  const one = (table: string): number =>
    Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']);
  const held = { items: one('items'), conflicts: one('conflicts') };
  db.close();
  return held;
}

async function run(options: Options, folder: string): Promise<boolean> {
  const { terminals, capMs, outageMs, limitsCount } = options;
  const places = Array.from({ length: terminals }, (_, at) => placeOf(at));
  await writeFile(
    join(folder, 'platform.json'),
    JSON.stringify({ policy: DEMO_POLICY, enrolmentCodes: places, archiveEveryMs: 0 }),
  );
  let platform = await startPlatformProcess(folder, 0);
  const port = Number(new URL(platform.ready.url).port);
  say(`the platform serves; opening ${String(terminals)} terminals`);
  const fleet = await openFleet({
    size: terminals,
    folder: join(folder, 'terminals'),
    platformUrl: platform.ready.url,
    capMs,
    pollEveryMs: capMs,
  });
  try {
    await settle(fleet);
    say('all enrolled; the platform goes');
    await platform.kill();
    const outage = performance.now();
    await forAll(fleet.terminals, 8, (terminal) => terminal.submit());
    say(`every terminal stored an item (${((performance.now() - outage) / 1000).toFixed(0)} s)`);
    await sleep(Math.max(0, outageMs - (performance.now() - outage)));
    fleet.forget();
    platform = await startPlatformProcess(folder, port);
    const since = performance.now();
    say('the platform is back');
    const waiting = (): boolean => fleet.terminals.some(({ core }) => core.outbox.waiting() > 0);
    await until('all items received', Math.max(600, (capMs / 1000) * 5), () => !waiting());
    const doneAt = Math.max(
      ...fleet.exchanges.filter(({ what }) => what === 'PUT /v1/items').map(({ ended }) => ended),
    );
    const report = reportOf(fleet.exchanges, since, { terminals, capMs, doneAt });
    say(`done\n\n${machine()}\n\n${tableOf(report)}\n`);
    if (options.plot !== undefined) await writeFile(options.plot, plotOf(report));
    await platform.stop();
    const held = heldAt(folder);
    const lost = terminals - held.items;
    say(`lost ${String(lost)}, conflicts ${String(held.conflicts)}`);
    if (lost !== 0 || held.conflicts !== 0) return false;
    const most = (2.5 * terminals) / (capMs / 1000);
    return (
      !limitsCount ||
      (report.refused === 0 &&
        report.doneSeconds <= report.capSeconds &&
        peak(report.contacts) <= most &&
        peak(report.items) <= most)
    );
  } finally {
    await fleet.close();
    await platform.kill();
  }
}

const folder = await mkdtemp(join(tmpdir(), 'bianmin-scale-'));
try {
  process.exitCode = (await run(readArguments(), folder)) ? 0 : 1;
} catch (error) {
  if (!(error instanceof BadArguments)) throw error;
  console.error(error.message);
  process.exitCode = 2;
} finally {
  await rm(folder, { recursive: true, force: true });
}
