/**
 * What is recorded: the durable half of a core and the reference platform at their work, in one process,
 * on disks of their own: TERMINAL-FOLDER PLATFORM-FOLDER MARK-FILE SEED. Every moment from which on
 * somebody counts on something is written to the mark file.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { demoCatalogue } from '../../kiosk-config/index.ts';
import { createSystemPorts } from '../../main/core/adapters/system-ports.ts';
import { createDurableCore, type DurableCore } from '../../main/core/durable.ts';
import { submissionOf } from '../../main/core/outbox/durable-bench.test-helper.ts';
import type { HttpRequest, Network, Ports } from '../../main/core/ports.ts';
import { startPlatform } from '../../platform/main.ts';
import { chanceOf } from '../page-images/chance.ts';
import type { Mark } from './marks.ts';
import type { Disk } from './write-log.ts';

const [terminalFolder = '', platformFolder = '', markFile = '', seed = '1'] = process.argv.slice(2);
const chance = chanceOf(Number(seed));
const mark = (what: Mark): void => writeFileSync(markFile, JSON.stringify(what));
const chapter = (name: string): void => mark({ mark: 'chapter', name });
const markKey = (disk: Disk, path: string): void => {
  const bytes = readFileSync(join(disk === 'terminal' ? terminalFolder : platformFolder, path));
  mark({ mark: 'key', disk, path, sha256: createHash('sha256').update(bytes).digest('hex') });
};
const until = async (is: () => boolean): Promise<void> => {
  while (!is()) await new Promise((resolve) => setTimeout(resolve, 5));
};

chapter('the platform starts');
const platform = await startPlatform({
  dataDir: join(platformFolder, 'data'),
  catalogue: demoCatalogue(),
  enrolmentCodes: [{ code: 'CRASH-CODE', region: '500199001', terminal: '001' }],
  archiveEveryMs: 100,
  limits: { requestsPerMinute: 1_000_000 },
});

for (const name of ['platform.age.txt', 'recovery.age.txt', 'bundle-root.pem']) {
  markKey('platform', `data/keys/${name}`);
}

let linkIsThere = true;

/** Writes down what the platform promised, before the core hears of it. */
function listening(network: Network): Network {
  const listen = ({ method, path }: HttpRequest, status: number, body: Uint8Array): void => {
    const name = path.split('/').at(-1) ?? '';
    if (method === 'PUT' && status === 201) mark({ mark: 'acknowledged', submissionId: name });
    if (method !== 'PATCH' || status !== 200) return;
    const { complete } = JSON.parse(Buffer.from(body).toString()) as { complete: boolean };
    if (complete) mark({ mark: 'stored', sha256: name });
  };
  return {
    async request(request) {
      if (!linkIsThere) return { ok: false, error: { kind: 'unreachable', detail: 'cut' } };
      const answer = await network.request(request);
      if (answer.ok) listen(request, answer.value.status, answer.value.body);
      return answer;
    },
  };
}

async function openCore(): Promise<{ core: DurableCore; close: () => Promise<void> }> {
  const ports = await createSystemPorts({
    dataFolder: join(terminalFolder, 'data'),
    platformUrl: platform.url,
    environment: 'demo',
  });
  const heard: Ports = { ...ports, network: listening(ports.network) };
  const core = await createDurableCore(heard, {
    environment: 'demo',
    softwareVersion: '0.0.0-test',
    enrolmentCode: 'CRASH-CODE',
    minFreeBytes: 0,
    sessionBytes: 0,
    backoffCeilingMs: 100,
    pollEveryMs: 100,
    requestDeadlineMs: 60_000,
    chunkBytes: 6_000,
  });
  core.outbox.onChange((submissionId) => {
    const said = core.outbox.list().find((item) => item.submissionId === submissionId)?.state;
    if (said === 'received' || said === 'archived') {
      mark({ mark: 'shown', shown: { submissionId, said } });
    }
  });
  core.start();
  await until(() => core.outbox.taking() === 'yes');
  return {
    core,
    async close() {
      await core.stop();
      await ports.close();
    },
  };
}

async function handIn(core: DurableCore, items: number): Promise<void> {
  for (let n = 0; n < items; n++) {
    const sizes = [Math.floor(chance.between(1, 14_000)), Math.floor(chance.between(1, 900))];
    const stored = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId(), sizes));
    if (!stored.ok) throw new Error(`not taken: ${stored.error}`);
    const { submissionId, receiptNumber, envelopeSha256 } = stored.value;
    mark({ mark: 'printed', item: { submissionId, receiptNumber, envelopeSha256 } });
  }
}

const blobs = join(terminalFolder, 'data', 'outbox', 'blobs');
const drained = (core: DurableCore): Promise<void> =>
  until(
    () =>
      core.outbox.list().every(({ state }) => state === 'archived') &&
      readdirSync(blobs).length === 0,
  );

/**
 * Brings a database's log into it, as SQLite does by itself after 1000 pages. From then on the log is written
 * anew from its beginning: it does not grow, so a commit makes no change of the file system durable by the way.
 */
function mergeLog(file: string): void {
  const database = new DatabaseSync(file, { timeout: 5_000 });
  database.exec('PRAGMA wal_checkpoint(RESTART)');
  database.close();
}
const index = join(terminalFolder, 'data', 'outbox', 'index.db');

/** What a crash leaves: files that no row names, one of them half. */
function leaveStrays(): void {
  for (const bytes of [randomBytes(3_000), randomBytes(100)]) {
    writeFileSync(join(blobs, createHash('sha256').update(bytes).digest('hex')), bytes);
  }
  writeFileSync(join(blobs, '.partial-0011223344556677'), randomBytes(500));
}

chapter('the terminal enrols');
let terminal = await openCore();
markKey('terminal', 'data/keys/terminal.ed25519');
chapter('handed in with the link');
await handIn(terminal.core, 2);
await drained(terminal.core);
chapter('handed in without the link');
linkIsThere = false;
mergeLog(index);
await handIn(terminal.core, 3);
chapter('the terminal starts anew and sweeps');
await terminal.close();
leaveStrays();
terminal = await openCore();
mergeLog(index);
await handIn(terminal.core, 2);
chapter('the link is back');
mergeLog(join(platformFolder, 'data', 'platform.sqlite'));
linkIsThere = true;
await drained(terminal.core);
chapter('handed in while everything runs');
await handIn(terminal.core, 3);
await drained(terminal.core);
chapter('both stop');
await terminal.close();
await platform.close();
process.exit(0);
