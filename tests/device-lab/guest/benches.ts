// What stands on the bench: simulators inside of devices that the kernel enumerates, and our drivers before them.
import { createHidScanner } from '../../../drivers/code-scanner/hid-scanner.ts';
import { HID_POS_SCANNER } from '../../../drivers/code-scanner/hid-report.ts';
import { createSerialScanner } from '../../../drivers/code-scanner/serial-scanner.ts';
import { SerialScannerSimulator } from '../../../drivers/code-scanner/simulator/serial-scanner-simulator.ts';
import { listSerialPorts } from '../../../drivers/detection/serial-ports.ts';
import { createSdtReader } from '../../../drivers/id-card/sdt-reader.ts';
import { SdtSimulator } from '../../../drivers/id-card/simulator/sdt-simulator.ts';
import type { SdtSimulatorOptions } from '../../../drivers/id-card/simulator/sdt-simulator.ts';
import { hidTransport } from '../../../drivers/transport/hid.ts';
import { serialTransport } from '../../../drivers/transport/serial.ts';
import { systemClock } from '../../../drivers/transport/system-clock.ts';
import type { Transport } from '../../../drivers/transport/transport.ts';
import { acmDevice } from '../gadgets/acm.ts';
import { SimulatorInDevice } from '../gadgets/cable.ts';
import type { Packing, Pluggable } from '../gadgets/cable.ts';
import { usbIds } from '../gadgets/usb-gadget.ts';
import type { UsbIdentity } from '../gadgets/usb-gadget.ts';
import { eventually } from '../patience.ts';
import type { Trial } from './lab.ts';
import { WatchedReader, WatchedScanner } from './watched.ts';

/** The emulated machine is slow, and a lost line is to be told soon: everything else as in the field. */
const OFFLINE_AFTER_MS = 500;

/** The port that the system has for a serial device. */
export function serialPathOf(identity: UsbIdentity): Promise<string> {
  const ids = usbIds(identity);
  return eventually(async () => {
    const listed = await listSerialPorts();
    if (!listed.ok) throw new Error(listed.error.detail);
    return listed.value.find(({ usb }) => usb === ids)?.path;
  }, `a serial port of ${ids}`);
}

/** A line to a serial port, as a terminal is set up with it. */
export function serialLine(path: string): Transport {
  return serialTransport({ path, baudRate: 115_200, watchMs: 100 });
}

/** A simulator in a device, plugged in. */
export interface OnBench<S> {
  readonly simulator: S;
  readonly inside: SimulatorInDevice;
  readonly port: number;
}

/** Plugs a device in that has a simulator inside. */
export async function plugged<
  S extends { listen(port: number): Promise<number>; close(): Promise<void> },
>(
  trial: Trial,
  simulator: S,
  make: () => Promise<Pluggable>,
  packing?: () => Packing,
): Promise<OnBench<S>> {
  const listening = await simulator.listen(0);
  trial.atEnd(() => simulator.close());
  const inside = new SimulatorInDevice(await make(), listening, packing);
  trial.atEnd(() => inside.remove());
  const port = trial.port();
  await inside.plug(port);
  return { simulator, inside, port };
}

/** A code scanner that is a serial port. */
export function scannerOnAcm(
  trial: Trial,
  identity: UsbIdentity,
): Promise<OnBench<SerialScannerSimulator>> {
  return plugged(trial, new SerialScannerSimulator(), () => acmDevice(trial.name('qr'), identity));
}

/** A card reader that is a serial port. */
export function readerOnAcm(
  trial: Trial,
  identity: UsbIdentity,
  options: SdtSimulatorOptions = {},
): Promise<OnBench<SdtSimulator>> {
  return plugged(trial, new SdtSimulator(options), () => acmDevice(trial.name('sdt'), identity));
}

/** Our driver of serial scanners, open and watched. */
export async function serialScanner(trial: Trial, transport: Transport): Promise<WatchedScanner> {
  const device = createSerialScanner({
    ...{ transport, clock: systemClock },
    // A code in the middle of which the cable is pulled must not end before by itself.
    timings: { offlineAfterMs: OFFLINE_AFTER_MS, pauseMs: 60_000 },
  });
  trial.atEnd(() => device.close());
  const watched = new WatchedScanner(device);
  await device.open();
  return watched;
}

/** Our driver of HID POS scanners, open and watched. */
export async function posScanner(trial: Trial, identity: UsbIdentity): Promise<WatchedScanner> {
  const { vendorId, productId, serialNumber } = identity;
  const device = createHidScanner({
    transport: hidTransport({ ...HID_POS_SCANNER, vendorId, productId, serialNumber }),
    clock: systemClock,
    timings: { offlineAfterMs: OFFLINE_AFTER_MS, pauseMs: 60_000 },
  });
  trial.atEnd(() => device.close());
  const watched = new WatchedScanner(device);
  await device.open();
  return watched;
}

/** Our driver of SDT readers over any line, open and watched. */
export async function sdtReader(trial: Trial, transport: Transport): Promise<WatchedReader> {
  const device = createSdtReader({
    ...{ transport, clock: systemClock, today: () => '20261123' },
    timings: {
      ...{ pollMs: 50, commandMs: 10_000, readMs: 30_000, interByteMs: 3_000 },
      ...{ removalAfterMs: 300, offlineAfterMs: OFFLINE_AFTER_MS },
    },
    backoff: { baseMs: 100, capMs: 500, floorMs: 50 },
  });
  trial.atEnd(() => device.close());
  const watched = new WatchedReader(device);
  await device.open();
  return watched;
}
