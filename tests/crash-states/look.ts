import { createHash } from 'node:crypto';
import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { demoCatalogue } from '../../kiosk-config/index.ts';
import { createSystemPorts } from '../../main/core/adapters/system-ports.ts';
import { createDurableCore } from '../../main/core/durable.ts';
import { DURABLE_DEFAULTS } from '../../main/core/durable-defaults.ts';
import { openDurableStore } from '../../main/core/durable-store.ts';
import { itemById } from '../../main/core/storage/item-rows.ts';
import { startPlatform } from '../../platform/main.ts';
import { openSqliteStorage } from '../../platform/storage/sqlite/sqlite-storage.ts';
import { checkInvariants, readPlatform, readTerminal, type Ground } from '../invariants/index.ts';
import { knownBy, type Known } from './marks.ts';
import { openMountShell, type MountShell } from './mount-shell.ts';
import type { CrashState } from './states.ts';
import { DISKS, type Disk } from './write-log.ts';

/** Where states are looked at. */
export interface Place {
  readonly images: Readonly<Record<Disk, string>>;
  readonly folders: Readonly<Record<Disk, string>>;
  readonly shell: MountShell;
}

/** Makes a place in a folder in memory. */
export function makePlace(folder: string): Place {
  mkdirSync(folder, { recursive: true });
  const at = (end: string): Record<Disk, string> => ({
    terminal: join(folder, `terminal${end}`),
    platform: join(folder, `platform${end}`),
  });
  const folders = at('');
  for (const disk of DISKS) mkdirSync(folders[disk], { recursive: true });
  return { images: at('.img'), folders, shell: openMountShell() };
}

const RUN = 64 * 1024;

/** Writes an image without the zeros in it. */
function writeImage(file: string, image: Buffer): void {
  const zeros = Buffer.alloc(RUN);
  const handle = openSync(file, 'w');
  try {
    ftruncateSync(handle, image.length);
    for (let at = 0; at < image.length; at += RUN) {
      const part = image.subarray(at, at + RUN);
      if (!part.equals(zeros)) writeSync(handle, part, 0, part.length, at);
    }
  } finally {
    closeSync(handle);
  }
}

function sha256Of(file: string): string | undefined {
  return existsSync(file)
    ? createHash('sha256').update(readFileSync(file)).digest('hex')
    : undefined;
}

const data = (place: Place, disk: Disk): string => join(place.folders[disk], 'data');

function violations(place: Place, known: Known, more: Partial<Ground> = {}): readonly string[] {
  // the platform is looked at once its program has opened it: before, its tables may not be there
  return checkInvariants({
    terminals: [readTerminal(data(place, 'terminal'))],
    platform: readPlatform(data(place, 'platform')),
    witness: known.witness,
    ...more,
  }).map(({ invariant, about, what }) => `${invariant}: ${about.slice(0, 40)}: ${what}`);
}

/** Opens what the power cut left as the next start does, and says what is wrong with it. */
async function openBoth(place: Place, known: Known): Promise<readonly string[]> {
  const wrong: string[] = [];
  const storage = openSqliteStorage(join(data(place, 'platform'), 'platform.sqlite'));
  await storage.close();
  const platform = readPlatform(data(place, 'platform'));
  for (const sha256 of known.stored) {
    if (!platform.holds('attachments', sha256)) wrong.push(`platform lost attachment ${sha256}`);
  }
  const ports = await createSystemPorts({
    dataFolder: data(place, 'terminal'),
    platformUrl: 'http://127.0.0.1:9',
    environment: 'demo',
  });
  const store = await openDurableStore(ports, {
    ...DURABLE_DEFAULTS,
    environment: 'demo',
    softwareVersion: '0.0.0-test',
    enrolmentCode: undefined,
  });
  if (store.chainBroken !== undefined) wrong.push(`chain broken: ${store.chainBroken}`);
  // a power cut damages nothing: the index itself must have kept every row
  if (store.rebuilt !== undefined) wrong.push(`the index was lost: ${store.rebuilt}`);
  for (const { submissionId } of known.witness.printed) {
    if (!itemById(store.db, submissionId)) wrong.push(`${submissionId} has no row`);
  }
  store.close();
  await ports.close();
  return wrong;
}

async function until(is: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 5 * 60_000;
  while (!is()) {
    if (performance.now() > deadline) throw new Error(`never came: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Starts both for good and lets everything drain. */
async function drain(place: Place): Promise<void> {
  const platform = await startPlatform({
    dataDir: data(place, 'platform'),
    catalogue: demoCatalogue(),
    enrolmentCodes: [{ code: 'CRASH-CODE', region: '500199001', terminal: '001' }],
    archiveEveryMs: 50,
  });
  const ports = await createSystemPorts({
    dataFolder: data(place, 'terminal'),
    platformUrl: platform.url,
    environment: 'demo',
  });
  const core = await createDurableCore(ports, {
    environment: 'demo',
    softwareVersion: '0.0.0-test',
    enrolmentCode: 'CRASH-CODE',
    minFreeBytes: 0,
    sessionBytes: 0,
    backoffCeilingMs: 50,
    pollEveryMs: 50,
  });
  try {
    core.start();
    const blobs = join(data(place, 'terminal'), 'outbox', 'blobs');
    await until(
      () =>
        core.outbox.list().every(({ state }) => state === 'archived' || state === 'held') &&
        readdirSync(blobs).length === 0,
      'everything archived',
    );
  } finally {
    await core.stop();
    await ports.close();
    await platform.close();
  }
}

/**
 * Mounts the disks of a state (the kernel replays their journals), opens them with the real code, and checks
 * every promise against what was known outside.
 * @param drains also starts both and lets everything arrive
 * @returns what is wrong, a line each
 */
export async function lookAt(
  state: CrashState,
  place: Place,
  people: readonly string[],
  drains: boolean,
): Promise<readonly string[]> {
  const known = knownBy(state.marks, people);
  const wrong: string[] = [];
  const images = DISKS.map((disk) => ({ image: place.images[disk], at: place.folders[disk] }));
  for (const disk of DISKS) writeImage(place.images[disk], state.images[disk]);
  const notMounted = await place.shell.mount(images);
  try {
    if (notMounted !== undefined) throw new Error(notMounted);
    for (const disk of DISKS) mkdirSync(data(place, disk), { recursive: true, mode: 0o700 });
    for (const { disk, path, sha256 } of known.keys) {
      if (sha256Of(join(place.folders[disk], path)) !== sha256) wrong.push(`${path} is lost`);
    }
    wrong.push(...(await openBoth(place, known)), ...violations(place, known));
    if (drains && wrong.length === 0) {
      await drain(place);
      wrong.push(...violations(place, known, { settled: true }));
    }
  } catch (error) {
    wrong.push(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  }
  // also says so when somebody still holds a file there: everything was closed
  const notUnmounted = await place.shell.unmount(Object.values(place.folders));
  if (notUnmounted !== undefined) wrong.push(notUnmounted);
  return wrong.map((line) => `${line} (${known.chapter})`);
}
