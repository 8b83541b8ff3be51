import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EsclScanner } from '../document-scanner/escl-scanner.ts';
import { systemClock } from '../transport/system-clock.ts';
import { SimulatorClient } from './client.ts';
import { startSimulatorHost, type SimulatorHost } from './host.ts';
import { DEMO_PERSONAS } from './personas.ts';

let host: SimulatorHost;
let dataDir: string;
let client: SimulatorClient;
const logged: string[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'bianmin-simulators-'));
  host = await startSimulatorHost({ port: 0, dataDir, log: (line) => logged.push(line) });
  client = new SimulatorClient(host.ready.control);
});
afterAll(async () => {
  await host.close();
  await rm(dataDir, { recursive: true });
});

async function post(path: string, body: string, headers: Record<string, string> = {}) {
  const answer = await fetch(`${host.ready.control}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  return { status: answer.status, body: (await answer.json()) as { error?: unknown } };
}

/** A call with a Host header of one's own, which fetch does not allow. */
function getAs(hostHeader: string): Promise<number> {
  return new Promise((resolve, reject) => {
    httpRequest(`${host.ready.control}/v1/devices`, { headers: { host: hostHeader } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

describe('the control plane', () => {
  it('tells the devices, where they listen and how they are', async () => {
    const devices = await client.devices();
    expect(devices.map(({ id, deviceClass, transport }) => [id, deviceClass, transport])).toEqual([
      ['id-card-1', 'idCard', 'tcp'],
      ['receipt-printer-1', 'receiptPrinter', 'tcp'],
      ['document-scanner-1', 'documentScanner', 'escl'],
      ['code-scanner-1', 'codeScanner', 'tcp'],
      ['document-printer-1', 'documentPrinter', 'ipp'],
      ['terminal-parts-1', 'terminalParts', 'tcp'],
      ['security-card-1', 'securityCard', 'tcp'],
    ]);
    expect(devices[0]?.port).toBe(host.ready.devices.idCard.port);
    expect(devices[2]?.url).toBe(host.ready.devices.documentScanner.url);
    expect(devices[4]?.url).toBe(host.ready.devices.documentPrinter.url);
    expect(JSON.parse(await readFile(join(dataDir, 'ready.json'), 'utf8'))).toEqual(host.ready);
  });

  it('has every device behind a real socket', async () => {
    const { idCard, receiptPrinter, codeScanner, terminalParts } = host.ready.devices;
    for (const { port } of [idCard, receiptPrinter, codeScanner, terminalParts]) {
      await new Promise<void>((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () => {
          socket.destroy();
          resolve();
        });
        socket.once('error', reject);
      });
    }
  });

  it('lays down and lifts every persona, and shows neither names nor numbers', async () => {
    for (const { id } of await client.personas()) {
      await client.insertCard(id);
      expect((await client.device('id-card-1')).state['card']).toBe(id);
    }
    await client.removeCard();
    expect((await client.device('id-card-1')).state['card']).toBeNull();
    const shown = await Promise.all(
      ['/', '/v1/personas', '/v1/devices'].map(async (path) =>
        (await fetch(`${host.ready.control}${path}`)).text(),
      ),
    );
    for (const { card } of DEMO_PERSONAS) {
      for (const text of [...shown, ...logged]) expect(text).not.toContain(card.idNumber);
    }
  });

  it('loads pages which a driver then scans, and shows what was scanned', async () => {
    await client.loadPages('feeder', 2, 'bankCard');
    const scanner = new EsclScanner({
      url: host.ready.devices.documentScanner.url,
      clock: systemClock,
    });
    await scanner.open();
    const request = { source: 'feeder', resolutionDpi: 150, colour: 'grey', maxPages: 9 } as const;
    const pages: Uint8Array[] = [];
    const result = await scanner.scan(request, ({ bytes }) => pages.push(bytes), {
      deadlineMs: 20_000,
    });
    await scanner.close();
    expect(result).toEqual({ ok: true, value: { pages: 2 } });
    const names = await client.artifacts('document-scanner-1');
    expect(names).toEqual(['scans/1.jpg', 'scans/2.jpg']);
    const last = await client.artifact('document-scanner-1', 'scans/2.jpg');
    expect(last.mediaType).toBe('image/jpeg');
    expect(Buffer.from(last.bytes)).toEqual(Buffer.from(pages[1]!));
  });

  it.each([
    ['no JSON', '{', 'FST_ERR_CTP_INVALID_JSON_BODY'],
    ['no command', '{}', 'badCommand'],
    ['a command nobody knows', '{"do":"explode"}', 'badCommand'],
    ['a key nobody knows', '{"do":"removeCard","now":true}', 'badCommand'],
    ['a wrong number', '{"do":"setDelay","ms":-1}', 'badCommand'],
    ['half a byte', '{"do":"noise","hex":"abc"}', 'badCommand'],
    ['a persona nobody knows', '{"do":"insertCard","persona":"nobody"}', 'refused'],
    ['a command of another device', '{"do":"setPaper","paper":"out"}', 'refused'],
  ])('refuses %s with a message in both languages', async (_what, body, code) => {
    const refused = await post('/v1/devices/id-card-1/commands', body);
    expect(refused.status).toBe(400);
    expect(refused.body.error).toMatchObject({
      code,
      message: {
        zh: expect.stringMatching(/\p{Script=Han}/u) as string,
        en: expect.any(String) as string,
      },
    });
  });

  it('refuses a device, a path and an artifact that are not there', async () => {
    const statuses = await Promise.all(
      [
        '/v1/devices/none',
        '/v1/devices/none/artifacts',
        '/v1/devices/document-scanner-1/artifacts/none.jpg',
        '/v1/devices/document-scanner-1/artifacts/..%2f..%2fpackage.json',
        '/v2/devices',
      ].map(async (path) => (await fetch(`${host.ready.control}${path}`)).status),
    );
    expect(statuses).toEqual([404, 404, 404, 404, 404]);
  });

  it('does nothing for a page of another site', async () => {
    const command = JSON.stringify({ do: 'removeCard' });
    const path = '/v1/devices/id-card-1/commands';
    expect((await post(path, command, { origin: 'http://evil.example' })).status).toBe(403);
    expect((await post(path, command, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await post(path, command, { origin: host.ready.control })).status).toBe(200);
    expect(await getAs('evil.example')).toBe(403);
    expect(await getAs('localhost:1')).toBe(200);
  });

  it('the client rejects with the words of a refusal', async () => {
    await expect(client.insertCard('nobody')).rejects.toThrow(/400.*nobody/);
  });
});

describe('the dock page', () => {
  it('is Chinese first, offers every persona, and may load nothing from elsewhere', async () => {
    const answer = await fetch(host.ready.dock);
    const page = await answer.text();
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page).toContain('<html lang="zh">');
    for (const { id } of DEMO_PERSONAS) expect(page).toContain(`data-card="${id}"`);
    expect(page).not.toMatch(/ (style|on\w+)="/);
    for (const file of ['dock.js', 'dock.css']) {
      expect((await fetch(`${host.ready.dock}${file}`)).status).toBe(200);
    }
  });

  it('offers only commands that the control plane takes', async () => {
    const page = await (await fetch(host.ready.dock)).text();
    const buttons = [
      ...page.matchAll(
        /data-device="([^"]+)"[^>]*? data-command="([^"]+)"(?: data-off="([^"]+)")?/g,
      ),
    ];
    expect(buttons.length).toBeGreaterThan(30);
    const plain = (text: string) =>
      text.replace(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code)));
    for (const [, id, on, off] of buttons) {
      for (const command of [on, off].filter((one) => one !== undefined)) {
        if (command.includes('dropLine')) continue;
        const done = await post(`/v1/devices/${id!}/commands`, plain(command));
        expect({ command: plain(command), ...done }).toMatchObject({ status: 200 });
      }
    }
  });

  it('its switches show states that the devices really have', async () => {
    const page = await (await fetch(host.ready.dock)).text();
    const devices = await client.devices();
    for (const [, id, key] of page.matchAll(
      /class="switch"[^>]* data-device="([^"]+)" data-key="([^"]+)"/g,
    )) {
      expect(devices.find((device) => device.id === id)?.state, id).toHaveProperty(key!);
    }
  });
});

describe('a relay board in place of the board of parts', () => {
  it('is listed as the parts, and its panel offers its relays', async () => {
    const own = await startSimulatorHost({
      port: 0,
      dataDir: join(dataDir, 'relays'),
      relays: { channels: 2 },
    });
    const relays = new SimulatorClient(own.ready.control);
    const { port } = own.ready.devices.terminalParts;
    expect(await relays.device('terminal-parts-1')).toMatchObject({
      port,
      state: { kind: 'relays', answers: false, relays: { CH1: false, CH2: false } },
    });
    const page = await (await fetch(own.ready.dock)).text();
    expect(page.match(/setRelay/g)).toHaveLength(4);
    expect(page).not.toContain('pressKey');
    const told = await relays.command('terminal-parts-1', { do: 'setRelay', channel: 2, on: true });
    expect(told.state['relays']).toEqual({ CH1: false, CH2: true });
    await own.close();
  });
});

describe('starting and stopping', () => {
  it('leaves nothing behind when a port is taken', async () => {
    const dir = join(dataDir, 'second');
    const taken = Number(new URL(host.ready.control).port);
    await expect(startSimulatorHost({ port: taken, dataDir: dir })).rejects.toThrow(/EADDRINUSE/);
    expect(existsSync(join(dir, 'ready.json'))).toBe(false);
  });

  it('frees every port when closed, twice without harm', async () => {
    const dir = join(dataDir, 'third');
    const own = await startSimulatorHost({ port: 0, dataDir: dir });
    await own.close();
    await own.close();
    expect(existsSync(join(dir, 'ready.json'))).toBe(false);
    await expect(fetch(own.ready.control)).rejects.toThrow();
    await expect(fetch(own.ready.devices.documentScanner.url)).rejects.toThrow();
  });
});
