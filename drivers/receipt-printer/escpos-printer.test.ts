import { expect, it } from 'vitest';
import { fault } from '../../domain/device/fault-catalogue.ts';
import type { DeviceStatus } from '../../domain/device/status.ts';
import { err, ok } from '../../domain/result.ts';
import { systemClock } from '../transport/system-clock.ts';
import type { ByteLine } from '../transport/transport.ts';
import { describeReceiptPrinter } from './conformance.ts';
import { EscPosPrinter } from './escpos-printer.ts';
import { PATIENT, printerOnTcp } from './printer-test-support.ts';
import { PROFILES } from './profile.ts';

// One that cuts and lets fall; all others in the full run.
describeReceiptPrinter('ESC/POS over TCP, generic80', () =>
  printerOnTcp(PROFILES.generic80, PATIENT),
);

it('one that can be reached and takes no bytes is offline with the reason, not starting for ever', async () => {
  const line: ByteLine = {
    onData: () => () => undefined,
    onClose: () => () => undefined,
    write: () => Promise.resolve(err(fault('device.timeout'))),
    close: () => Promise.resolve(),
  };
  const printer = new EscPosPrinter({
    transport: { address: 'usb:held back', connect: () => Promise.resolve(ok(line)) },
    clock: systemClock,
    profile: PROFILES.generic80,
  });
  const told = new Promise<DeviceStatus>((resolve) => {
    printer.onStatus((status) => {
      if (status.state === 'offline') resolve(status);
    });
  });
  await printer.open();
  expect(await told).toMatchObject({ fault: { code: 'device.timeout' } });
  await printer.close();
});
