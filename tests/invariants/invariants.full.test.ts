import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createSystemPorts } from '../../main/core/adapters/system-ports.ts';
import { createDurableCore, type DurableCore } from '../../main/core/durable.ts';
import { QUICK, submissionOf, until } from '../../main/core/outbox/durable-bench.test-helper.ts';
import { startTestPlatform, temporaryFolder, TEST_CODE } from '../platform-kit/platform.ts';
import { checkInvariants, readPlatform, readTerminal, type Ground, type Printed } from './index.ts';

// whole disks are read again and again
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let scratch: Awaited<ReturnType<typeof temporaryFolder>>;
/** Printed, sent, archived and given up; and printed while the link was away. */
let sent: Printed;
let waiting: Printed;

async function submit(core: DurableCore): Promise<Printed> {
  const stored = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId()));
  if (!stored.ok) throw new Error(stored.error);
  return stored.value;
}

beforeAll(async () => {
  scratch = await temporaryFolder();
  const platform = await startTestPlatform(join(scratch.path, 'platform'), {
    archiveEveryMs: 20,
    users: [],
  });
  const ports = await createSystemPorts({
    dataFolder: join(scratch.path, 'terminal'),
    platformUrl: platform.url,
    environment: 'demo',
  });
  const core = await createDurableCore(ports, {
    ...QUICK,
    requestDeadlineMs: 10_000,
    pollEveryMs: 50,
    enrolmentCode: TEST_CODE,
  });
  core.start();
  await until('taking', () => core.outbox.taking() === 'yes');
  sent = await submit(core);
  const gone = (): boolean => readdirSync(join(scratch.path, 'terminal/outbox/blobs')).length === 0;
  await until('archived and given up', gone);
  await platform.close();
  waiting = await submit(core);
  await until('tried', () => core.outbox.find(waiting.receiptNumber)?.state === 'retry');
  await core.stop();
  await ports.close();
});
afterAll(() => scratch.remove());

/** The same disks again, changed in one way. */
function ground(
  change: (place: { terminal: string; platform: string }) => void = () => undefined,
  more: Partial<Ground> = {},
): Ground {
  const copy = join(scratch.path, 'copy');
  rmSync(copy, { recursive: true, force: true });
  const terminal = join(copy, 'terminal');
  const platform = join(copy, 'platform');
  cpSync(join(scratch.path, 'terminal'), terminal, { recursive: true });
  cpSync(join(scratch.path, 'platform'), platform, { recursive: true });
  change({ terminal, platform });
  return {
    terminals: [readTerminal(terminal)],
    platform: readPlatform(platform),
    witness: { printed: [sent, waiting], shown: [], people: ['张测试'] },
    ...more,
  };
}

function sql(file: string, ...statements: readonly string[]): void {
  const database = new DatabaseSync(file);
  for (const statement of statements) database.exec(statement);
  database.close();
}

const broken = (of: Ground): readonly string[] => [
  ...new Set(checkInvariants(of).map(({ invariant }) => invariant)),
];
const index = (terminal: string): string => join(terminal, 'outbox', 'index.db');
const blob = (terminal: string, name: string): string => join(terminal, 'outbox', 'blobs', name);

test('whole disks keep every promise, also without an index, and looking changes nothing', () => {
  expect(checkInvariants(ground())).toEqual([]);
  const lost = ground(({ terminal }) => {
    for (const end of ['', '-wal', '-shm']) rmSync(index(terminal) + end, { force: true });
  });
  expect(checkInvariants(lost)).toEqual([]);
  expect(broken(ground(undefined, { settled: true }))).toEqual(['I1', 'I2']);
});

test('I1 and I2: a sealed file that is gone or damaged before it is archived', () => {
  const gone = ground(({ terminal }) => rmSync(blob(terminal, waiting.envelopeSha256)));
  expect(broken(gone)).toEqual(['I1', 'I2']);
  const damaged = ground(({ terminal }) =>
    writeFileSync(blob(terminal, waiting.envelopeSha256), 'x'),
  );
  expect(broken(damaged)).toEqual(['I1', 'I2']);
});

test('I1, I2 and I7: the platform lost what it called archived', () => {
  const emptied = ground(({ platform }) => {
    rmSync(join(platform, 'archive'), { recursive: true });
    sql(
      join(platform, 'platform.sqlite'),
      'PRAGMA foreign_keys = OFF',
      'DELETE FROM itemAttachments',
      'DELETE FROM items',
    );
  });
  expect(broken(emptied)).toEqual(['I1', 'I2', 'I7']);
});

test('I3: other content under the same id', () => {
  const other = ground(undefined, {
    witness: {
      printed: [sent, { ...waiting, envelopeSha256: sent.envelopeSha256 }],
      shown: [],
      people: [],
    },
  });
  expect(broken(other)).toContain('I3');
});

test('I4: a name in a log, in a database, in UTF-16 or in base64', () => {
  for (const written of [
    Buffer.from('…张测试…'),
    Buffer.from('x张测试', 'utf16le'),
    Buffer.from(Buffer.from('名字 张测试 先生').toString('base64')),
    Buffer.from(Buffer.from('ab张测试ab').toString('base64')),
    Buffer.from(Buffer.from('张测试').toString('hex')),
  ]) {
    const told = ground(({ terminal }) => writeFileSync(join(terminal, 'core.log'), written));
    expect(broken(told)).toEqual(['I4']);
  }
});

test('I5: a number given twice, but where a disk was cloned and the platform noticed', () => {
  const printed = [sent, waiting, { ...waiting, submissionId: 'f'.repeat(32) }];
  const twice = ground(undefined, { witness: { printed, shown: [], people: [] } });
  expect(broken(twice)).toContain('I5');
  const clonedPlaces = new Set([waiting.receiptNumber.slice(0, 12)]);
  expect(broken({ ...twice, clonedPlaces })).not.toContain('I5');
});

test('I5: where a disk was cloned, what the platform has reviewed, and in the end all of it, must be noticed', () => {
  const came = (reviewed: boolean, problems: readonly string[]): Ground => {
    const whole = ground();
    const platform = whole.platform!;
    const first = { ...platform.items.get(sent.submissionId)!, reviewed: true };
    const second = { ...first, submissionId: 'e'.repeat(32), reviewed, problems };
    const items = new Map([first, second].map((each) => [each.submissionId, each]));
    const clonedPlaces = new Set([sent.receiptNumber.slice(0, 12)]);
    return { ...whole, clonedPlaces, platform: { ...platform, items } };
  };
  expect(broken(came(true, ['receiptNumberTwice']))).not.toContain('I5');
  expect(broken(came(true, []))).toContain('I5');
  expect(broken(came(false, []))).not.toContain('I5');
  expect(broken({ ...came(false, []), settled: true })).toContain('I5');
});

test('I6: a state without its event, an event changed, an item without its row', () => {
  const silent = ground(({ terminal }) =>
    sql(index(terminal), `UPDATE item SET state = 'held' WHERE state = 'retry'`),
  );
  expect(broken(silent)).toEqual(['I6']);
  const changed = ground(({ terminal }) =>
    sql(
      index(terminal),
      'DROP TRIGGER audit_event_never_changes',
      `UPDATE audit_event SET detail = 'x' WHERE event = 'terminalEnrolled'`,
    ),
  );
  expect(broken(changed)).toEqual(['I6']);
});

test('an index that cannot be read switches nothing off: I6 once all is settled, I1 for the attachments too', () => {
  const garbage = ({ terminal }: { terminal: string }): void => {
    for (const end of ['-wal', '-shm']) rmSync(index(terminal) + end, { force: true });
    writeFileSync(index(terminal), 'garbage');
  };
  const witness = { printed: [sent], shown: [], people: [] };
  expect(broken(ground(garbage, { witness }))).toEqual([]);
  expect(broken(ground(garbage, { witness, settled: true }))).toEqual(['I6']);
  expect(broken(ground(garbage, { witness, onlyKilled: true }))).toEqual(['I6']);
  expect(broken(ground(garbage))).toEqual([]);
  const withoutFiles = ground((place) => {
    garbage(place);
    for (const name of readdirSync(join(place.terminal, 'outbox', 'blobs'))) {
      if (name !== waiting.envelopeSha256) rmSync(blob(place.terminal, name));
    }
  });
  expect(broken(withoutFiles)).toEqual(['I1']);
});

test('I7: a screen that said received of what waits', () => {
  const shown = [{ submissionId: waiting.submissionId, said: 'received' as const }];
  expect(
    broken(ground(undefined, { witness: { printed: [sent, waiting], shown, people: [] } })),
  ).toEqual(['I7']);
});
