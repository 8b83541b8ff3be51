import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type PlatformReady } from '../scripts/launch/stack.ts';
import { startPart, type Part } from '../scripts/launch/part.ts';
import { DEMO_ENROLMENT_CODE } from '../kiosk-config/index.ts';
import { deliver, sealApplication } from '../tests/platform-kit/application.ts';
import { temporaryFolder } from '../tests/platform-kit/platform.ts';
import { enrolTerminal, sha256 } from '../tests/platform-kit/terminal.ts';
import { CRASH_MOMENTS, createCrashPoint } from './crash-point.ts';

// two starts of a process each: nothing here depends on how long they take
vi.setConfig({ testTimeout: 90_000 });

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let part: Part<PlatformReady> | undefined;

const start = (crashAt = ''): Promise<Part<PlatformReady>> =>
  startPart<PlatformReady>({
    entry: 'scripts/platform.ts',
    args: ['--port', '0', '--data', folder.path],
    env: { BIANMIN_CRASH_AT: crashAt },
  });

beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(async () => {
  await part?.stop();
  await folder.remove();
});

async function adminItem(ready: PlatformReady, id: string): Promise<unknown> {
  const token = (await readFile(join(folder.path, 'admin-token'), 'utf8')).trim();
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(`${ready.url}/v1/admin/items/${id}`, { headers })).json();
}

describe('a platform that is killed', () => {
  it.each(CRASH_MOMENTS)(
    'at %s has the item once, whole, after it was started again',
    async (moment) => {
      part = await start(moment);
      const terminal = await enrolTerminal(() => part!.ready.url, DEMO_ENROLMENT_CODE);
      const application = await sealApplication(terminal, { ink: randomBytes(400_000) });
      const { child } = part;
      const died = new Promise<string | null>((resolve) =>
        child.once('exit', (_code, signal) => resolve(signal)),
      );
      await expect(deliver(terminal, application)).rejects.toThrow();
      expect(await died).toBe('SIGKILL');

      part = await start();
      const answer = await deliver(terminal, application);
      expect(answer.status).toBe(201);
      expect(await answer.json()).toMatchObject({ envelopeSha256: application.envelopeSha256 });
      expect(await adminItem(part.ready, application.submissionId)).toMatchObject({
        copies: 1,
        conflicts: 0,
        envelopeSha256: application.envelopeSha256,
        attachmentSha256: application.attachments.map((bytes) => sha256(bytes)),
      });
    },
  );
});

describe('a crash point', () => {
  it('is refused in production, and when nobody knows the moment', () => {
    expect(() => createCrashPoint('item-before-commit', 'production')).toThrow(RangeError);
    expect(() => createCrashPoint('never', 'demo')).toThrow(RangeError);
    expect(() => createCrashPoint('item-before-commit:0', 'demo')).toThrow(RangeError);
    expect(() => createCrashPoint(undefined, 'production')('item-before-commit')).not.toThrow();
  });
});
