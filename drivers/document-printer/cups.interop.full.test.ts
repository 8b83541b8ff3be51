import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { hasProgram, notRun } from '../../tests/support/not-run.ts';
import { listCupsQueues } from '../detection/cups-queues.ts';
import { probe } from '../detection/probe.ts';
import { ending, pdf } from './conformance-support.ts';
import { checkCupsSpooling } from './cups-spooling.ts';
import { connects, freePort, ready, start, type Started } from './interop-support.ts';
import { IppPrinter } from './ipp-printer.ts';
import { QUICK } from './ipp-test-support.ts';

const missing = ['cupsd', 'lpadmin'].find((program) => !hasProgram(program));
if (missing !== undefined) notRun('printing through CUPS', `${missing} is not installed`);
else if (process.getuid?.() !== 0) notRun('printing through CUPS', 'cupsd needs root');
const isSkipped = missing !== undefined || process.getuid?.() !== 0;

const GOOD = 'PreserveJobFiles No\nPreserveJobHistory 3600\nErrorPolicy abort-job\n';

/** The file that the directives under test stand in, as an administrator would write it. */
const CUPSD = (port: number, directives: string): string => `${directives}
LogLevel warn
Listen 127.0.0.1:${port}
Browsing No
WebInterface No
<Location />
  Order allow,deny
  Allow 127.0.0.1
</Location>
<Policy default>
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
`;

const FILES = (dir: string): string => `User lp
Group lp
SystemGroup lpadmin
FileDevice Yes
ServerRoot ${dir}/root
RequestRoot ${dir}/spool
CacheDir ${dir}/cache
StateDir ${dir}/state
TempDir ${dir}/temp
AccessLog ${dir}/access
ErrorLog ${dir}/error
PageLog ${dir}/page
`;

interface Cups {
  readonly port: number;
  readonly dir: string;
  readonly conf: string;
  readonly printer: IppPrinter;
  /** Files with documents that lie in the spool. */
  documents(): Promise<readonly string[]>;
  print(bytes: Uint8Array): Promise<string>;
}

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
}, 60_000);

/** A CUPS server of its own on loopback with one queue. */
async function cups(directives: string, device = 'file:/dev/null'): Promise<Cups> {
  const dir = await mkdtemp(join(tmpdir(), 'bianmin-cups-'));
  closers.push(() => rm(dir, { recursive: true, force: true }));
  await chmod(dir, 0o755);
  for (const name of ['root', 'spool', 'cache', 'state', 'temp']) await mkdir(join(dir, name));
  const port = await freePort();
  const conf = CUPSD(port, directives);
  await writeFile(join(dir, 'cupsd.conf'), conf);
  await writeFile(join(dir, 'cups-files.conf'), FILES(dir));
  const files = join(dir, 'cups-files.conf');
  const server: Started = start('cupsd', ['-f', '-c', join(dir, 'cupsd.conf'), '-s', files]);
  closers.push(() => server.stop());
  await ready(() => connects({ host: '127.0.0.1', port }), server.output);
  const queue = spawnSync('lpadmin', ['-p', 'A4', '-E', '-v', device, '-m', 'raw'], {
    env: { ...process.env, CUPS_SERVER: `127.0.0.1:${port}` },
    encoding: 'utf8',
  });
  if (queue.status !== 0) throw new Error(`lpadmin: ${queue.stderr}`);
  const printer = new IppPrinter({ ...QUICK, url: `http://127.0.0.1:${port}/printers/A4` });
  closers.push(() => printer.close());
  await printer.open();
  return {
    port,
    dir,
    conf,
    printer,
    documents: async () =>
      (await readdir(join(dir, 'spool'))).filter((name) => /^d\d+-\d+$/.test(name)),
    print: async (bytes) =>
      ending(
        await printer.print(
          { bytes, mediaType: 'application/pdf', copies: 1, sides: 'one-sided' },
          { deadlineMs: 30_000 },
        ),
      ),
  };
}

describe.skipIf(isSkipped)('CUPS', () => {
  it('prints byte for byte, says so, and keeps nothing where the check finds nothing', async () => {
    const paper: Buffer[] = [];
    const device = createServer((socket) => socket.on('data', (chunk) => paper.push(chunk)));
    await new Promise<void>((resolve) => device.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise((resolve) => device.close(() => resolve())));
    const { port } = device.address() as AddressInfo;
    const own = await cups(GOOD, `socket://127.0.0.1:${port}`);
    expect(checkCupsSpooling(own.conf)).toEqual([]);
    expect(own.printer.status.state).toBe('online');
    const document = pdf('0001', 2, 300_000);
    expect(await own.print(document)).toBe('printed');
    expect(Buffer.concat(paper).equals(document)).toBe(true);
    await ready(
      async () => (await own.documents()).length === 0,
      () => 'documents stay in the spool',
    );
  }, 90_000);

  it('is looked at by detection: its queue is proposed with what it prints on', async () => {
    const own = await cups(GOOD);
    const url = `ipp://127.0.0.1:${own.port}/printers/A4`;
    const queues = await listCupsQueues({ host: '127.0.0.1', port: own.port });
    expect(queues).toEqual([{ type: 'url', url }]);
    expect(await probe({ candidates: queues })).toMatchObject([
      { class: 'documentPrinter', protocol: 'ipp', transport: { type: 'url', url } },
    ]);
    expect(await own.documents()).toEqual([]);
  }, 90_000);

  it('keeps the document where the check says so', async () => {
    const own = await cups('');
    expect(checkCupsSpooling(own.conf).map(({ code }) => code)).toContain('keepsDocuments');
    const document = pdf('0001');
    expect(await own.print(document)).toBe('printed');
    const [name = ''] = await own.documents();
    expect((await readFile(join(own.dir, 'spool', name))).equals(document)).toBe(true);
  }, 90_000);

  it('cannot confirm a print where the check says that jobs are forgotten', async () => {
    const own = await cups('PreserveJobHistory No\nErrorPolicy abort-job\n');
    expect(checkCupsSpooling(own.conf).map(({ code }) => code)).toEqual(['forgetsJobs']);
    const outcome = await own.print(pdf('0001'));
    expect(['unknown printer.unconfirmed', 'printed']).toContain(outcome);
    await ready(
      async () => (await own.documents()).length === 0,
      () => 'documents stay in the spool',
    );
  }, 90_000);

  it('gives a document up when its printer does not come, and keeps nothing of it', async () => {
    const nobody = await freePort();
    const own = await cups(GOOD, `socket://127.0.0.1:${nobody}`);
    const outcome = await own.printer.print(
      { bytes: pdf('0001'), mediaType: 'application/pdf', copies: 1, sides: 'one-sided' },
      { deadlineMs: 6_000 },
    );
    expect(outcome.outcome).not.toBe('printed');
    await ready(
      async () => (await own.documents()).length === 0,
      () => 'documents stay in the spool',
    );
  }, 90_000);
});
