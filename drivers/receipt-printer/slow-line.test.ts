import { afterEach, describe, expect, it } from 'vitest';
import { fault } from '../../domain/device/fault-catalogue.ts';
import { err, ok } from '../../domain/result.ts';
import { createBitmap, fillRect } from '../glyph/bitmap.ts';
import { systemClock } from '../transport/system-clock.ts';
import { tcpTransport } from '../transport/tcp.ts';
import type { ByteLine, Transport } from '../transport/transport.ts';
import { receipt, until } from './conformance.ts';
import { EscPosPrinter } from './escpos-printer.ts';
import { keptAs, keyOf, storePicture } from './picture-memory.ts';
import type { PrinterProfile } from './profile.ts';
import { PROFILES } from './profile.ts';
import { EscPosSimulator } from './simulator/escpos-simulator.ts';

const { generic80, generic58RasterQr } = PROFILES;
const GENEROUS = { deadlineMs: 60_000 };
/** What a slow line takes in the time that it gives to one write. */
const MOST = 1_100;

const picture = createBitmap(96, 240);
fillRect(picture, { x: 8, y: 8, width: 20, height: 224 });

/** A line that ends at a write which is too long for it; what goes over it is kept. */
class SlowLine {
  readonly sent: Uint8Array[] = [];
  /** It ends at the next write that has this in it. */
  tearsAt: string | undefined;
  readonly transport: Transport;

  constructor(far: Transport) {
    this.transport = {
      address: far.address,
      connect: async (options) => {
        const connected = await far.connect(options);
        return connected.ok ? ok(this.#over(connected.value)) : connected;
      },
    };
  }

  #over(line: ByteLine): ByteLine {
    return {
      onData: (listener) => line.onData(listener),
      onClose: (listener) => line.onClose(listener),
      close: () => line.close(),
      write: async (bytes) => {
        if (bytes.length > MOST) {
          await line.close();
          return err(fault('device.timeout', { detail: 'write' }));
        }
        const tearsAt = this.tearsAt;
        if (tearsAt !== undefined && Buffer.from(bytes).includes(tearsAt)) {
          this.tearsAt = undefined;
          const half = await line.write(bytes.subarray(0, bytes.length / 2));
          await line.close();
          return half.ok ? err(fault('device.offline')) : half;
        }
        this.sent.push(bytes);
        const written = await line.write(bytes);
        // while it goes, others have time to want something
        if (bytes.length > 100) await new Promise((resolve) => setTimeout(resolve, 30));
        return written;
      },
    };
  }

  /** So many bytes went in writes of nothing but zeros. */
  get zeros(): number {
    const only = this.sent.filter((bytes) => bytes.length > 1 && bytes.every((byte) => byte === 0));
    return only.reduce((sum, { length }) => sum + length, 0);
  }
}

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function open(profile: PrinterProfile): Promise<{
  readonly printer: EscPosPrinter;
  readonly simulator: EscPosSimulator;
  readonly slow: SlowLine;
}> {
  const simulator = new EscPosSimulator({ profile });
  const port = await simulator.listen(0);
  const slow = new SlowLine(tcpTransport({ host: '127.0.0.1', port }));
  const printer = new EscPosPrinter({
    ...{ transport: slow.transport, clock: systemClock, profile: { ...profile, tellsName: false } },
    ...{ pollMs: 5, patienceMs: 5_000, quietMs: 200 },
  });
  opened.push(printer, simulator);
  await printer.open();
  await online(printer);
  return { printer, simulator, slow };
}

function online(printer: EscPosPrinter): Promise<void> {
  return until(
    () => printer.status.state === 'online',
    () => `online, it is ${JSON.stringify(printer.status)}`,
  );
}

describe('a logo on a line that is slow', () => {
  it.each([
    ['by its name', generic80, 'graphics'],
    ['by its number', { ...generic58RasterQr, cut: generic80.cut }, 'fsq'],
  ] as const)('goes in pieces, and nothing else goes amid them: %s', async (_, profile, memory) => {
    const { printer, slow } = await open(profile);
    const key = keyOf(picture);
    expect(await printer.storeLogo(picture, GENEROUS)).toEqual({ ok: true, value: key });
    const whole = Buffer.from(storePicture(keptAs(memory, key), picture));
    expect(Buffer.concat(slow.sent).includes(whole)).toBe(true);
  });

  it('that tore is made good in pieces before the next receipt, and what tears later by no more than it needs', async () => {
    const { printer, simulator, slow } = await open(generic80);
    slow.sent.length = 0;
    expect(simulator.command({ do: 'dropLine', afterBytes: 1_500 }).ok).toBe(true);
    expect(await printer.storeLogo(picture, GENEROUS)).toMatchObject({ ok: false });
    expect(await printer.print(receipt('0001'), GENEROUS)).toEqual({ outcome: 'printed' });
    const text = new TextDecoder().decode((await simulator.artifact('last.txt'))?.bytes);
    expect(text).toContain('完 0001');
    expect(slow.zeros).toBeGreaterThanOrEqual(2 * 1_024);
    slow.sent.length = 0;
    slow.tearsAt = '0002';
    expect(await printer.print(receipt('0002'), GENEROUS)).toMatchObject({ outcome: 'unknown' });
    expect(await printer.print(receipt('0003'), GENEROUS)).toEqual({ outcome: 'printed' });
    expect(slow.zeros).toBeLessThan(2 * 1_024);
  });
});
