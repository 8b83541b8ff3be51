import { cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSystemPorts } from '../../main/core/adapters/system-ports.ts';
import { createDurableCore, type DurableCore } from '../../main/core/durable.ts';
import { QUICK, submissionOf, until } from '../../main/core/outbox/durable-bench.test-helper.ts';
import {
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../../tests/platform-kit/platform.ts';
import { importFolder } from './import-folder.ts';

const HOUR = 3_600_000;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: TestPlatform;
beforeEach(async () => {
  folder = await temporaryFolder();
  platform = await startTestPlatform(join(folder.path, 'platform'));
});
afterEach(async () => {
  await platform.close();
  await folder.remove();
});

interface Run {
  /** How far the clock is ahead, milliseconds. */
  readonly ahead: number;
  /** The line goes once it takes something in. */
  readonly cut?: boolean;
}
/** What somebody does with a terminal on these data, which then is stopped. */
async function run(name: string, how: Run, work: (core: DurableCore) => Promise<void>) {
  const ports = await createSystemPorts({
    dataFolder: join(folder.path, name),
    platformUrl: platform.url,
    environment: 'demo',
  });
  let isCut = false;
  const { clock, network } = ports;
  const core = await createDurableCore(
    {
      ...ports,
      clock: { ...clock, wall: () => clock.wall() + how.ahead },
      network: {
        request: (request) =>
          isCut
            ? Promise.resolve({ ok: false, error: { kind: 'unreachable', detail: 'cut' } })
            : network.request(request),
      },
    },
    { ...QUICK, enrolmentCode: TEST_CODE },
  );
  core.start();
  await until('taking', () => core.outbox.taking() === 'yes');
  isCut = how.cut === true;
  await work(core);
  await core.stop();
  await ports.close();
}
const submit = async (core: DurableCore): Promise<string> => {
  const stored = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId()));
  if (!stored.ok) throw new Error(stored.error);
  return stored.value.receiptNumber;
};

test.each([
  ['stored its item once it was right', 0],
  ['stored its item under that clock', HOUR],
])(
  'what a copy of a terminal’s disk sent is unknown to its chain, also where that begins under a clock that was ahead, and %s',
  async (_what, ahead) => {
    for (const each of ['terminal', 'stick']) await mkdir(join(folder.path, each), { mode: 0o700 });
    await run('terminal', { ahead: HOUR }, () => Promise.resolve());
    await cp(join(folder.path, 'terminal'), join(folder.path, 'copy'), { recursive: true });
    if (ahead > 0) {
      await run('terminal', { ahead, cut: true }, async (core) => {
        await submit(core);
      });
    }
    // its clock was set right
    let stick = '';
    let ofTheCopy = '';
    await run('terminal', { ahead: 0, cut: true }, async (core) => {
      if (ahead === 0) await submit(core);
      await run('copy', { ahead: 0 }, async (copy) => {
        ofTheCopy = await submit(copy);
        await until('received', () => copy.outbox.waiting() === 0);
      });
      const exported = await core.exportWaiting(join(folder.path, 'stick'));
      if (!exported.ok) throw new Error(exported.error);
      stick = exported.value.folder;
    });
    const token = (await readFile(platform.adminTokenFile, 'utf8')).trim();
    const report = await importFolder(stick, { platform: platform.url, token, alsoRevoked: false });
    expect(report.chain).toMatchObject({ state: 'whole', matching: 1, unknown: [ofTheCopy] });
  },
);
