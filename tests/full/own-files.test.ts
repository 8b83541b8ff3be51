import { copyFile, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSystemPorts, type SystemPorts } from '../../main/core/adapters/system-ports.ts';
import { createDurableCore, type DurableCore } from '../../main/core/durable.ts';
import type { StoredItem } from '../../main/core/outbox/contract.ts';
import { submissionOf, until } from '../../main/core/outbox/durable-bench.test-helper.ts';
import {
  checkInvariants,
  readPlatform,
  readTerminal,
  type Violation,
} from '../invariants/index.ts';
import {
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../platform-kit/platform.ts';

/** Sealed files that vanish or change on the terminal's own disk: a real disk, a real platform. */

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: TestPlatform;
let cut: boolean;
let opened: { readonly core: DurableCore; readonly ports: SystemPorts } | undefined;

beforeEach(async () => {
  folder = await temporaryFolder();
  platform = await startTestPlatform(join(folder.path, 'platform'));
  cut = false;
});
afterEach(async () => {
  await close();
  await platform.close();
  await folder.remove();
});

async function close(): Promise<void> {
  await opened?.core.stop();
  await opened?.ports.close();
  opened = undefined;
}

const data = (): string => join(folder.path, 'terminal');
const blob = (name: string): string => join(data(), 'outbox', 'blobs', name);

async function open(): Promise<DurableCore> {
  await close();
  const ports = await createSystemPorts({
    dataFolder: data(),
    platformUrl: platform.url,
    environment: 'demo',
  });
  const network: SystemPorts['network'] = {
    request: (request) =>
      cut
        ? Promise.resolve({ ok: false, error: { kind: 'unreachable', detail: 'cut' } })
        : ports.network.request(request),
  };
  const core = await createDurableCore(
    { ...ports, network },
    {
      environment: 'demo',
      softwareVersion: 'test',
      enrolmentCode: TEST_CODE,
      minFreeBytes: 0,
      sessionBytes: 0,
      pollEveryMs: 100,
      backoffCeilingMs: 100,
    },
  );
  opened = { core, ports };
  core.start();
  await until('taking', () => core.outbox.taking() === 'yes');
  return core;
}

async function store(core: DurableCore): Promise<StoredItem> {
  const stored = await core.outbox.submit(
    submissionOf(core.outbox.newSubmissionId(), [3000, 150_000]),
  );
  if (!stored.ok) throw new Error(stored.error);
  return stored.value;
}

/** All promises, by what lies on both disks. */
function violations(printed: readonly StoredItem[], settled = false): readonly Violation[] {
  return checkInvariants({
    terminals: [readTerminal(data())],
    platform: readPlatform(join(folder.path, 'platform')),
    witness: { printed, shown: [], people: ['张测试'] },
    settled,
  });
}

const CHANGES: Readonly<Record<string, (file: string) => Promise<void>>> = {
  vanishes: (file) => rm(file),
  'has another byte': async (file) => {
    const bytes = await readFile(file);
    const at = bytes.length >> 1;
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    await writeFile(file, bytes);
  },
  'ends too soon': async (file) => {
    const bytes = await readFile(file);
    await writeFile(file, bytes.subarray(0, bytes.length - 100));
  },
};

test.each(
  ['the envelope', 'a paper'].flatMap((which) => Object.keys(CHANGES).map((how) => [which, how])),
)(
  '%s %s on the disk: that item alone is held for a person, with its code, and goes once it is put back',
  async (which, how) => {
    const core = await open();
    cut = true;
    const items = [await store(core), await store(core), await store(core)];
    const harmed = items[1]!;
    const { attachments } = readTerminal(data()).items.find(
      ({ submissionId }) => submissionId === harmed.submissionId,
    )!;
    const name = which === 'a paper' ? attachments[1]!.sha256 : harmed.envelopeSha256;
    const kept = join(folder.path, 'kept');
    await copyFile(blob(name), kept);
    await CHANGES[how]!(blob(name));

    cut = false;
    const stateOf = ({ receiptNumber }: StoredItem): string | undefined =>
      opened?.core.outbox.find(receiptNumber)?.state;
    await until('the others arrived', () =>
      items.every((item) => item === harmed || stateOf(item) === 'received'),
    );
    await until('held', () => stateOf(harmed) === 'held');
    const heldAs = (): readonly (string | null)[] =>
      opened!.core.audit
        .latest(1000)
        .filter(({ event }) => event === 'itemHeld')
        .map(({ submissionId, detail }) =>
          submissionId === harmed.submissionId ? detail : submissionId,
        );
    const code = how === 'vanishes' ? 'filesMissing' : 'fileDamaged';
    expect(heldAs()).toEqual([code]);
    expect(core.problems()).toContainEqual({ code: 'itemHeld', detail: '1' });

    // the others are archived and given up; whatever does not hold is about that item alone
    await platform.admin('/archive', { method: 'POST' });
    await until('archived', () =>
      items.every((item) => item === harmed || stateOf(item) === 'archived'),
    );
    await until('given up', () => {
      const others = readTerminal(data()).items.filter(
        ({ submissionId }) => submissionId !== harmed.submissionId,
      );
      return others.every(({ ciphertextDeleted }) => ciphertextDeleted);
    });
    // it has a row and a receipt, and the rest of its files lie there
    const lost = (invariant: Violation['invariant']): readonly unknown[] =>
      violations(items)
        .filter((each) => each.invariant === invariant)
        .map(({ about }) => about);
    expect(new Set(violations(items).map(({ about }) => about))).toEqual(
      new Set([harmed.submissionId]),
    );
    expect([lost('I1'), lost('I2')]).toEqual([[harmed.submissionId], [harmed.submissionId]]);
    const rest = [harmed.envelopeSha256, ...attachments.map(({ sha256 }) => sha256)];
    const { holds } = readTerminal(data());
    expect(rest.filter((each) => !holds(each))).toEqual([name]);

    // who lets it go without mending it hears the same, also after a start
    const again = await open();
    expect(stateOf(harmed)).toBe('held');
    expect(again.outbox.release(harmed.submissionId)).toBe(true);
    await until('held again', () => heldAs().length === 2);
    expect(heldAs()).toEqual([code, code]);

    await copyFile(kept, blob(name));
    expect(again.outbox.release(harmed.submissionId)).toBe(true);
    await until('received', () => stateOf(harmed) === 'received');
    await until('no problem', () => !again.problems().some((each) => each.code === 'itemHeld'));
    await platform.admin('/archive', { method: 'POST' });
    await until('archived', () => stateOf(harmed) === 'archived');
    await until('given up', () =>
      readTerminal(data()).items.every(({ ciphertextDeleted }) => ciphertextDeleted),
    );
    expect(violations(items, true)).toEqual([]);
  },
  180_000,
);

/** Reading the first page of this process is an EIO. */
const UNREADABLE: typeof CHANGES = {
  'is not given back by the disk': async (file) => {
    await rm(file);
    await symlink('/proc/self/mem', file);
  },
};

test.each(Object.entries({ ...CHANGES, ...(process.platform === 'linux' ? UNREADABLE : {}) }))(
  'an envelope that %s once the platform has it: archived and given up as any other, and nothing is told to be lost',
  async (_how, change) => {
    const core = await open();
    const items = [await store(core), await store(core)];
    const all = (state: string): boolean =>
      items.every(({ receiptNumber }) => core.outbox.find(receiptNumber)?.state === state);
    await until('received', () => all('received'));
    await change(blob(items[0]!.envelopeSha256));
    await platform.admin('/archive', { method: 'POST' });
    await until('archived', () => all('archived'));
    await until('given up', () =>
      readTerminal(data()).items.every(({ ciphertextDeleted }) => ciphertextDeleted),
    );
    const told = core.audit.latest(1000).map(({ event }) => event);
    expect(told).not.toContain('itemForgotten');
    expect(told).not.toContain('itemHeld');
    // what the disk said is tried with one small commit, at once
    await until('taking', () => core.outbox.taking() === 'yes');
    expect(violations(items, true)).toEqual([]);
  },
  180_000,
);
