// Test support: what every driver of a code scanner must do, whatever its protocol. Not part of the product.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeviceState, DeviceStatus } from '../../domain/device/status.ts';
import type { CodeScanner, CodeScannerEvent } from './contract.ts';
import { MAX_CODE_BYTES } from './contract.ts';
import type { CodeScannerCommand, CodeScannerSimulator } from './simulator/commands.ts';

/** A scanner that is not open yet, and the simulator at the other end of its line, already listening. */
export interface ScannerAndSimulator {
  readonly scanner: CodeScanner;
  readonly simulator: CodeScannerSimulator;
  /** Ends every wait for a pause or for a duplicate: `SteeredClock.elapse`. */
  readonly elapse: () => void;
  /** The state of a scanner that has read nothing yet since its line came up. */
  readonly atFirst: 'online' | 'unknown';
  /** Closes the line between them; scanner and simulator are closed by the suite. */
  readonly dispose?: () => Promise<void>;
}

const PATIENCE_MS = 15_000;

/** Waits until something holds; fails with `what` after a generous while. */
export async function until(holds: () => boolean, what: () => string): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`waited in vain for ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A scanner with all it said, in order. */
class Watched {
  readonly events: CodeScannerEvent[] = [];
  readonly statuses: DeviceStatus[] = [];
  readonly scanner: CodeScanner;
  readonly simulator: CodeScannerSimulator;
  readonly made: ScannerAndSimulator;

  constructor(made: ScannerAndSimulator) {
    this.made = made;
    this.scanner = made.scanner;
    this.simulator = made.simulator;
    made.scanner.onEvent((event) => this.events.push(event));
    made.scanner.onStatus((status) => this.statuses.push(status));
  }

  /** Texts and fault codes in the order in which they were told. */
  get story(): readonly string[] {
    return this.events.map((event) => (event.type === 'code' ? event.text : event.fault.code));
  }

  get texts(): readonly string[] {
    return this.events.flatMap((event) => (event.type === 'code' ? [event.text] : []));
  }

  command(command: CodeScannerCommand): void {
    expect(this.simulator.command(command)).toEqual({ ok: true, value: undefined });
  }

  scan(text: string, more: object = {}): void {
    this.command({ do: 'scan', text, ...more });
  }

  state(state: DeviceState): Promise<void> {
    return until(
      () => this.scanner.status.state === state,
      () => `state ${state}, it is ${JSON.stringify(this.scanner.status)}`,
    );
  }

  told(count: number): Promise<void> {
    return until(
      () => this.events.length >= count,
      () => `${count} events: ${this.story.join(', ').slice(0, 500)}`,
    );
  }

  /** Lets pauses go by until so much was told. */
  toldAfterPause(count: number): Promise<void> {
    return until(
      () => {
        this.made.elapse();
        return this.events.length >= count;
      },
      () => `${count} events after a pause: ${this.story.join(', ')}`,
    );
  }

  /** Holds a code before the scanner until it is told, as a person does whose scanner has just come back. */
  async scanUntilTold(text: string): Promise<void> {
    let patience = 0;
    await until(
      () => {
        // Not more often: a new line must be quiet for a while.
        if (patience <= 0) this.scan(text);
        patience = patience <= 0 ? 50 : patience - 1;
        return this.texts.includes(text);
      },
      () => `${text}: ${this.story.join(', ')}, ${JSON.stringify(this.scanner.status)}`,
    );
  }

  /** Its line is up and quiet: what comes now is read. */
  ready(): Promise<void> {
    const { atFirst } = this.made;
    return until(
      () => this.scanner.status.state === atFirst && this.scanner.status.fault === undefined,
      () => `${atFirst}, it is ${JSON.stringify(this.scanner.status)}`,
    );
  }

  async opened(): Promise<this> {
    await this.scanner.open();
    await this.ready();
    return this;
  }
}

const TEXTS = [
  '6901234567892',
  'https://example.invalid/r?v=1&n=50019900100126112300017',
  '50019900100126112300017|铜梁区示例街道办事处|申请材料 3 份',
  '欧阳\u{30EDD}、\u{2CC56}玲、𠮷',
  ' 前后有空格 ',
  'a',
];

/** Describes what a driver promises, against its simulator on a real line. */
export function describeCodeScanner(name: string, make: () => Promise<ScannerAndSimulator>): void {
  describe(`a code scanner: ${name}`, () => {
    let watched: Watched;

    beforeEach(async () => {
      watched = new Watched(await make());
    });

    afterEach(async () => {
      await watched.scanner.close();
      await watched.simulator.close();
      await watched.made.dispose?.();
      const said = watched.statuses.map((status) => JSON.stringify(status));
      const repeated = said.filter((status, i) => status === said[i - 1]);
      expect(repeated, 'the same status twice in a row').toEqual([]);
    });

    it('is starting until its line is up, then known or not, and offline when closed', async () => {
      const { atFirst } = watched.made;
      expect(watched.scanner.status).toEqual({ state: 'starting' });
      await watched.opened();
      await watched.scanner.close();
      expect(watched.statuses).toEqual([{ state: atFirst }, { state: 'offline' }]);
    });

    it('is online from its first code on', async () => {
      await watched.opened();
      watched.scan('a');
      await watched.told(1);
      expect(watched.scanner.status).toEqual({ state: 'online' });
    });

    it('tells every text exactly, in either encoding, in pieces of any size', async () => {
      await watched.opened();
      const expected: string[] = [];
      for (const encoding of ['utf-8', 'gb18030'] as const) {
        for (const pieceBytes of [1, 7, 64, 10_000]) {
          for (const text of TEXTS) {
            watched.scan(text, { encoding, pieceBytes });
            expected.push(text);
          }
        }
      }
      await watched.told(expected.length);
      expect(watched.story).toEqual(expected);
      for (const event of watched.events) {
        if (event.type !== 'code') continue;
        expect(new TextDecoder(event.encoding).decode(event.bytes)).toBe(event.text);
      }
    });

    it('tells the longest code, and throws away one that is longer', async () => {
      await watched.opened();
      watched.scan('a'.repeat(MAX_CODE_BYTES + 1));
      watched.scan('b'.repeat(MAX_CODE_BYTES));
      watched.scan('c'.repeat(3 * MAX_CODE_BYTES));
      watched.scan('d');
      await watched.told(4);
      const longest = 'b'.repeat(MAX_CODE_BYTES);
      expect(watched.story).toEqual([
        'codeScanner.unreadable',
        longest,
        'codeScanner.unreadable',
        'd',
      ]);
    });

    it('tells a code that is held before it once, and again after a while', async () => {
      await watched.opened();
      for (const text of ['一', '一', '一', '二', '一']) watched.scan(text);
      await watched.told(3);
      expect(watched.story).toEqual(['一', '二', '一']);
      watched.made.elapse();
      watched.scan('一');
      await watched.told(4);
      expect(watched.story).toEqual(['一', '二', '一', '一']);
    });

    it('throws a code without an end away after a pause, and no part of it reaches the next', async () => {
      await watched.opened();
      watched.command({ do: 'scanRaw', hex: Buffer.from('HALF').toString('hex'), ended: false });
      await watched.toldAfterPause(1);
      watched.scan('whole');
      await watched.told(2);
      expect(watched.story).toEqual(['codeScanner.unreadable', 'whole']);
    });

    it('says so when what came is no text, and tells the next code', async () => {
      await watched.opened();
      for (const hex of ['41ff42', '00', '414200', '80', 'c3', '1b5b41']) {
        watched.command({ do: 'scanRaw', hex });
        watched.scan(`after ${hex}`);
      }
      await watched.told(12);
      expect(watched.texts).toHaveLength(6);
      expect(watched.story.filter((said) => said === 'codeScanner.unreadable')).toHaveLength(6);
      expect(JSON.stringify(watched.events.filter((event) => event.type === 'failed'))).not.toMatch(
        /41ff42|\[A/,
      );
    });

    it('never tells a wrong code when noise comes before one', async () => {
      await watched.opened();
      const expected = ['first', '第二'];
      for (const hex of ['00ff', 'ff', '0000000000']) {
        watched.command({ do: 'noise', hex });
        watched.scan('first');
        watched.scan('第二', { encoding: 'gb18030' });
      }
      watched.scan('last');
      await until(
        () => watched.texts.includes('last'),
        () => `the last code: ${watched.story.join(', ')}`,
      );
      expect(watched.texts.filter((text) => text === '第二')).toHaveLength(3);
      expect(watched.texts.filter((text) => ![...expected, 'last'].includes(text))).toEqual([]);
    });

    it('is offline while the line is down, and reads again by itself', async () => {
      await watched.opened();
      watched.command({ do: 'dropLine', forMs: 600_000 });
      await watched.state('offline');
      expect(watched.scanner.status.fault?.code).toBe('device.offline');
      watched.command({ do: 'dropLine' });
      await watched.ready();
      await watched.scanUntilTold('again');
      expect(watched.story).toEqual(['again']);
    });

    it('keeps nothing of a code during which the line broke', async () => {
      await watched.opened();
      watched.command({ do: 'dropLine', afterBytes: 70, forMs: 600_000 });
      watched.scan('torn'.repeat(100), { pieceBytes: 10 });
      await watched.state('offline');
      watched.command({ do: 'dropLine' });
      await watched.ready();
      await watched.scanUntilTold('whole');
      expect(watched.texts).toEqual(['whole']);
    });

    it('says nothing more when it is closed, and reads when it is opened again', async () => {
      await watched.opened();
      watched.command({ do: 'scanRaw', hex: '41', ended: false });
      await watched.scanner.close();
      watched.scan('to nobody');
      await watched.opened();
      await watched.scanUntilTold('to somebody');
      expect(watched.story).toEqual(['to somebody']);
    });
  });
}

/** Describes the trigger of a driver that has one. */
export function describeTrigger(name: string, make: () => Promise<ScannerAndSimulator>): void {
  describe(`the trigger of a code scanner: ${name}`, () => {
    let watched: Watched;

    beforeEach(async () => {
      watched = new Watched(await make());
    });

    afterEach(async () => {
      await watched.scanner.close();
      await watched.simulator.close();
      await watched.made.dispose?.();
    });

    const lit = (triggered: boolean): Promise<void> =>
      until(
        () => watched.simulator.state().triggered === triggered,
        () => `triggered ${triggered}`,
      );

    it('gives the next code, also one that was just told', async () => {
      await watched.opened();
      watched.scan('码');
      await watched.told(1);
      const reading = watched.scanner.trigger?.({ deadlineMs: 15_000 });
      await lit(true);
      watched.scan('码');
      expect(await reading).toMatchObject({ ok: true, value: { text: '码' } });
      expect(watched.story).toEqual(['码', '码']);
    });

    it('refuses a second one, and ends by its deadline, by its signal, by the loss of the line', async () => {
      const refused = await watched.scanner.trigger?.({ deadlineMs: 15_000 });
      expect(refused).toMatchObject({ ok: false, error: { code: 'device.offline' } });
      await watched.opened();
      const late = await watched.scanner.trigger?.({ deadlineMs: 50 });
      expect(late).toMatchObject({ ok: false, error: { code: 'codeScanner.notRead' } });
      await lit(false);
      const aborter = new AbortController();
      const first = watched.scanner.trigger?.({ deadlineMs: 15_000, signal: aborter.signal });
      const second = await watched.scanner.trigger?.({ deadlineMs: 15_000 });
      expect(second).toMatchObject({ ok: false, error: { code: 'device.busy' } });
      await lit(true);
      aborter.abort();
      expect(await first).toMatchObject({ ok: false, error: { code: 'device.cancelled' } });
      await lit(false);
      const third = watched.scanner.trigger?.({ deadlineMs: 15_000 });
      await lit(true);
      watched.command({ do: 'dropLine' });
      expect(await third).toMatchObject({ ok: false, error: { code: 'device.offline' } });
    });

    it('ends as failed when what was read is no text', async () => {
      await watched.opened();
      const reading = watched.scanner.trigger?.({ deadlineMs: 15_000 });
      await lit(true);
      watched.command({ do: 'scanRaw', hex: 'ff' });
      expect(await reading).toMatchObject({ ok: false, error: { code: 'codeScanner.unreadable' } });
    });
  });
}
