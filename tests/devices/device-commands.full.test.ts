import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DEVICE_CLASSES, type DeviceClass } from '../../domain/device/status.ts';
import { SerialScannerSimulator } from '../../drivers/code-scanner/simulator/serial-scanner-simulator.ts';
import { EsclSimulator } from '../../drivers/document-scanner/simulator/escl-simulator.ts';
import { SdtSimulator } from '../../drivers/id-card/simulator/sdt-simulator.ts';
import { EscPosSimulator } from '../../drivers/receipt-printer/simulator/escpos-simulator.ts';
import { SecurityCardSimulator } from '../../drivers/security-card/simulator/security-card-simulator.ts';
import { demoPersona } from '../../drivers/simulator-host/personas.ts';
import { PartsSimulator } from '../../drivers/terminal-parts/simulator/parts-simulator.ts';
import type { Simulator, SimulatorCommand } from '../../drivers/simulator-host/simulator.ts';
import { demoDevices, parseConfig, type DevicesConfig } from '../../kiosk-config/index.ts';
import { createNodeProcesses } from '../../main/core/adapters/node-processes.ts';
import { systemClock } from '../../main/core/adapters/system-clock.ts';
import type { Devices } from '../../main/core/devices/contract.ts';
import { DeviceRecords } from '../../main/core/devices/device-records.ts';
import { openDevices } from '../../main/core/devices/devices.ts';
import {
  answersTo,
  type AdminAnswer,
  type AdminCommands,
} from '../../main/core/server/admin-socket-answers.ts';
import { deviceCommands } from '../../main/core/server/admin-socket-devices.ts';

const reader = new SdtSimulator();
const printer = new EscPosSimulator();
const scanner = new EsclSimulator();
const codes = new SerialScannerSimulator();
const parts = new PartsSimulator();
const securityCards = new SecurityCardSimulator();
const DEVICE_HOST = new URL('../../main/device-host/main.ts', import.meta.url).pathname;

const folder = await mkdtemp(join(tmpdir(), 'bianmin-device-commands-'));
const records = new DeviceRecords({
  path: join(folder, 'device-records.json'),
  clock: systemClock,
  simulated: false,
  log: () => undefined,
});
let unfollow: () => void;
let devices: Devices;
let commands: AdminCommands;
let citizen = false;
const holds: boolean[] = [];
const saved: DevicesConfig['devices'][] = [];

beforeAll(async () => {
  await scanner.listen(0);
  const config = demoDevices({
    idCardPort: await reader.listen(0),
    receiptPrinterPort: await printer.listen(0),
    documentScannerUrl: scanner.url,
    codeScannerPort: await codes.listen(0),
    terminalPartsPort: await parts.listen(0),
    securityCardPort: await securityCards.listen(0),
  });
  devices = openDevices({
    processes: createNodeProcesses(),
    clock: systemClock,
    devices: config.devices,
    entry: DEVICE_HOST,
  });
  records.configure(config.devices);
  unfollow = records.follow(devices);
  commands = deviceCommands({
    clock: systemClock,
    devices,
    configured: () => config.devices,
    records,
    layer: () => config,
    save: (wanted) => {
      const parsed = parseConfig('devices', { ...config, devices: wanted });
      if (parsed.ok) saved.push(parsed.value.devices);
      return Promise.resolve(parsed);
    },
    terminalId: () => 'T-1',
    hold: (on) => {
      if (on && citizen) return false;
      holds.push(on);
      return true;
    },
  });
});
afterAll(async () => {
  unfollow();
  await records.flush();
  await rm(folder, { recursive: true });
  await devices.close();
  const simulators = [reader, printer, scanner, codes, parts, securityCards];
  await Promise.all(simulators.map((simulator) => simulator.close()));
});
afterEach(() => {
  citizen = false;
  holds.length = 0;
  tell(reader, { do: 'removeCard' });
});

function tell(simulator: Simulator, command: SimulatorCommand): void {
  const done = simulator.command(command);
  if (!done.ok) throw new Error(done.error);
}

async function settled(device: 'idCard' | 'receiptPrinter', state: string): Promise<void> {
  const end = performance.now() + 60_000;
  while (devices[device].status.state !== state) {
    if (performance.now() > end) throw new Error(`${device} never was ${state}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** All answers; `seen` is told of each as it comes. */
async function ask(
  request: Readonly<Record<string, unknown>>,
  seen: (answer: AdminAnswer) => void = () => undefined,
  signal: AbortSignal = new AbortController().signal,
): Promise<readonly AdminAnswer[]> {
  const answers: AdminAnswer[] = [];
  for await (const answer of answersTo(JSON.stringify(request), commands, signal)) {
    answers.push(answer);
    seen(answer);
  }
  return answers;
}

/** Waits until a device has said who it is. */
async function told(device: DeviceClass): Promise<void> {
  if (Object.keys(devices[device].hardware).length > 0) return;
  await new Promise<void>((resolve) => {
    const stop = devices[device].onHardware(() => {
      stop();
      resolve();
    });
  });
}

const test = (id: string, seen?: (answer: AdminAnswer) => void, seconds = 30) =>
  ask({ do: 'devices.test', id, seconds }, seen);

const type = (answer: AdminAnswer): unknown =>
  'event' in answer ? (answer.event as { readonly type: string }).type : undefined;

describe('devices.watch and devices.list', () => {
  it('give every device with its place, then each change, until the tool hangs up', async () => {
    await settled('idCard', 'online');
    await settled('receiptPrinter', 'online');
    await told('receiptPrinter');
    const stop = new AbortController();
    const states: string[] = [];
    await ask(
      { do: 'devices.watch' },
      (answer) => {
        if (!('event' in answer)) return;
        const { id, state } = answer.event as { readonly id: string; readonly state: string };
        states.push(`${id} ${state}`);
        if (states.length === DEVICE_CLASSES.length)
          tell(printer, { do: 'setPaper', paper: 'out' });
        if (id === 'receiptPrinter' && state === 'userError') stop.abort();
      },
      stop.signal,
    );
    expect(states.slice(0, DEVICE_CLASSES.length)).toEqual([
      'idCard online',
      'receiptPrinter online',
      expect.stringMatching(/^documentScanner /),
      expect.stringMatching(/^codeScanner /),
      'documentPrinter noDevice',
      expect.stringMatching(/^terminalParts /),
      expect.stringMatching(/^securityCard /),
      'documentCamera noDevice',
    ]);
    tell(printer, { do: 'setPaper', paper: 'full' });
    expect(states).toContain('receiptPrinter userError');
    const [listed] = await ask({ do: 'devices.list' });
    const lines = listed?.ok === true && 'value' in listed ? (listed.value as unknown[]) : [];
    expect(lines).toMatchObject([
      {
        ...{ id: 'idCard', configured: true, state: 'online', transport: { type: 'tcp' } },
        hardware: { samId: '05.01-20110253-0000123456-123456789' },
      },
      {
        ...{ id: 'receiptPrinter', paper: 'out', fault: { code: 'printer.paperOut' } },
        hardware: { maker: 'Bianmin', model: 'Simulated 80', firmware: '1.00' },
        record: { lastFault: { code: 'printer.paperOut' } },
      },
      { id: 'documentScanner', transport: { type: 'url', url: scanner.url } },
      { id: 'codeScanner', configured: true },
      { id: 'documentPrinter', configured: false },
      { id: 'terminalParts', configured: true },
      { id: 'securityCard', transport: { type: 'tcp' } },
      { id: 'documentCamera', configured: false, state: 'noDevice' },
    ]);
    // what is not set up is listed too
    expect(lines).toHaveLength(DEVICE_CLASSES.length);
    expect(lines).toContainEqual(
      expect.objectContaining({ id: 'documentCamera', configured: false, state: 'noDevice' }),
    );
  });
});

describe('devices.test', () => {
  it('reads a card and tells its masked name, nothing else of the person', async () => {
    const { card } = demoPersona('ext-g')!;
    const answers = await test('idCard', (answer) => {
      if (type(answer) === 'layCard') tell(reader, { do: 'insertCard', persona: 'ext-g' });
    });
    expect(answers.map(type)).toEqual(['layCard', 'reading', 'ended', undefined]);
    expect(answers[2]).toMatchObject({ event: { result: 'passed', card: { kind: card.kind } } });
    const told = JSON.stringify(answers);
    for (const secret of [card.name, card.idNumber, card.address!, card.birthDate]) {
      expect(told).not.toContain(secret);
    }
    expect(holds).toEqual([true, false]);
  });

  it('reads a social security card and tells its masked name, nothing else of the person', async () => {
    const { card } = demoPersona('returnee')!;
    const answers = await test('securityCard', (answer) => {
      if (type(answer) !== 'insertCard') return;
      tell(securityCards, { do: 'insertCard', persona: 'returnee' });
    });
    expect(answers.map(type)).toEqual(['insertCard', 'reading', 'ended', undefined]);
    expect(answers[2]).toMatchObject({
      event: { result: 'passed', card: { kind: 'securityCard', doubts: 0 } },
    });
    const told = JSON.stringify(answers);
    for (const secret of [card.name, card.idNumber, card.birthDate]) {
      expect(told).not.toContain(secret);
    }
  });

  it('says that nobody laid down a card, which says nothing of the reader', async () => {
    const answers = await test('idCard', undefined, 1);
    expect(answers.at(-2)).toEqual({
      ok: true,
      event: { type: 'ended', result: 'failed', noCard: true },
    });
  });

  it('prints a slip that says what it is, and leaves the verdict to a person', async () => {
    const answers = await test('receiptPrinter');
    expect(answers.at(-2)).toEqual({ ok: true, event: { type: 'ended', result: 'ask' } });
    const slip = new TextDecoder().decode((await printer.artifact('last.txt'))!.bytes);
    expect(slip).toContain('打印测试');
    expect(slip).toContain('这不是回执');
  });

  it('names what keeps a printer from printing', async () => {
    tell(printer, { do: 'setCover', open: true });
    const answers = await test('receiptPrinter');
    tell(printer, { do: 'setCover', open: false });
    expect(answers.at(-2)).toMatchObject({
      event: { result: 'failed', fault: { code: 'printer.coverOpen' } },
    });
  });

  it('scans one page, tells its size and leaves no job behind', async () => {
    tell(scanner, { do: 'loadPages', source: 'flatbed', count: 1 });
    const answers = await test('documentScanner');
    const page = answers.at(-2);
    expect(page).toMatchObject({ event: { result: 'passed', page: { width: 1240 } } });
    expect(JSON.stringify(page).length).toBeLessThan(300);
  });

  it('reads a code and tells how long it is, nothing of what it says', async () => {
    const answers = await test('codeScanner', (answer) => {
      if (type(answer) === 'showCode') tell(codes, { do: 'scan', text: 'SECRET-张三-42' });
    });
    expect(answers.at(-2)).toEqual({
      ok: true,
      event: { type: 'ended', result: 'passed', code: { characters: 12 } },
    });
    expect(JSON.stringify(answers)).not.toContain('SECRET');
  });

  it('does not begin while a citizen is served, while another runs, or for what is not there', async () => {
    citizen = true;
    expect(await test('receiptPrinter')).toEqual([{ ok: false, error: 'inUse' }]);
    citizen = false;
    const stop = new AbortController();
    let other: Promise<readonly AdminAnswer[]> | undefined;
    const first = ask(
      { do: 'devices.test', id: 'idCard' },
      (answer) => {
        if (type(answer) === 'layCard') other = test('documentScanner').finally(() => stop.abort());
      },
      stop.signal,
    );
    await first;
    expect(await other).toEqual([{ ok: false, error: 'testRunning', id: 'idCard' }]);
    expect(holds).toEqual([true, false]);
  });

  it('checks all it is given', async () => {
    expect(await test('teapot')).toEqual([
      {
        ok: false,
        error: 'unknownDevice',
        known: [...DEVICE_CLASSES],
      },
    ]);
    for (const wrong of [
      {},
      { id: 7 },
      { id: 'x'.repeat(200) },
      { id: 'idCard', seconds: 0 },
      { id: 'idCard', seconds: 1e9 },
      { id: 'idCard', seconds: '5' },
      { id: 'idCard', more: true },
    ]) {
      const answers = await ask({ do: 'devices.test', ...wrong });
      expect(answers, JSON.stringify(wrong)).toMatchObject([{ ok: false, error: 'badRequest' }]);
    }
    for (const name of ['devices.list', 'devices.watch']) {
      const answers = await ask({ do: name, id: 'idCard' });
      expect(answers).toMatchObject([{ ok: false, error: 'badRequest' }]);
    }
    expect(holds).toEqual([]);
  });
});

describe('carrying the set-up over', () => {
  it('gives the layer, takes it back whole, and says what is wrong with one', async () => {
    const [given] = await ask({ do: 'devices.export' });
    const { layer } = (given as { readonly value: { readonly layer: DevicesConfig } }).value;
    expect(await ask({ do: 'devices.import', devices: layer.devices })).toEqual([
      { ok: true, value: { version: layer.version } },
    ]);
    expect(saved.at(-1)).toEqual(layer.devices);
    expect(holds).toEqual([true, false]);
    const wrong = { ...layer.devices, idCard: { driver: 'sdt' } };
    const before = saved.length;
    expect(await ask({ do: 'devices.import', devices: wrong })).toMatchObject([
      { ok: true, value: { problems: [{ path: '$.devices.idCard.transport' }] } },
    ]);
    citizen = true;
    expect(await ask({ do: 'devices.import', devices: layer.devices })).toMatchObject([
      { ok: false, error: 'inUse' },
    ]);
    expect(saved).toHaveLength(before);
  });
});

describe('storing a logo', () => {
  const logo = { do: 'devices.storeLogo', width: 16, height: 2, dotsBase64: 'gAEAAQ==' };

  it('gives the name under which the printer keeps it, and has receipts begin with it', async () => {
    const [answer] = await ask(logo);
    const { name } = (answer as { readonly value: { readonly name: string } }).value;
    expect(name).toMatch(/^[!-~]{2}$/);
    expect(printer.state()['keptPictures']).toEqual([name]);
    expect(saved.at(-1)?.receiptPrinter).toMatchObject({ logo: name, printLogo: true });
    expect(holds).toEqual([true, false]);
  });

  it('is refused while a citizen is there, and with dots that do not fit', async () => {
    citizen = true;
    expect(await ask(logo)).toMatchObject([{ ok: false, error: 'inUse' }]);
    expect(await ask({ ...logo, height: 3 })).toMatchObject([{ ok: false, error: 'badRequest' }]);
    expect(await ask({ ...logo, width: 5 })).toMatchObject([{ ok: false, error: 'badRequest' }]);
  });
});
