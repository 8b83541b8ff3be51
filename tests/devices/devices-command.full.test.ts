import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { DEVICE_CLASSES } from '../../domain/device/status.ts';
import { SimulatorClient, type SimulatedDeviceId } from '../../drivers/simulator-host/client.ts';
import { startSimulatorHost, type SimulatorHost } from '../../drivers/simulator-host/host.ts';
import { demoPersona } from '../../drivers/simulator-host/personas.ts';
import type { SimulatorCommand } from '../../drivers/simulator-host/simulator.ts';
import {
  carriedFile,
  DEFAULT_DEVICES,
  demoDevices,
  parseConfig,
} from '../../kiosk-config/index.ts';
import { ROOT } from '../../scripts/launch/part.ts';
import { startStack, type Stack } from '../../scripts/launch/stack.ts';

// whole processes: slow machines need room
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

type Line = Readonly<Record<string, unknown>>;

let folder: string;
let host: SimulatorHost;
let stack: Stack;
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bianmin-devices-'));
  host = await startSimulatorHost({ port: 0, dataDir: join(folder, 'devices') });
  await mkdir(join(folder, 'terminal'), { recursive: true });
  const { idCard, receiptPrinter, documentScanner } = host.ready.devices;
  const layer = demoDevices({
    idCardPort: idCard.port,
    receiptPrinterPort: receiptPrinter.port,
    documentScannerUrl: documentScanner.url,
  });
  await writeFile(join(folder, 'terminal', 'devices.json'), JSON.stringify(layer));
  stack = await startStack({ dataDir: folder });
  await until('the terminal knows its devices', async () => (await command(['list'])).code === 0);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(async () => {
  await stack.stop();
  await host.close();
  await rm(folder, { recursive: true, force: true });
});

async function until(what: string, is: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await is())) {
    if (Date.now() > end) throw new Error(`never came: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function tell(id: SimulatedDeviceId, order: SimulatorCommand): Promise<void> {
  await new SimulatorClient(host.ready.control).command(id, order);
}

/** Runs the command as a process; `onLine` sees every line of JSON as it comes. */
function command(
  argv: readonly string[],
  onLine: (line: Line, child: ChildProcess) => void = () => undefined,
) {
  const args = [join(ROOT, 'scripts', 'devices.ts'), ...argv, '--json'];
  const child = spawn(process.execPath, [...args, '--data', join(folder, 'terminal')], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  children.push(child);
  const lines: Line[] = [];
  let rest = '';
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const line = JSON.parse(part) as Line;
      lines.push(line);
      onLine(line, child);
    }
  });
  return new Promise<{ code: number | null; lines: Line[]; errors: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, lines, errors }));
  });
}

const answer = (text: string) => (line: Line, child: ChildProcess) => {
  if (line['type'] === 'question') child.stdin?.end(`${text}\n`);
};

async function connections(): Promise<unknown> {
  const devices = await new SimulatorClient(host.ready.control).devices();
  return devices.find(({ id }) => id === 'receipt-printer-1')?.state['connections'];
}

/** Classes that this terminal is not set up with. */
const OTHERS = DEVICE_CLASSES.slice(3).map((id) => ({ id, state: 'noDevice' }));

describe('with a core that runs', () => {
  it('list asks it and opens nothing itself', async () => {
    const { code, lines } = await command(['list']);
    expect(code).toBe(0);
    expect(lines.filter(({ type }) => type === 'device')).toMatchObject([
      { id: 'idCard', configured: true, state: 'online', transport: { type: 'tcp' } },
      { id: 'receiptPrinter', state: 'online', paper: 'full' },
      { id: 'documentScanner', state: 'online' },
      ...OTHERS,
    ]);
    expect(await connections()).toBe(1);
  });

  it('test prints a slip and believes the person, not the printer', async () => {
    for (const [said, code, result] of [
      ['y', 0, 'passed'],
      ['没有', 1, 'failed'],
      ['', 1, 'notConfirmed'],
    ] as const) {
      const ran = await command(['test', 'receiptPrinter'], answer(said));
      expect(ran.lines.at(-1)).toMatchObject({ type: 'ended', result });
      expect(ran.code).toBe(code);
    }
  });

  it('test reads a card, masks the name, and no session begins by it', async () => {
    const { card } = demoPersona('ext-g')!;
    let laid: Promise<void> | undefined;
    const ran = await command(['test', 'idCard', '--seconds', '60'], ({ type }) => {
      if (type === 'layCard') laid = tell('id-card-1', { do: 'insertCard', persona: 'ext-g' });
    });
    await laid;
    expect(ran.code).toBe(0);
    expect(ran.lines.at(-1)).toMatchObject({ result: 'passed', card: { kind: card.kind } });
    expect(JSON.stringify(ran.lines)).not.toContain(card.name);
    expect(JSON.stringify(ran.lines)).not.toContain(card.idNumber);
    const health = (await (await fetch(stack.terminal.ready.health)).json()) as Line;
    expect(health['session']).toBeNull();
    await tell('id-card-1', { do: 'removeCard' });
  });

  it('export and import go through it, as a new version; a wrong file changes nothing', async () => {
    const file = join(folder, 'set-up.json');
    expect((await command(['export', file])).lines).toMatchObject([{ type: 'exported' }]);
    expect((await command(['export', file])).code).toBe(1);
    expect((await command(['import', file, '--check'])).lines.at(-1)).toEqual({ type: 'checked' });
    const { lines, code } = await command(['import', file]);
    expect(code).toBe(0);
    const { version } = lines.at(-1) as { readonly version: number };
    const path = join(folder, 'terminal', 'devices.json');
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ version });
    await until('the devices are back', async () => (await command(['list'])).code === 0);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('"driver": "sdt"', '"driver": "std"'));
    const refused = await command(['import', file]);
    expect(refused.code).toBe(1);
    expect(JSON.stringify(refused.lines)).toContain('$.layer.devices.idCard.driver');
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ version });
  }, 300_000);

  it('test is refused while a citizen is served', async () => {
    await until('a catalogue', async () => {
      const health = (await (await fetch(stack.terminal.ready.health)).json()) as Line;
      return health['catalogue'] !== null;
    });
    await tell('id-card-1', { do: 'insertCard', persona: 'ext-a' });
    await until('a session', async () => {
      const health = (await (await fetch(stack.terminal.ready.health)).json()) as Line;
      return health['session'] !== null;
    });
    const ran = await command(['test', 'receiptPrinter']);
    expect(ran.code).toBe(1);
    expect(ran.lines).toMatchObject([{ type: 'refused', error: 'inUse' }]);
    await tell('id-card-1', { do: 'removeCard' });
  });

  it('test names the ids when there is no such device', async () => {
    const ran = await command(['test', 'teapot']);
    expect(ran.code).toBe(2);
    expect(ran.lines).toMatchObject([{ error: 'unknownDevice', known: [...DEVICE_CLASSES] }]);
    expect((await command(['no-such-thing'])).code).toBe(2);
  });

  it('watch tells each change, and list then exits with 1', async () => {
    let order: Promise<void> | undefined;
    const watching = command(['watch'], ({ id, state }, child) => {
      if (id === 'documentScanner') {
        order ??= tell('receipt-printer-1', { do: 'setCover', open: true });
      }
      if (id === 'receiptPrinter' && state === 'userError') child.kill('SIGINT');
    });
    const { code, lines } = await watching;
    await order;
    expect(code).toBe(0);
    expect(lines.at(-1)).toMatchObject({ fault: { code: 'printer.coverOpen' } });
    expect((await command(['list'])).code).toBe(1);
    await tell('receipt-printer-1', { do: 'setCover', open: false });
    await until('fine again', async () => (await command(['list'])).code === 0);
  });

  it('probe leaves alone what the terminal holds', async () => {
    const { receiptPrinter } = host.ready.devices;
    const address = `127.0.0.1:${String(receiptPrinter.port)}`;
    const { code, lines } = await command(['probe', '--only', address]);
    expect(code).toBe(0);
    expect(lines).toMatchObject([{ type: 'skipped', why: 'inUse' }, { code: 'nothingFound' }]);
  });
});

// last: the core is gone after it
describe('without a core', () => {
  it('watch says that the core is gone; list and test open the devices themselves and let go again', async () => {
    let killed: Promise<void> | undefined;
    const watching = await command(['watch'], ({ id }) => {
      if (id === 'documentScanner') killed ??= stack.terminal.kill();
    });
    await killed;
    expect(watching.code).toBe(1);
    expect(watching.lines.at(-1)).toMatchObject({ type: 'refused', error: 'gone' });
    const listed = await command(['list']);
    expect(listed.lines.filter(({ type }) => type === 'device')).toMatchObject([
      { id: 'idCard', state: 'online' },
      { id: 'receiptPrinter', state: 'online' },
      { id: 'documentScanner', state: 'online' },
      ...OTHERS,
    ]);
    expect(listed.code).toBe(0);
    expect((await command(['test', 'receiptPrinter'], answer('是'))).code).toBe(0);
    await until('let go', async () => (await connections()) === 0);
  });

  it('probe proposes a devices layer that the configuration takes', async () => {
    const { idCard, receiptPrinter, documentScanner } = host.ready.devices;
    await rm(join(folder, 'terminal', 'devices.json'));
    const { code, lines } = await command([
      'probe',
      '--only',
      '--propose',
      `127.0.0.1:${String(idCard.port)}`,
      `127.0.0.1:${String(receiptPrinter.port)}`,
      documentScanner.url,
    ]);
    expect(code).toBe(0);
    const { layer } = lines.find(({ type }) => type === 'layer') ?? {};
    const parsed = parseConfig('devices', layer);
    expect(parsed.ok && parsed.value.devices).toMatchObject({
      idCard: { transport: { port: idCard.port } },
      receiptPrinter: { transport: { port: receiptPrinter.port } },
      documentScanner: { url: documentScanner.url },
    });
  });

  it('a wrong devices layer is named with file, place and remedy; import replaces it', async () => {
    const path = join(folder, 'terminal', 'devices.json');
    await writeFile(path, '{"version": 1,');
    const ran = await command(['list']);
    expect(ran.code).toBe(1);
    expect(JSON.stringify(ran.lines)).toContain('devices.json');
    const file = join(folder, 'set-up-2.json');
    const simulated = demoDevices({ idCardPort: host.ready.devices.idCard.port });
    await writeFile(file, carriedFile(simulated, new Date().toISOString()));
    // production takes no simulators, whichever way they come in
    expect((await command(['import', file])).code).toBe(1);
    expect(await readFile(path, 'utf8')).toBe('{"version": 1,');
    const documentScanner = { driver: 'escl', url: 'http://192.0.2.7/eSCL' } as const;
    const layer = { ...DEFAULT_DEVICES, devices: { ...DEFAULT_DEVICES.devices, documentScanner } };
    await writeFile(file, carriedFile(layer, new Date().toISOString()));
    expect((await command(['import', file])).code).toBe(0);
    const now = parseConfig('devices', JSON.parse(await readFile(path, 'utf8')));
    expect(now.ok && now.value.devices).toEqual(layer.devices);
  });
});
