import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { SdtSimulator } from '../../../drivers/id-card/simulator/sdt-simulator.ts';
import { DEFAULT_DEVICES, DEMO_PINS } from '../../../kiosk-config/index.ts';
import type { ServiceView } from '../../contract/service-view.ts';
import {
  makeTerminalBench,
  tell,
  until,
  type TerminalBench,
} from '../session/terminal-bench.test-helper.ts';

vi.setConfig({ testTimeout: 90_000 });

let bench: TerminalBench;
const reader = new SdtSimulator();
afterEach(async () => {
  await bench.close();
  await reader.close();
});

it('a technician finds a reader, uses it, reads a card with it, and goes back', async () => {
  const port = await reader.listen(0);
  bench = await makeTerminalBench({
    devices: DEFAULT_DEVICES,
    change: { probeAlso: [{ type: 'tcp', host: '127.0.0.1', port }] },
  });
  await until('catalogue', () => bench.terminal.durable.bundles.current().catalogue !== undefined);
  const page = await bench.page();
  await expect(page.call.service.detect()).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await page.call.service.enter({ role: 'technician', pin: DEMO_PINS.technician });
  const views: (ServiceView | null)[] = [];
  const stream = await page.call.service.watch();
  const follow = async (): Promise<void> => {
    for await (const view of stream) views.push(view);
  };
  follow().catch(() => undefined);
  const setup = () => views.at(-1)?.setup;
  const card = () => views.at(-1)?.devices.find(({ device }) => device === 'idCard');

  await page.call.service.detect();
  await until('looked', () => setup()?.detection.state === 'done');
  const index =
    setup()?.detection.found.findIndex(({ connection }) => connection === `127.0.0.1:${port}`) ??
    -1;
  expect(setup()?.detection.found[index]).toMatchObject({
    device: 'idCard',
    protocol: 'sdt',
    usable: true,
  });
  expect(card()?.status.state).toBe('noDevice');
  await expect(page.call.service.assign({ index: 99 })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await page.call.service.assign({ index });
  await until('reader online', () => card()?.status.state === 'online');
  expect(setup()).toMatchObject({ version: 2, earlier: [{ version: 1 }] });

  await page.call.service.test({ device: 'idCard' });
  await until('test runs', () => card()?.test.state === 'running');
  tell(reader, { do: 'insertCard', persona: 'ext-a' });
  await until('card read', () => card()?.test.state === 'ask');
  tell(reader, { do: 'removeCard' });

  await page.call.service.rollBack({ version: 1 });
  await until('gone back', () => card()?.status.state === 'noDevice');
  expect(setup()).toMatchObject({ version: 3 });

  // typed by hand: what is wrong is told by its path, and nothing changes
  expect(Object.keys(await page.call.service.forms())).toContain('idCard');
  const typed = (value: number) => ({
    device: 'idCard' as const,
    value: { driver: 'sdt', transport: { type: 'tcp', host: '127.0.0.1', port: value } },
  });
  expect(await page.call.service.saveDevice(typed(70_000))).toEqual({ saved: false });
  await until('told', () => setup()?.problems.length === 1);
  expect(setup()?.problems[0]?.path).toBe('$.devices.idCard.transport.port');
  expect(setup()?.version).toBe(3);
  await page.call.service.forgetProblems();
  await until('forgotten', () => setup()?.problems.length === 0);
  expect(await page.call.service.saveDevice(typed(port))).toEqual({ saved: true });
  await until('reader online', () => card()?.status.state === 'online');
  expect(setup()).toMatchObject({ version: 4, devices: { idCard: typed(port).value } });
  const other = await bench.page();
  await expect(other.call.service.saveDevice(typed(port))).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
});

it('a set-up is carried by a stick to another terminal, whole or not at all', async () => {
  const port = await reader.listen(0);
  const stick = await mkdtemp(join(tmpdir(), 'bianmin-stick-'));
  let plugged: readonly string[] = [];
  const sticks = (): Promise<readonly string[]> => Promise.resolve(plugged);
  const file = join(stick, 'bianmin-devices.json');
  const openPage = async (devices: typeof DEFAULT_DEVICES) => {
    bench = await makeTerminalBench({ devices, change: { sticks } });
    const page = await bench.page();
    await expect(page.call.service.exportSetup()).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await page.call.service.enter({ role: 'technician', pin: DEMO_PINS.technician });
    const views: (ServiceView | null)[] = [];
    const stream = await page.call.service.watch();
    const follow = async (): Promise<void> => {
      for await (const view of stream) views.push(view);
    };
    follow().catch(() => undefined);
    return { call: page.call.service, setup: () => views.at(-1)?.setup };
  };
  try {
    const idCard = { driver: 'sdt', transport: { type: 'tcp', host: '127.0.0.1', port } } as const;
    const devices = { ...DEFAULT_DEVICES.devices, idCard };
    const first = await openPage({ ...DEFAULT_DEVICES, devices });
    const told = (outcome: string) =>
      until(outcome, () => first.setup()?.carried?.outcome === outcome);
    await first.call.exportSetup();
    await told('noStick');
    plugged = [stick, tmpdir()];
    await first.call.exportSetup();
    await told('severalSticks');
    plugged = [join(stick, 'pulled out')];
    await first.call.exportSetup();
    await told('cannotWrite');
    plugged = [stick];
    await first.call.importSetup();
    await told('noFile');
    await first.call.exportSetup();
    await told('written');
    await bench.close();

    const other = await openPage(DEFAULT_DEVICES);
    // a file that somebody spoiled changes nothing, and says where
    const whole = await readFile(file, 'utf8');
    await cp(file, join(stick, 'kept.json'));
    await writeFile(file, whole.replace(String(port), '70000'));
    await other.call.importSetup();
    await until('told', () => other.setup()?.problems.length === 1);
    expect(other.setup()).toMatchObject({
      version: 1,
      problems: [{ path: '$.layer.devices.idCard.transport.port' }],
    });
    await cp(join(stick, 'kept.json'), file);
    await other.call.importSetup();
    await until('read', () => other.setup()?.carried?.outcome === 'read');
    expect(other.setup()).toMatchObject({ version: 2, problems: [], devices: { idCard } });
    // an address may belong to the other hall: said, not hidden
    expect(other.setup()?.carried?.notes.map(({ device }) => device)).toContain('idCard');
    await other.call.rollBack({ version: 1 });
    await until('gone back', () => other.setup()?.version === 3);
    expect(other.setup()?.devices['idCard']).toBeNull();
  } finally {
    await rm(stick, { recursive: true, force: true });
  }
});
