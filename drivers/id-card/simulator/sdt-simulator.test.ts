import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SimulatorCommand } from '../../simulator-host/simulator.ts';
import { until } from '../conformance.ts';
import { SdtSimulator } from './sdt-simulator.ts';
import type { SdtSimulatorOptions } from './sdt-simulator.ts';

const FIND = 'aaaaaa96690003200122';
const SELECT = 'aaaaaa96690003200221';
const READ = 'aaaaaa96690003300132';
const READ_WITH_FINGERPRINTS = 'aaaaaa96690003301023';
const NEWEST_ADDRESS = 'aaaaaa96690003300330';

/** A raw line to a simulator, in hex: what a program that knows nothing of our code would see. */
class RawLine {
  readonly simulator: SdtSimulator;
  socket: Socket | undefined;
  got = Buffer.alloc(0);
  closed = false;

  constructor(options: SdtSimulatorOptions = {}) {
    this.simulator = new SdtSimulator(options);
  }

  async open(): Promise<this> {
    const port = await this.simulator.listen(0);
    const socket = connect(port, '127.0.0.1');
    socket.on('data', (bytes) => (this.got = Buffer.concat([this.got, bytes])));
    socket.on('error', () => undefined);
    socket.on('close', () => (this.closed = true));
    await new Promise((resolve) => socket.once('connect', resolve));
    this.socket = socket;
    return this;
  }

  async ask(hex: string, answerBytes: number): Promise<string> {
    this.got = Buffer.alloc(0);
    this.socket?.write(Buffer.from(hex, 'hex'));
    await until(
      () => this.got.length >= answerBytes,
      () => `${answerBytes} bytes; got ${this.got.toString('hex')}`,
    );
    return this.got.toString('hex');
  }

  tell(command: SimulatorCommand): void {
    expect(this.simulator.command(command)).toEqual({ ok: true, value: undefined });
  }

  async close(): Promise<void> {
    this.socket?.destroy();
    await this.simulator.close();
  }
}

describe('the SDT simulator, byte by byte', () => {
  let line: RawLine;

  beforeEach(async () => {
    line = await new RawLine().open();
  });

  afterEach(() => line.close());

  it('answers reset, status and SAM id', async () => {
    expect(await line.ask('aaaaaa9669000310ffec', 11)).toBe('aaaaaa9669000400009094');
    expect(await line.ask('aaaaaa9669000311ffed', 11)).toBe('aaaaaa9669000400009094');
    const id = await line.ask('aaaaaa9669000312ffee', 27);
    // 05.01-20110253-0000123456-123456789: two 16-bit and three 32-bit numbers, little-endian
    expect(id).toMatch(/^aaaaaa9669001400009005000100addb320140e2010015cd5b07..$/);
  });

  it('finds nothing, then a card, selects it, and reads 1295 bytes', async () => {
    expect(await line.ask(FIND, 11)).toBe('aaaaaa9669000400008084');
    line.tell({ do: 'insertCard', persona: 'elder' });
    expect(await line.ask(FIND, 15)).toBe('aaaaaa9669000800009f0000000097');
    expect(await line.ask(SELECT, 19)).toBe('aaaaaa9669000c00009000000000000000009c');
    const answer = await line.ask(READ, 1_295);
    expect(answer).toHaveLength(2 * 1_295);
    expect(answer.slice(0, 28)).toBe('aaaaaa9669050800009001000400');
    // 龚大福 in UTF-16LE
    expect(answer.slice(28, 40)).toBe('9a9f27598f79');
    expect(line.simulator.state()).toMatchObject({ card: 'elder', reads: 1 });
  });

  it('reads once per laying-down, and gives fingerprint lengths and newest address when asked', async () => {
    line.tell({ do: 'insertCard', persona: 'proxy' });
    await line.ask(FIND, 15);
    await line.ask(SELECT, 19);
    const answer = await line.ask(READ_WITH_FINGERPRINTS, 1_297);
    expect(answer.slice(0, 32)).toBe('aaaaaa9669050a000090010004000000');
    const address = await line.ask(NEWEST_ADDRESS, 81);
    expect(address.slice(0, 20)).toBe('aaaaaa9669004a000090');
    expect(await line.ask(FIND, 11)).toBe('aaaaaa9669000400008084');
    line.tell({ do: 'insertCard', persona: 'elder' });
    await line.ask(FIND, 15);
    await line.ask(SELECT, 19);
    await line.ask(READ, 1_295);
    expect(await line.ask(NEWEST_ADDRESS, 11)).toBe('aaaaaa9669000400009195');
  });

  it('says what was wrong: checksum 10, length 11, command 21, select without find 81, read without select 41', async () => {
    expect(await line.ask('aaaaaa96690003200123', 11)).toBe('aaaaaa9669000400001014');
    expect(await line.ask('aaaaaa9669000420010025', 11)).toBe('aaaaaa9669000400001115');
    expect(await line.ask('aaaaaa9669000399019b', 11)).toBe('aaaaaa9669000400002125');
    line.tell({ do: 'insertCard', persona: 'elder' });
    expect(await line.ask(SELECT, 11)).toBe('aaaaaa9669000400008185');
    expect(await line.ask(READ, 11)).toBe('aaaaaa9669000400004145');
  });

  it('fails the next reads when told so', async () => {
    line.tell({ do: 'failNext' });
    line.tell({ do: 'insertCard', persona: 'elder' });
    await line.ask(FIND, 15);
    await line.ask(SELECT, 19);
    expect(await line.ask(READ, 11)).toBe('aaaaaa9669000400004145');
    expect(await line.ask(READ, 1_295)).toHaveLength(2_590);
  });

  it('answers 41 when the card is pulled in the middle of a read', async () => {
    line.tell({ do: 'insertCard', persona: 'elder' });
    await line.ask(FIND, 15);
    await line.ask(SELECT, 19);
    line.tell({ do: 'setReadTime', ms: 600_000 });
    const answer = line.ask(READ, 11);
    await new Promise((resolve) => setTimeout(resolve, 30));
    line.tell({ do: 'removeCard' });
    expect(await answer).toBe('aaaaaa9669000400004145');
  });

  it('says no more once it is mute, not even what was asked before', async () => {
    line.tell({ do: 'insertCard', persona: 'elder' });
    await line.ask(FIND, 15);
    await line.ask(SELECT, 19);
    line.tell({ do: 'setReadTime', ms: 600_000 });
    line.got = Buffer.alloc(0);
    line.socket?.write(Buffer.from(READ, 'hex'));
    await new Promise((resolve) => setTimeout(resolve, 30));
    line.tell({ do: 'setMute', mute: true });
    line.tell({ do: 'setReadTime', ms: 0 });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(line.got).toHaveLength(0);
  });

  it('sends noise as it is, hangs up, and refuses to be called for a while', async () => {
    line.tell({ do: 'noise', hex: 'de ad' });
    await until(
      () => line.got.length === 2,
      () => 'noise',
    );
    expect(line.got.toString('hex')).toBe('dead');
    line.tell({ do: 'dropLine', forMs: 100_000 });
    await until(
      () => line.closed,
      () => 'the end of the line',
    );
    expect(line.simulator.state()).toMatchObject({ refusing: true, connections: 0 });
  });

  it('refuses what it cannot do, with words', () => {
    for (const command of [
      { do: 'insertCard', persona: 'nobody' },
      { do: 'insertRawCard', textHex: '00' },
      { do: 'insertRawCard', textHex: 'zz' },
      { do: 'insertRawCard', textHex: '00'.repeat(256), photoHex: '00' },
      { do: 'noise', hex: 'a' },
      { do: 'setCover', open: true },
    ] as const) {
      expect(line.simulator.command(command)).toMatchObject({ ok: false });
    }
    line.tell({ do: 'insertRawCard', textHex: '20 00'.repeat(128) });
    expect(line.simulator.state()).toMatchObject({ card: 'raw' });
  });
});

describe('the SDT simulator on a paced line', () => {
  it('takes no less than the time of a serial port for a whole card', async () => {
    const line = await new RawLine({ pacedBaud: 115_200 }).open();
    line.tell({ do: 'insertCard', persona: 'elder' });
    await line.ask(FIND, 15);
    await line.ask(SELECT, 19);
    const before = performance.now();
    await line.ask(READ, 1_295);
    // 1295 bytes of ten bits at 115200 baud: 112 ms. Timers may round down by a millisecond each.
    expect(performance.now() - before).toBeGreaterThan(85);
    await line.close();
  });
});
