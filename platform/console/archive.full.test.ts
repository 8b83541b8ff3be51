import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deliver, sealApplication } from '../../tests/platform-kit/application.ts';
import { openBrowser, type TestBrowser } from '../../tests/platform-kit/browser.ts';
import { whileDisk } from '../../tests/platform-kit/disk-faults.ts';
import {
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../../tests/platform-kit/platform.ts';
import { enrolTerminal, type TestTerminal } from '../../tests/platform-kit/terminal.ts';
import { HANGS_AFTER_MS, watchArchive } from '../archive-state.ts';
import { isoTime, timeInChina } from '../time.ts';

const ROLES = ['operator', 'clerk', 'auditor'] as const;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: TestPlatform;
let terminal: TestTerminal;
let browser: TestBrowser;
/** The terminal's tokens go by the real time: the platform's stands there while the test does not move it. */
let now = Date.now();

const place = (name: string): string => join(folder.path, name);
const pass = async (query = ''): Promise<unknown> =>
  (await platform.admin(`/archive${query}`, { method: 'POST' })).body;
/** The hash of an envelope that came. */
const receive = async (): Promise<string> => {
  const application = await sealApplication(terminal);
  expect((await deliver(terminal, application)).status).toBe(201);
  return application.envelopeSha256;
};
/** What stands above the terminals. */
async function shown(role: (typeof ROLES)[number] = 'operator'): Promise<string> {
  await browser.login(role, `${role}-test-password`);
  const text = await (await browser.get('/console/terminals')).text();
  return text.slice(text.indexOf('<h1>'), text.indexOf('<table>'));
}

beforeAll(async () => {
  folder = await temporaryFolder();
  platform = await startTestPlatform(folder.path, {
    users: ROLES.map((role) => ({ name: role, role, password: `${role}-test-password` })),
    now: () => now,
  });
  terminal = await enrolTerminal(() => platform.url, TEST_CODE);
  browser = openBrowser(platform.url);
});
afterAll(async () => {
  await platform.close();
  await folder.remove();
});

describe('the console says how archiving goes', () => {
  it('when it is well, and when; before the first pass that there was none', async () => {
    expect(await shown()).toContain('启动以来还没有做过');
    await receive();
    expect(await pass()).toMatchObject({ kind: 'archived' });
    const text = await shown();
    expect(text).toMatch(/存档正常/);
    expect(text).toContain(timeInChina(isoTime(now)));
    expect(text).not.toContain('role="alert"');
  });

  it('that its disk is not mounted, since when, and what to do; clerks, who can do nothing, are not told', async () => {
    await rename(place('archive'), place('unmounted'));
    await mkdir(place('archive'));
    now += 60_000;
    expect(await pass()).toMatchObject({ kind: 'failed', trouble: 'notMounted' });
    const first = timeInChina(isoTime(now));
    now += 60_000;
    await pass();
    for (const role of ['operator', 'auditor'] as const) {
      const text = await shown(role);
      expect(text).toMatch(/role="alert" data-archive="notMounted"/);
      expect(text).toContain('存档没有成功');
      expect(text).toContain(first);
      expect(text).toContain('请接好、挂上原来的盘');
      expect(text).toContain('Connect and mount it');
      expect(text).toContain('none is lost');
    }
    expect(await shown('clerk')).not.toContain('存档');
  });

  it('that it is another disk, by its marker and by its copies', async () => {
    await writeFile(place('archive/archive-id'), 'of-another-one\n');
    expect(await pass()).toMatchObject({ kind: 'failed', trouble: 'otherDisk' });
    expect(await shown()).toMatch(/data-archive="otherDisk".*换回原来的.*Put the right one back/s);
    await rm(place('archive/archive-id'));
    await writeFile(place('archive/platform-000000000001.sqlite'), '');
    expect(await pass()).toMatchObject({ kind: 'failed', trouble: 'otherDisk' });
    await rm(place('archive'), { recursive: true });
    await rename(place('unmounted'), place('archive'));
    expect(await pass()).toMatchObject({ kind: 'nothingNew' });
    expect(await shown()).toContain('存档正常');
  });

  it('that it has no room, and that a file in it is damaged', async () => {
    await receive();
    await whileDisk(
      'statfs',
      (real) =>
        (async (path: string) => Object.assign(await real(path), { bavail: 0 })) as typeof real,
      pass,
    );
    expect(await shown()).toMatch(/data-archive="noRoom".*放不下了.*has no room/s);
    expect(await pass()).toMatchObject({ kind: 'archived' });
    const rotten = await receive();
    const inArchive = place(`archive/envelopes/${rotten.slice(0, 2)}`);
    await mkdir(inArchive, { recursive: true });
    await writeFile(join(inArchive, rotten), 'rotten');
    expect(await pass()).toMatchObject({ kind: 'failed', trouble: 'damaged' });
    expect(await shown()).toMatch(/data-archive="damaged".*已放到一边.*set aside/s);
    expect(await pass()).toMatchObject({ kind: 'archived' });
    expect(await shown()).toContain('存档正常');
  });

  it('that a pass hangs, when its disk never answers, until it goes on', async () => {
    await pass();
    await receive();
    const asked = Promise.withResolvers<undefined>();
    const answers = Promise.withResolvers<undefined>();
    await whileDisk(
      'statfs',
      (real) =>
        (async (path: string) => {
          asked.resolve(undefined);
          await answers.promise;
          return real(path);
        }) as typeof real,
      async () => {
        const begun = now;
        const hanging = pass();
        await asked.promise;
        try {
          now = begun + HANGS_AFTER_MS - 1;
          expect(await shown()).toContain('存档正常');
          now += 1;
          const text = await shown();
          expect(text).toMatch(
            /role="alert" data-archive="hangs".*停住不动.*没有动静.*not moved on/s,
          );
          expect(text).toContain(timeInChina(isoTime(begun)));
          expect(text).not.toContain('存档正常');
          expect(text).not.toContain('none is lost');
          // nor does whoever asks for another one wait with it
          expect(await pass()).toMatchObject({
            ...{ kind: 'failed', trouble: 'hangs' },
            reason: expect.stringContaining(isoTime(begun)) as string,
          });
        } finally {
          answers.resolve(undefined);
        }
        expect(await hanging).toMatchObject({ kind: 'archived' });
      },
    );
    expect(await shown()).toContain('存档正常');
    expect(await pass()).toMatchObject({ kind: 'nothingNew' });
  });
});

describe('a pass of the archive', () => {
  it('that hangs is told before the first one has ended, and where the last one failed', () => {
    const watch = watchArchive(() => now);
    const since = isoTime(now);
    watch.step();
    expect(watch.state()).toEqual({ kind: 'none' });
    now += HANGS_AFTER_MS;
    expect(watch.state()).toEqual({ kind: 'failing', trouble: 'hangs', since });
    watch.failed('diskFails');
    const failed = { kind: 'failing', trouble: 'diskFails', since: isoTime(now) };
    expect(watch.state()).toEqual(failed);
    watch.step();
    expect(watch.state()).toEqual(failed);
    const again = isoTime(now);
    now += HANGS_AFTER_MS;
    expect(watch.state()).toEqual({ kind: 'failing', trouble: 'hangs', since: again });
  });

  it('hangs only where no step begins: many files take their time', () => {
    const watch = watchArchive(() => now);
    for (let file = 0; file < 10; file += 1) {
      watch.step();
      now += HANGS_AFTER_MS - 1;
      expect(watch.state()).toEqual({ kind: 'none' });
    }
    watch.well();
    now += HANGS_AFTER_MS;
    expect(watch.state()).toMatchObject({ kind: 'well' });
  });
});
