import { fault } from '../../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../../domain/device/fault.ts';
import type { DeviceClass, DeviceStatus } from '../../../domain/device/status.ts';
import { maskName } from '../../../domain/identity/names.ts';
import { displayForm } from '../../../domain/identity/private-use.ts';
import type { CardReadout } from '../../../drivers/id-card/contract.ts';
import { chinaMinute } from '../china-day.ts';
import type { CoreDevice, Devices } from '../devices/contract.ts';
import type { Clock } from '../ports.ts';
import { testSlip } from '../service/test-slip.ts';
import { Channel } from './admin-socket-channel.ts';
import { jpegSize } from './admin-socket-jpeg-size.ts';
import { deviceFault, type DeviceTestEvent } from './admin-socket-shapes.ts';

/** What a test works on. */
export interface DeviceTestParts {
  readonly clock: Clock;
  readonly devices: Devices;
  readonly terminalId: () => string;
  /** How long a card is waited for. */
  readonly seconds: number;
}

type Ended = Extract<DeviceTestEvent, { type: 'ended' }>;

/** A driver that has just begun may take so long to know how its device is. */
const SETTLE_MS = 10_000;
const PRINT_DEADLINE_MS = 30_000;
const SCAN_DEADLINE_MS = 90_000;
/** States in which a device cannot do anything. */
const UNUSABLE: readonly string[] = ['offline', 'powerOff', 'noDevice', 'hardwareError', 'unknown'];

function failed(why: Fault): Ended {
  return { type: 'ended', result: 'failed', fault: deviceFault(why) };
}

/**
 * A harmless test of one device: reads a card and keeps nothing of it, prints a slip that says what it is, scans one
 * page and throws it away. Ends with `ended`, or without it when the signal aborts. Never throws.
 */
export function testDevice(
  device: DeviceClass,
  parts: DeviceTestParts,
  signal: AbortSignal,
): AsyncIterable<DeviceTestEvent> {
  const told = new Channel<DeviceTestEvent>(signal);
  const run = { idCard: readCard, receiptPrinter: printSlip, documentScanner: scanPage }[device];
  run(parts, signal, (event) => told.push(event)).then(
    (ended) => {
      told.push(ended);
      told.end();
    },
    () => {
      told.push(failed(fault('device.protocol', { detail: 'the test ended with a bug' })));
      told.end();
    },
  );
  return told;
}

type Tell = (event: DeviceTestEvent) => void;

function nameless({ data, doubts, photo }: CardReadout): NonNullable<Ended['card']> {
  // nothing here needs the photo
  photo.fill(0);
  const name = data.name === '' ? (data.latinName ?? '') : data.name;
  return { kind: data.kind, maskedName: maskName(displayForm(name)), doubts: doubts.length };
}

async function readCard(parts: DeviceTestParts, signal: AbortSignal, tell: Tell): Promise<Ended> {
  const { clock, devices, seconds } = parts;
  const reader = devices.idCard;
  const status = await settled(reader, clock, signal);
  if (UNUSABLE.includes(status.state)) return failed(status.fault ?? fault('device.offline'));
  return new Promise((resolve) => {
    const end = (ended: Ended): void => {
      cancel();
      for (const stop of unsubscribe) stop();
      signal.removeEventListener('abort', abort);
      resolve(ended);
    };
    const abort = (): void => end(failed(fault('device.cancelled')));
    const nobody: Ended = { type: 'ended', result: 'failed', noCard: true };
    const cancel = clock.after(seconds * 1_000, () => end(nobody));
    const unsubscribe = [
      reader.onEvent((event) => {
        if (event.type === 'reading') tell({ type: 'reading' });
        if (event.type === 'failed') end(failed(event.fault));
        if (event.type !== 'card') return;
        end({ type: 'ended', result: 'passed', card: nameless(event.readout) });
      }),
      reader.onStatus(({ state, fault: why }) => {
        if (UNUSABLE.includes(state)) end(failed(why ?? fault('device.offline')));
      }),
    ];
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    else tell({ type: 'layCard', seconds });
  });
}

async function printSlip(parts: DeviceTestParts, signal: AbortSignal, tell: Tell): Promise<Ended> {
  const { clock, devices, terminalId } = parts;
  const printer = devices.receiptPrinter;
  // a printer that never answers stays unknown and prints all the same
  await settled(printer, clock, signal);
  tell({ type: 'printing' });
  const slip = testSlip(terminalId(), chinaMinute(clock.wall()));
  const printed = await printer.print(slip, { deadlineMs: PRINT_DEADLINE_MS, signal });
  if (printed.outcome === 'failed') return failed(printed.fault);
  const doubt = printed.outcome === 'unknown' ? { fault: deviceFault(printed.fault) } : {};
  return { type: 'ended', result: 'ask', ...doubt };
}

async function scanPage(parts: DeviceTestParts, signal: AbortSignal, tell: Tell): Promise<Ended> {
  const { clock, devices } = parts;
  const scanner = devices.documentScanner;
  const status = await settled(scanner, clock, signal);
  if (UNUSABLE.includes(status.state)) return failed(status.fault ?? fault('device.offline'));
  const source = scanner.sources[0] ?? 'flatbed';
  tell({ type: 'scanning', source });
  let page: Ended['page'];
  const result = await scanner.scan(
    { source, resolutionDpi: 150, colour: 'grey', maxPages: 1 },
    ({ bytes }) => {
      page = { bytes: bytes.length, ...jpegSize(bytes) };
      bytes.fill(0);
    },
    { deadlineMs: SCAN_DEADLINE_MS, signal },
  );
  if (!result.ok) return failed(result.error);
  if (page === undefined) return failed(fault('scanner.noPaper'));
  return { type: 'ended', result: 'passed', page };
}

/** The status of a device, once its driver has made up its mind. */
async function settled(
  device: CoreDevice,
  clock: Clock,
  signal: AbortSignal,
): Promise<DeviceStatus> {
  const isOpen = (): boolean => ['starting', 'unknown'].includes(device.status.state);
  if (!isOpen() || signal.aborted) return device.status;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      cancel();
      unsubscribe();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(SETTLE_MS, done);
    const unsubscribe = device.onStatus(() => {
      if (!isOpen()) done();
    });
    signal.addEventListener('abort', done, { once: true });
  });
  return device.status;
}
