import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import PDFDocument from 'pdfkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasProgram, notRun } from '../../tests/support/not-run.ts';
import type { Candidate } from '../detection/contract.ts';
import { discoverAnnounced } from '../detection/mdns.ts';
import { probe } from '../detection/probe.ts';
import { ending, until } from './conformance-support.ts';
import type { DocumentPrintRequest } from './contract.ts';
import { connects, freePort, ready, start, type Started } from './interop-support.ts';
import { IppPrinter } from './ipp-printer.ts';
import { QUICK } from './ipp-test-support.ts';

const NEEDED = ['ippeveprinter', 'dbus-daemon', 'avahi-daemon'];
const missing = NEEDED.find((program) => !hasProgram(program));
if (missing !== undefined) notRun('printing on ippeveprinter', `${missing} is not installed`);
else if (process.getuid?.() !== 0) notRun('printing on ippeveprinter', 'avahi needs root');
const isSkipped = missing !== undefined || process.getuid?.() !== 0;

/** A bus of its own, for ippeveprinter does not start without avahi, nor avahi without a bus. */
const BUS = (path: string): string => `<busconfig><type>system</type>
<listen>unix:path=${path}</listen><auth>EXTERNAL</auth><policy context="default">
<allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/><allow user="*"/>
</policy></busconfig>`;

/**
 * Prints a job as the file beside it says: `keep` copies the document, `jam` says so and waits, `fail` ends
 * with an error.
 */
const SCRIPT = (dir: string): string => `#!/bin/sh
cp "$1" "${dir}/arrived/$(date +%s%N).pdf"
case "$(cat ${dir}/mode)" in
jam) echo "STATE: +media-jam-error" >&2; while [ "$(cat ${dir}/mode)" = jam ]; do sleep 0.1; done
  echo "STATE: -media-jam-error" >&2;;
slow) while [ "$(cat ${dir}/mode)" = slow ]; do sleep 0.1; done;;
fail) exit 1;;
esac
exit 0
`;

async function a4(text: string, pages: number): Promise<Buffer> {
  const document = new PDFDocument({ size: 'A4', autoFirstPage: false });
  const chunks: Buffer[] = [];
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  const done = new Promise((resolve) => document.on('end', resolve));
  for (let page = 1; page <= pages; page += 1) document.addPage().text(`${text}, page ${page}`);
  document.end();
  await done;
  return Buffer.concat(chunks);
}

describe.skipIf(isSkipped)(
  'ippeveprinter, the reference printer of the Printer Working Group',
  () => {
    let dir = '';
    const running: Started[] = [];
    let url = '';
    let printer: IppPrinter;

    beforeAll(async () => {
      dir = await mkdtemp(join(tmpdir(), 'bianmin-ippeve-'));
      await mkdir(join(dir, 'arrived'));
      await mkdir(join(dir, 'spool'));
      await writeFile(join(dir, 'mode'), 'keep');
      await writeFile(join(dir, 'print.sh'), SCRIPT(dir));
      await chmod(join(dir, 'print.sh'), 0o755);
      const socket = join(dir, 'bus');
      await writeFile(join(dir, 'bus.conf'), BUS(socket));
      const env = { DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${socket}` };
      const bus = start('dbus-daemon', ['--nofork', `--config-file=${join(dir, 'bus.conf')}`]);
      running.unshift(bus);
      await ready(() => connects({ path: socket }), bus.output);
      const avahi = start(
        'avahi-daemon',
        ['--no-drop-root', '--no-chroot', '--no-rlimits', '--debug'],
        env,
      );
      running.unshift(avahi);
      await ready(
        () => avahi.output().includes('startup complete') || avahi.hasEnded(),
        avahi.output,
      );
      const port = await freePort();
      const eve = start(
        'ippeveprinter',
        [
          ...['-v', '-p', String(port), '-d', join(dir, 'spool'), '-r', '_print'],
          ...['-c', join(dir, 'print.sh'), '-f', 'application/pdf,image/pwg-raster', 'Bianmin A4'],
        ],
        // Another avahi on the machine does as well as ours.
        avahi.hasEnded() ? {} : env,
      );
      running.unshift(eve);
      await ready(() => connects({ host: '127.0.0.1', port }), eve.output);
      url = `ipp://127.0.0.1:${port}/ipp/print`;
      printer = new IppPrinter({ ...QUICK, url, timing: { ...QUICK.timing, stopPatienceMs: 300 } });
      await printer.open();
    }, 120_000);

    afterAll(async () => {
      // Nobody waits in the script any longer.
      await writeFile(join(dir, 'mode'), 'keep');
      await printer.close();
      for (const program of running) await program.stop();
      await rm(dir, { recursive: true });
    }, 60_000);

    const print = (
      bytes: Uint8Array,
      more: Partial<DocumentPrintRequest & { signal: AbortSignal }> = {},
    ) => {
      const { signal, ...request } = more;
      const wish = { bytes, mediaType: 'application/pdf', copies: 1, sides: 'one-sided' } as const;
      return printer.print(
        { ...wish, ...request },
        { deadlineMs: 60_000, ...(signal === undefined ? {} : { signal }) },
      );
    };
    const arrived = async (): Promise<readonly Buffer[]> => {
      const names = (await readdir(join(dir, 'arrived'))).sort();
      return Promise.all(names.map((name) => readFile(join(dir, 'arrived', name))));
    };

    it('is found by what it announces, and proposed by what it says of itself', async () => {
      const port = new URL(url).port;
      let announced: readonly Candidate[] = [];
      await ready(
        async () => {
          announced = (await discoverAnnounced({ ms: 1_500 })).filter(
            (one) => one.type === 'url' && one.url.includes(`:${port}/`),
          );
          return announced.length > 0;
        },
        () => 'nobody announces it',
      ).catch(() => notRun('a printer by mDNS', 'no multicast on this machine'));
      const given: Candidate = { type: 'url', url };
      for (const candidate of announced.length > 0 ? [given, ...announced] : [given]) {
        expect(await probe({ candidates: [candidate] })).toMatchObject([
          {
            class: 'documentPrinter',
            protocol: 'ipp',
            transport: candidate,
            confidence: 'certain',
          },
        ]);
      }
      expect(await arrived()).toEqual([]);
    }, 60_000);

    it('tells what it can do and what it holds', () => {
      expect(printer.status).toEqual({ state: 'online', paper: 'full' });
      expect(printer.capabilities).toMatchObject({ duplex: false, colour: false });
      expect(printer.capabilities.formats).toContain('application/pdf');
      expect(printer.capabilities.media).toContain('iso_a4_210x297mm');
      expect(printer.supplies).toContainEqual({
        kind: 'toner',
        name: 'Black Toner',
        level: 75,
        state: 'ok',
      });
    });

    it('gets the PDF byte for byte, and says that it was printed', async () => {
      const document = await a4('Receipt', 3);
      const before = (await arrived()).length;
      expect(await print(document)).toEqual({ outcome: 'printed' });
      const files = await arrived();
      expect(files).toHaveLength(before + 1);
      expect(files.at(-1)?.equals(document)).toBe(true);
    });

    it('stays in step for five documents at once', async () => {
      const documents = await Promise.all([1, 2, 3, 4, 5].map((n) => a4(`Document ${n}`, n)));
      const before = (await arrived()).length;
      const outcomes = await Promise.all(documents.map((one) => print(one)));
      expect(outcomes.map(ending)).toEqual(documents.map(() => 'printed'));
      const files = (await arrived()).slice(before);
      expect(files.map((file) => file.toString('base64'))).toEqual(
        documents.map((one) => one.toString('base64')),
      );
    });

    it('is never believed to have printed what its own program gave up', async () => {
      await writeFile(join(dir, 'mode'), 'fail');
      const outcome = await print(await a4('Fails', 1));
      expect(outcome.outcome).not.toBe('printed');
      await writeFile(join(dir, 'mode'), 'keep');
      expect(ending(await print(await a4('Works', 1)))).toBe('printed');
    });

    it('is waited for while it only warns of a jam', async () => {
      await writeFile(join(dir, 'mode'), 'jam');
      const printing = print(await a4('Jammed for a while', 1));
      await until(
        () => printer.status.paper === 'jammed',
        () => JSON.stringify(printer.status),
      );
      expect(printer.status.state).toBe('deviceBusy');
      await writeFile(join(dir, 'mode'), 'keep');
      expect(ending(await printing)).toBe('printed');
    });

    it('is told when a document is called off', async () => {
      await writeFile(join(dir, 'mode'), 'slow');
      const before = (await arrived()).length;
      const calledOff = new AbortController();
      const printing = print(await a4('Called off', 2), { signal: calledOff.signal });
      await ready(async () => (await arrived()).length > before, running[0]?.output ?? String);
      calledOff.abort();
      expect((await printing).outcome).not.toBe('printed');
      await writeFile(join(dir, 'mode'), 'keep');
      await until(
        () => printer.status.state === 'online',
        () => JSON.stringify(printer.status),
      );
      expect(ending(await print(await a4('After that', 1)))).toBe('printed');
    });

    it('refuses more sides than it has, before anything is sent', async () => {
      const before = (await arrived()).length;
      const outcome = await print(await a4('Both sides', 2), { sides: 'two-sided-long-edge' });
      expect(ending(outcome)).toBe('failed device.unsupported');
      expect(await arrived()).toHaveLength(before);
    });
  },
);
