import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Candidate, Skipped } from '../../drivers/detection/contract.ts';
import { discoverAnnounced } from '../../drivers/detection/mdns.ts';
import { HASTY, PATIENT, stranger } from '../../drivers/detection/probe-test-support.ts';
import { probe } from '../../drivers/detection/probe.ts';
import { startSimulatorHost, type SimulatorHost } from '../../drivers/simulator-host/host.ts';
import { RelaySimulator } from '../../drivers/terminal-parts/simulator/relay-simulator.ts';
import { PtyBridge } from '../../drivers/transport/pty-test-support.ts';
import { serialTransport } from '../../drivers/transport/serial.ts';
import { hasProgram, notRun } from '../support/not-run.ts';

let folder: string;
let host: SimulatorHost;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bianmin-probe-'));
  host = await startSimulatorHost({ port: 0, dataDir: folder });
});
afterAll(async () => {
  await host.close();
  await rm(folder, { recursive: true, force: true });
});

async function printerState(): Promise<unknown> {
  const answer = await fetch(`${host.ready.control}/v1/devices/receipt-printer-1`);
  return ((await answer.json()) as { readonly state: unknown }).state;
}

describe('the simulators of one host', () => {
  it('are each found over TCP and HTTP with class, protocol and address, and nothing is printed', async () => {
    const { idCard, receiptPrinter, documentScanner } = host.ready.devices;
    const scanner = new URL(documentScanner.url);
    const candidates: readonly Candidate[] = [
      { type: 'tcp', host: idCard.host, port: idCard.port },
      { type: 'tcp', host: receiptPrinter.host, port: receiptPrinter.port },
      { type: 'url', url: documentScanner.url },
      { type: 'tcp', host: scanner.hostname, port: Number(scanner.port) },
    ];
    const found = await probe({ candidates, timings: PATIENT });
    expect(found).toMatchObject([
      { class: 'idCard', protocol: 'sdt', confidence: 'certain', transport: candidates[0] },
      { class: 'receiptPrinter', protocol: 'escpos', transport: candidates[1] },
      {
        class: 'documentScanner',
        protocol: 'escl',
        confidence: 'certain',
        model: 'Bianmin Simulated Scanner',
        transport: candidates[2],
      },
    ]);
    expect(found).toHaveLength(3);
    expect(await printerState()).toMatchObject({ jobs: [], stripHanging: false, bufferedBytes: 0 });
  });

  it('that announces a scanner by mDNS is found without an address', async () => {
    const { Bonjour } = await import('bonjour-service');
    const { documentScanner } = host.ready.devices;
    const failures: unknown[] = [];
    const bonjour = new Bonjour({}, (error: unknown) => failures.push(error));
    try {
      bonjour.publish({
        name: `Bianmin probe ${String(process.pid)}`,
        type: 'uscan',
        port: Number(new URL(documentScanner.url).port),
        txt: { rs: 'eSCL' },
      });
      const port = new URL(documentScanner.url).port;
      const end = performance.now() + 60_000;
      let urls: string[] = [];
      while (!urls.some((url) => url.includes(`:${port}/`)) && performance.now() < end) {
        const seen = await discoverAnnounced({ ms: 1_500 });
        urls = seen.flatMap((one) => (one.type === 'url' ? [one.url] : []));
        if (failures.length > 0) break;
      }
      if (urls.length === 0) notRun('scanners by mDNS', 'no multicast on this machine');
      else expect(urls.join(' ')).toMatch(new RegExp(`http://[^ ]*:${port}/eSCL`));
    } finally {
      bonjour.destroy();
    }
  });
});

if (hasProgram('socat')) {
  describe('serial ports (ptys)', () => {
    it('give the reader, the printer and the board behind them, with the speed', async () => {
      const { idCard, receiptPrinter, terminalParts } = host.ready.devices;
      const board = await PtyBridge.to(terminalParts.port);
      const reader = await PtyBridge.to(idCard.port);
      const printer = await PtyBridge.to(receiptPrinter.port);
      try {
        const found = await probe({
          candidates: [reader, printer, board].map(({ path }) => ({ type: 'serial', path })),
          timings: { ...PATIENT, answerMs: 500, bootMs: 10_000 },
        });
        expect(found).toMatchObject([
          { class: 'idCard', transport: { type: 'serial', path: reader.path, baud: 115_200 } },
          { class: 'receiptPrinter', transport: { type: 'serial', path: printer.path } },
          {
            class: 'terminalParts',
            transport: { type: 'serial', path: board.path, baud: 115_200 },
          },
        ]);
        expect(await printerState()).toMatchObject({ jobs: [], stripHanging: false });
      } finally {
        await reader.close();
        await printer.close();
        await board.close();
      }
    });

    it('switch no relay of a relay board by being asked, and propose none', async () => {
      const relays = new RelaySimulator();
      const port = await PtyBridge.to(await relays.listen(0));
      expect(relays.command({ do: 'setRelay', channel: 3, on: true })).toMatchObject({ ok: true });
      try {
        const found = await probe({
          candidates: [{ type: 'serial', path: port.path }],
          timings: { ...HASTY, answerMs: 150 },
        });
        expect(found).toMatchObject([{ class: 'codeScanner', confidence: 'possible' }]);
        expect(relays.state()).toMatchObject({
          commands: 0,
          relays: { CH1: false, CH2: false, CH3: true, CH4: false },
        });
        expect(Number(relays.state()['strayBytes'])).toBeGreaterThan(0);
      } finally {
        await port.close();
        await relays.close();
      }
    });

    it('that are busy, silent or echo are told so at every speed, and are free again afterwards', async () => {
      const servers = [await stranger(), await stranger(), await stranger((s) => s.pipe(s))];
      const ptys = await Promise.all(servers.map(({ port }) => PtyBridge.to(port)));
      const [busy, silent, echo] = ptys.map(({ path }) => path) as [string, string, string];
      const held = await serialTransport({ path: busy, baudRate: 9_600 }).connect({
        deadlineMs: 10_000,
      });
      if (!held.ok) throw new Error(held.error.detail);
      const skipped: Skipped[] = [];
      try {
        const found = await probe({
          candidates: [busy, silent, echo].map((path) => ({ type: 'serial', path })),
          timings: { ...HASTY, answerMs: 150 },
          onSkipped: (one) => skipped.push(one),
        });
        expect(found).toMatchObject([
          // nobody but a scanner may be silent, and only a code that is shown proves it
          {
            class: 'codeScanner',
            confidence: 'possible',
            transport: { type: 'serial', path: silent, baud: 9_600 },
          },
          { class: 'unknown', transport: { type: 'serial', path: echo } },
        ]);
        const why = skipped.map(({ candidate, why: because }) => [
          candidate.type === 'serial' ? candidate.path : '',
          because,
        ]);
        expect(Object.fromEntries(why)).toEqual({ [busy]: 'busy' });
        // nothing was sent to a port that somebody uses
        expect(servers[0]?.heard).toEqual([]);
        for (const path of [silent, echo]) {
          const again = await serialTransport({ path, baudRate: 115_200 }).connect({
            deadlineMs: 10_000,
          });
          expect(again.ok).toBe(true);
          if (again.ok) await again.value.close();
        }
      } finally {
        await held.value.close();
        for (const one of [...ptys, ...servers]) await one.close();
      }
    });
  });
} else {
  notRun('probing serial ports over ptys', 'socat is not installed');
}
