import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSystemPorts, type SystemPorts } from '../../main/core/adapters/system-ports.ts';
import { createDurableCore, type DurableCore } from '../../main/core/durable.ts';
import { submissionOf, until } from '../../main/core/outbox/durable-bench.test-helper.ts';
import type { StoredItem } from '../../main/core/outbox/contract.ts';
import {
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../platform-kit/platform.ts';
import {
  createAuthority,
  hasOpenssl,
  type Certificate,
  type TestAuthority,
} from '../support/certificates.ts';
import { openShapedLink, type LineShape, type ShapedLink } from '../support/shaped-link.ts';

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: TestPlatform;
let link: ShapedLink;
let core: DurableCore | undefined;
let ports: SystemPorts | undefined;

beforeEach(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder.path, 'terminal'));
  platform = await startTestPlatform(join(folder.path, 'platform'));
  link = await openShapedLink(platform.url);
});
afterEach(async () => {
  await closeCore();
  await link.close();
  await platform.close();
  await folder.remove();
});

async function closeCore(): Promise<void> {
  await core?.stop();
  await ports?.close();
  core = undefined;
  ports = undefined;
}

/** The terminal on its folder, with one way to the platform; the one before is closed. */
async function openCore(
  platformUrl: string,
  deadlineMs: number,
  ca?: string,
): Promise<DurableCore> {
  await closeCore();
  ports = await createSystemPorts({
    dataFolder: join(folder.path, 'terminal'),
    platformUrl,
    environment: 'demo',
    ...(ca === undefined ? {} : { platformCa: ca }),
  });
  core = await createDurableCore(ports, {
    environment: 'demo',
    softwareVersion: 'test',
    enrolmentCode: TEST_CODE,
    minFreeBytes: 0,
    sessionBytes: 0,
    pollEveryMs: 300,
    backoffCeilingMs: 300,
    requestDeadlineMs: deadlineMs,
  });
  core.start();
  return core;
}

/** Enrolled over a good line. */
async function enrolled(deadlineMs = 2_000): Promise<DurableCore> {
  const opened = await openCore(link.url, deadlineMs);
  await until('taking', () => opened.outbox.taking() === 'yes');
  return opened;
}

async function submit(terminal: DurableCore, sizes: readonly number[]): Promise<StoredItem> {
  const done = await terminal.outbox.submit(submissionOf(terminal.outbox.newSubmissionId(), sizes));
  if (!done.ok) throw new Error(done.error);
  return done.value;
}

/** The platform has it once, whole, as it was sealed. */
async function expectOnce(item: StoredItem): Promise<void> {
  const { body } = await platform.admin(`/items/${item.submissionId}`);
  expect(body).toMatchObject({ copies: 1, conflicts: 0, envelopeSha256: item.envelopeSha256 });
}

const drained = (terminal: DurableCore): Promise<void> =>
  until('drained', () => terminal.outbox.waiting() === 0);

async function sizeOfAttachment(item: StoredItem): Promise<number> {
  const { body } = await platform.admin(`/items/${item.submissionId}`);
  const [sha256 = ''] = (body as { attachmentSha256: string[] }).attachmentSha256;
  const path = join(folder.path, 'platform', 'attachments', sha256.slice(0, 2), sha256);
  return (await readFile(path)).length;
}

describe('a printed receipt is a promise: bad lines', () => {
  test.each<[string, LineShape]>([
    ['as slow as 2G, slower than a whole deadline', { bytesPerSecond: 6_000, delayMs: 300 }],
    ['that loses one segment in a hundred', { loss: 0.01, delayMs: 25 }],
    ['that loses one segment in five', { loss: 0.2, delayMs: 25 }],
  ])('over a line %s it arrives', async (_name, shape) => {
    const terminal = await enrolled();
    link.shape(shape);
    const item = await submit(terminal, [20_000]);
    await drained(terminal);
    await expectOnce(item);
  });

  test('over a line that breaks before any piece is through it goes on at the byte where it broke', async () => {
    const terminal = await enrolled();
    // less than the smallest piece that is sent at once: who begins a piece anew never comes to its end
    link.shape({ breakAfter: 15_000 });
    const item = await submit(terminal, [60_000]);
    await drained(terminal);
    await expectOnce(item);
    expect(link.connections).toBeGreaterThan((await sizeOfAttachment(item)) / 15_000);
  });

  test.each<[string, LineShape]>([
    ['takes connections and passes nothing', { halfOpen: true }],
    ['swallows what is larger than small', { blackHoleAbove: 1_200 }],
    ['cuts every answer off', { truncateAnswersAfter: 150 }],
  ])(
    'a line that %s is told as no line, and nothing counts before it is good',
    async (_name, shape) => {
      const terminal = await enrolled(700);
      link.shape(shape);
      const item = await submit(terminal, [20_000]);
      await until('seen as away', () => terminal.link.state() === 'offline');
      expect(terminal.outbox.find(item.receiptNumber)?.state).not.toBe('received');
      expect(terminal.outbox.waiting()).toBe(1);
      link.shape({});
      await drained(terminal);
      await expectOnce(item);
    },
  );

  test('while the platform’s name is not known it waits', async () => {
    await enrolled();
    const terminal = await openCore('http://platform.invalid', 700);
    await until('taking', () => terminal.outbox.taking() === 'yes');
    const item = await submit(terminal, []);
    await until('seen as away', () => terminal.link.state() === 'offline');
    const back = await openCore(link.url, 2_000);
    await drained(back);
    await expectOnce(item);
  });
});

describe.skipIf(!hasOpenssl())('a printed receipt is a promise: TLS', () => {
  const day = 24 * 60 * 60 * 1000;
  const around = (middle: number): [Date, Date] => [
    new Date(middle - 30 * day),
    new Date(middle + 30 * day),
  ];
  const lines: ShapedLink[] = [];
  afterEach(async () => {
    for (const line of lines.splice(0)) await line.close();
  });
  const own = (): string => join(folder.path, `authority-${String(lines.length)}`);
  const lineOf = async ({ key, cert }: Certificate, chain: string): Promise<ShapedLink> => {
    const line = await openShapedLink(platform.url, {}, { key, cert: cert + chain });
    lines.push(line);
    return line;
  };
  /** A line with a certificate of an authority of its own; that of the authority comes with it. */
  const secure = async (
    name: string,
    from: Date,
    to: Date,
    authority = createAuthority(own()),
  ): Promise<[ShapedLink, string]> => [
    await lineOf(authority.issue(name, from, to), authority.ca),
    authority.ca,
  ];
  const arrivesOver = async (line: ShapedLink, trusted: string): Promise<void> => {
    const terminal = await openCore(line.url, 2_000, trusted);
    await until('taking', () => terminal.outbox.taking() === 'yes');
    const item = await submit(terminal, [5_000]);
    await drained(terminal);
    await expectOnce(item);
  };
  const refused = async (line: ShapedLink, ca: string): Promise<void> => {
    const terminal = await openCore(line.url, 2_000, ca);
    await until('taking', () => terminal.outbox.taking() === 'yes');
    const attempts = (): number =>
      terminal.audit.latest(500).filter(({ detail }) => detail === 'tls').length;
    // the audit has those of the terminal before it, too
    const before = attempts();
    const item = await submit(terminal, []);
    await until('two attempts', () => attempts() >= before + 2);
    await until('seen as away', () => terminal.link.state() === 'offline');
    expect((await platform.admin(`/items/${item.submissionId}`)).status).toBe(404);
  };

  test('a certificate that is right is taken', async () => {
    await enrolled();
    const [line, ca] = await secure('localhost', ...around(Date.now()));
    await arrivesOver(line, ca);
  });

  test('while one authority follows another, certificates of both are taken, and of nobody else', async () => {
    await enrolled();
    const [before, old] = await secure('localhost', ...around(Date.now()));
    const [after, next] = await secure('localhost', ...around(Date.now()));
    const [stranger] = await secure('localhost', ...around(Date.now()));
    await arrivesOver(before, old + next);
    await arrivesOver(after, old + next);
    await refused(stranger, old + next);
  });

  test('with an authority in between, that one or the one above it may be trusted', async () => {
    await enrolled();
    const above = createAuthority(own());
    const between = above.vouchFor(`${own()}-between`);
    const line = await lineOf(between.issue('localhost', ...around(Date.now())), between.ca);
    await arrivesOver(line, above.ca);
    await arrivesOver(line, between.ca);
    await refused(line, above.vouchFor(`${own()}-other`).ca);
  });

  test('one of another name, of another authority, or out of date gets nothing', async () => {
    await enrolled();
    const [wrongName, ca] = await secure('elsewhere.example', ...around(Date.now()));
    await refused(wrongName, ca);
    const [right] = await secure('localhost', ...around(Date.now()));
    await refused(right, ca);
    const [expired, its] = await secure('localhost', ...around(Date.now() - YEAR_MS));
    await refused(expired, its);
  });

  test('a clock that makes it look out of date is set right by the platform’s signed word, and the item goes', async () => {
    await enrolled();
    // for the terminal’s clock, ten years behind, the certificate is not valid yet
    await closeCore();
    await platform.close();
    const then = Date.now() + 10 * YEAR_MS;
    const offset = then - Date.now();
    platform = await startTestPlatform(join(folder.path, 'platform'), {
      now: () => Date.now() + offset,
    });
    // nor is its authority, which follows another one
    const valid = [new Date(then - YEAR_MS), new Date(then + YEAR_MS)] as const;
    const next = createAuthority(own(), valid);
    const [line, ca] = await secure('localhost', ...around(then), next);
    const both = createAuthority(`${own()}-old`).ca + ca;
    const offline = await openCore('http://platform.invalid', 700);
    await until('taking', () => offline.outbox.taking() === 'yes');
    const item = await submit(offline, [5_000]);
    const terminal = await openCore(line.url, 2_000, both);
    await drained(terminal);
    await expectOnce(item);
    // what is wrong is said, and nothing new is taken under a wrong clock
    expect(terminal.outbox.taking()).toBe('clockWrong');
    // and the right time proves no other authority, no other name, and no other dates: each looks out of date
    // to this clock, so that it is asked about
    const [stranger] = await secure('localhost', ...around(then));
    const [elsewhere, its] = await secure('elsewhere.example', ...around(then));
    const [expired, old] = await secure('localhost', ...around(then - YEAR_MS));
    // nor one that another office got for its own names, or that may have no authority below it
    const county = createAuthority(own(), valid);
    const office = county.vouchFor(
      `${own()}-office`,
      'basicConstraints = critical,CA:TRUE,pathlen:0\nnameConstraints = permitted;DNS:other.example',
    );
    const last = county.vouchFor(`${own()}-last`, 'basicConstraints = critical,CA:TRUE,pathlen:0');
    const beyond = last.vouchFor(`${own()}-beyond`);
    const below = async (issuer: TestAuthority, chain: string): Promise<ShapedLink> =>
      lineOf(issuer.issue('localhost', ...around(then)), chain);
    for (const [way, trusted] of [
      [stranger, both],
      [elsewhere, its],
      [expired, old],
      [await below(office, office.ca), county.ca],
      [await below(beyond, beyond.ca + last.ca), county.ca],
    ] as const) {
      const cut = await openCore(way.url, 2_000, trusted);
      await until('many attempts', () => way.connections >= 6);
      expect(cut.link.state()).toBe('offline');
    }
  });

  test('a terminal that is not enrolled yet cannot learn the time: it is enrolled under a right clock only', async () => {
    await platform.close();
    const offset = 10 * YEAR_MS;
    platform = await startTestPlatform(join(folder.path, 'platform'), {
      now: () => Date.now() + offset,
    });
    const authority = createAuthority(own());
    const [late, ca] = await secure('localhost', ...around(Date.now() + offset), authority);
    const terminal = await openCore(late.url, 2_000, ca);
    await until('many attempts', () => late.connections >= 6);
    expect(terminal.enrolment.current()).toBeUndefined();
    expect(terminal.problems()).toContainEqual({
      code: 'platformNotTrusted',
      detail: 'CERT_NOT_YET_VALID',
    });
    // the same platform, by a clock for which its certificate is valid
    const [now] = await secure('localhost', ...around(Date.now()), authority);
    const right = await openCore(now.url, 2_000, ca);
    await until('enrolled', () => right.enrolment.current() !== undefined);
  });
});
if (!hasOpenssl()) console.log('NOT RUN: TLS (tests/full/network.test.ts): no openssl');
