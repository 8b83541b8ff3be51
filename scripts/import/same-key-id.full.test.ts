import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSystemPorts } from '../../main/core/adapters/system-ports.ts';
import { createDurableCore } from '../../main/core/durable.ts';
import { signerFromSeed } from '../../main/core/keys/ed25519.ts';
import { QUICK, submissionOf, until } from '../../main/core/outbox/durable-bench.test-helper.ts';
import {
  ONE_TIME_CODE,
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../../tests/platform-kit/platform.ts';
import { importFolder } from './import-folder.ts';

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

/** Two keys whose ids, eight digits of a hash, are the same: whoever looks long enough makes one to any other. */
const [OWN, OTHER] = ['104765', '130260'].map((text) => createHash('sha256').update(text).digest());

/** The stick of a terminal whose line goes once it is enrolled, with so many items. */
async function stickOf(seed: Uint8Array | undefined, code: string, items: number): Promise<string> {
  if (seed === undefined) throw new Error('no seed');
  const place = join(folder.path, code);
  for (const each of ['', 'terminal', 'terminal/keys', 'stick']) {
    await mkdir(join(place, each), { mode: 0o700 });
  }
  const dataFolder = join(place, 'terminal');
  await writeFile(join(dataFolder, 'keys', 'terminal.ed25519'), seed, { mode: 0o600 });
  const ports = await createSystemPorts({
    dataFolder,
    platformUrl: platform.url,
    environment: 'demo',
  });
  let isCut = false;
  const core = await createDurableCore(
    {
      ...ports,
      network: {
        request: (request) =>
          isCut
            ? Promise.resolve({ ok: false, error: { kind: 'unreachable', detail: 'cut' } })
            : ports.network.request(request),
      },
    },
    { ...QUICK, enrolmentCode: code },
  );
  core.start();
  await until('taking', () => core.outbox.taking() === 'yes');
  isCut = true;
  for (let n = 0; n < items; n += 1) {
    const done = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId()));
    if (!done.ok) throw new Error(done.error);
  }
  const exported = await core.exportWaiting(join(place, 'stick'));
  if (!exported.ok) throw new Error(exported.error);
  await core.stop();
  await ports.close();
  return exported.value.folder;
}
const bring = async (stick: string) =>
  importFolder(stick, {
    platform: platform.url,
    token: (await readFile(platform.adminTokenFile, 'utf8')).trim(),
    alsoRevoked: false,
  });

test('a key of another terminal that has the id of this one’s spoils no report of it, and signs none', async () => {
  expect(signerFromSeed(OWN ?? Buffer.alloc(0)).keyId).toBe(
    signerFromSeed(OTHER ?? Buffer.alloc(0)).keyId,
  );
  const own = await stickOf(OWN, TEST_CODE, 2);
  const others = await stickOf(OTHER, ONE_TIME_CODE, 1);
  // in the name of the other one: nothing of what it stored is named there
  const file = join(others, 'manifest.json');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replaceAll('500151001002-g1', '500151001001-g1'));
  expect(await bring(others)).toMatchObject({ chain: { state: 'broken' } });
  expect(await bring(own)).toMatchObject({
    chain: { state: 'whole', matching: 2 },
    complete: true,
  });
});
