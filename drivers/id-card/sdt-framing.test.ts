import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hidBytesTransport } from '../transport/hid-bytes.ts';
import { SimulatedUsbDevice } from '../transport/simulator/usb-device.ts';
import { systemClock } from '../transport/system-clock.ts';
import type { ByteLine, Transport } from '../transport/transport.ts';
import type { UsbEndpointInfo } from '../transport/usb-library.ts';
import { SDT, type SdtCommand } from './sdt-commands.ts';
import { SdtFrameParser, encodeFrame } from './sdt-frame.ts';
import { SdtLink, type SdtExchange } from './sdt-link.ts';
import { cardOf } from './sdt-test-support.ts';
import { sdtUsbTransport } from './sdt-usb.ts';
import { simulatedHidReader } from './simulator/sdt-hid-device.ts';
import { SimulatedSam } from './simulator/sam.ts';
import { SdtSimulator } from './simulator/sdt-simulator.ts';
import { simulatedUsbReader } from './simulator/sdt-usb-device.ts';

const IDS = { vendorId: 0x0400, productId: 0xc35a };

async function withLink<T>(
  transport: Transport,
  use: (link: SdtLink, line: ByteLine) => Promise<T>,
): Promise<T> {
  const connected = await transport.connect({ deadlineMs: 10_000 });
  if (!connected.ok) throw new Error(JSON.stringify(connected.error));
  const over = new AbortController();
  connected.value.onClose(() => over.abort());
  try {
    const link = new SdtLink(connected.value, systemClock, over.signal, 100);
    return await use(link, connected.value);
  } finally {
    await connected.value.close();
  }
}

/** Reads a card, and gives the answers in hex. */
async function readCard(link: SdtLink): Promise<readonly string[]> {
  const answers: string[] = [];
  for (const command of [SDT.samId, SDT.find, SDT.select, SDT.readTextAndPhoto]) {
    const answer = await link.exchange(command, 10_000);
    answers.push(answer.type === 'good' ? Buffer.from(answer.data).toString('hex') : answer.type);
  }
  return answers;
}

function readerWithCard(): SdtSimulator {
  const simulator = new SdtSimulator();
  expect(simulator.command({ do: 'insertCard', persona: 'elder' }).ok).toBe(true);
  return simulator;
}

/** What the module itself says, without a line. */
function expected(): readonly string[] {
  const sam = new SimulatedSam({ refindsLyingCard: false, status: 0x90 });
  sam.insert(cardOf('elder'));
  return [SDT.samId, SDT.find, SDT.select, SDT.readTextAndPhoto].map(({ frame }) =>
    Buffer.from(sam.begin(frame.subarray(7, 9)).finish().subarray(3)).toString('hex'),
  );
}

describe('SDT in HID reports', () => {
  it('is read whole whatever fills the reports up, also without the first bytes of the preamble', async () => {
    const right = expected();
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 255 }),
        fc.constantFrom(0, 1, 2),
        async (padding, lostPreamble) => {
          const library = simulatedHidReader(readerWithCard(), { padding, lostPreamble });
          const transport = hidBytesTransport({
            ...IDS,
            usagePage: 'vendor',
            load: () => Promise.resolve(library),
          });
          expect(await withLink(transport, readCard)).toEqual(right);
        },
      ),
      // What looks like the beginning of a preamble fills up worst.
      { numRuns: 12, examples: [[0xaa, 2]] },
    );
  });
});

describe('SDT over USB', () => {
  it.each(['onePair', 'split', 'splitElsewhere'] as const)('is read whole: %s', async (form) => {
    const library = simulatedUsbReader(readerWithCard(), form);
    const transport = sdtUsbTransport({ ...IDS, load: () => Promise.resolve(library) });
    expect(await withLink(transport, readCard)).toEqual(expected());
  });

  const end = (direction: 'in' | 'out', endpointNumber: number): UsbEndpointInfo => ({
    endpointNumber,
    direction,
    type: 'bulk',
    packetSize: 64,
  });

  it('gets in step again, and gives no wrong answer, whatever else comes by either way in', async () => {
    const scrap = fc.record({
      endpoint: fc.constantFrom(1, 5),
      bytes: fc.oneof(
        fc.uint8Array({ maxLength: 70 }),
        fc
          .constantFrom('aaaaaa96690508', 'aaaaaa9669', 'aa', '96690004', 'aaaaaa96690004')
          .map((hex) => Uint8Array.from(Buffer.from(hex, 'hex'))),
      ),
      before: fc.boolean(),
    });
    const right = expected();
    await fc.assert(
      fc.asyncProperty(fc.array(scrap, { maxLength: 4 }), async (scraps) => {
        const sam = new SimulatedSam({ refindsLyingCard: true, status: 0x90 });
        sam.insert(cardOf('elder'));
        const left = [...scraps];
        const device = new SimulatedUsbDevice({
          ...IDS,
          interfaceClass: 255,
          endpoints: [end('out', 2), end('out', 6), end('in', 1), end('in', 5)],
          onOpen: (host) => {
            const parser = new SdtFrameParser(3);
            return {
              closed: () => undefined,
              received: (_, bytes) => {
                for (const frame of parser.push(bytes)) {
                  if (frame.type !== 'frame') continue;
                  const next = left.shift();
                  if (next?.before === true) host.send(next.endpoint, next.bytes);
                  const answer = encodeFrame(sam.begin(frame.body).finish());
                  host.send(1, answer.subarray(0, 7));
                  host.send(5, answer.subarray(7));
                  if (next?.before === false) host.send(next.endpoint, next.bytes);
                }
              },
            };
          },
        });
        const transport = sdtUsbTransport({
          ...IDS,
          readTurnMs: 10,
          load: () => Promise.resolve({ getDevices: () => Promise.resolve([device]) }),
        });
        await withLink(transport, async (link) => {
          const ask = async (command: SdtCommand): Promise<SdtExchange> => {
            for (let times = 0; times < 12; times++) {
              await link.quiet(10, 1_000);
              const answer = await link.exchange(command, left.length > 0 ? 150 : 1_000);
              if (answer.type === 'good') return answer;
            }
            throw new Error(`never in step again: ${command.name}`);
          };
          for (const [i, command] of [SDT.samId, SDT.find].entries()) {
            const answer = await ask(command);
            const data = answer.type === 'good' ? Buffer.from(answer.data).toString('hex') : '';
            expect(data).toBe(right[i]);
          }
        });
      }),
      { numRuns: Number(process.env['FUZZ_RUNS'] ?? 4) },
    );
  }, 60_000);
});
