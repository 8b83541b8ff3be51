import { mkdtemp, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSystemPorts, type SystemPorts } from '../../main/core/adapters/system-ports.ts';
import { createDurableCore, type DurableCore } from '../../main/core/durable.ts';
import type { ClearFile, StoredItem, Submission } from '../../main/core/outbox/contract.ts';
import type { Ports } from '../../main/core/ports.ts';
import {
  startTestPlatform,
  TEST_CODE,
  type TestPlatform,
} from '../../tests/platform-kit/platform.ts';
import { openShapedLink, type ShapedLink } from '../../tests/support/shaped-link.ts';

/** A page of the log with its header. */
const FRAME = 24 + 4096;

/** A terminal's durable half and a platform on real disks, with a line between them. */
export interface OutboxStand {
  readonly folder: string;
  readonly platform: TestPlatform;
  readonly link: ShapedLink;
  readonly core: DurableCore;
  /**
   * @param pages its attachments, before sealing
   * @param id which one it is: drawn when a citizen signs, long before it is handed in
   */
  submit(pages: readonly ClearFile[], id?: string): Promise<StoredItem>;
  newId(): string;
  /** Resolves when every envelope has its file: nothing is written any more. */
  filed(): Promise<void>;
  /**
   * Bytes of the frames in the log of the index, by the count that SQLite keeps of them beside it; the file itself
   * has its length from the beginning. https://sqlite.org/walformat.html#the_wal_index_header
   */
  logBytes(): number;
  close(): Promise<void>;
}

/** Waits for something that has no event; milliseconds do not count here. */
export async function until(is: () => boolean): Promise<void> {
  while (!is()) await sleep(2);
}

/** Papers of so many bytes. To be made before a clock runs: memory that is new costs its maker a fault for each 4 KB. */
export function pagesOf(...sizes: readonly number[]): readonly ClearFile[] {
  return sizes.map((size, at) => ({
    name: `page-${String(at)}`,
    mediaType: 'image/jpeg' as const,
    bytes: new Uint8Array(size).fill(at + 1),
  }));
}

function submissionOf(id: string, pages: readonly ClearFile[]): Submission {
  return {
    submissionId: id,
    kind: 'application',
    service: { id: 'unemployment-reg', handleItemCode: '1'.repeat(31) },
    compose: () => Promise.resolve({ files: pages, body: () => ({ filler: 'x'.repeat(2_800) }) }),
  };
}

/** Opens one; the terminal is enrolled and has its keys. */
export async function openStand(
  wrap: (ports: Ports) => Ports = (ports) => ports,
): Promise<OutboxStand> {
  const folder = await mkdtemp(join(tmpdir(), 'bianmin-bench-outbox-'));
  const platform = await startTestPlatform(join(folder, 'platform'), {
    limits: { requestsPerMinute: 1_000_000 },
  });
  const link = await openShapedLink(platform.url);
  const ports: SystemPorts = await createSystemPorts({
    dataFolder: join(folder, 'terminal'),
    platformUrl: link.url,
    environment: 'demo',
  });
  const core = await createDurableCore(wrap(ports), {
    environment: 'demo',
    softwareVersion: 'bench',
    enrolmentCode: TEST_CODE,
    minFreeBytes: 0,
    sessionBytes: 0,
    pollEveryMs: 500,
    backoffCeilingMs: 500,
  });
  core.start();
  await until(() => core.outbox.taking() === 'yes');
  const indexFile = join(folder, 'terminal', 'outbox', 'index.db');
  const index = new DatabaseSync(indexFile, { readOnly: true });
  const waiting = index.prepare('SELECT count(*) AS n FROM unfiled_envelope');
  return {
    folder,
    platform,
    link,
    core,
    newId: () => core.outbox.newSubmissionId(),
    async submit(pages, id = core.outbox.newSubmissionId()) {
      const done = await core.outbox.submit(submissionOf(id, pages));
      if (!done.ok) throw new Error(done.error);
      return done.value;
    },
    async filed() {
      await until(() => waiting.get()?.['n'] === 0);
    },
    logBytes: () => readFileSync(`${indexFile}-shm`).readUInt32LE(16) * FRAME,
    async close() {
      index.close();
      await core.stop();
      await ports.close();
      await link.close();
      await platform.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
