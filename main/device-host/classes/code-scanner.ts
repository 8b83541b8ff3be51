import { fault } from '../../../domain/device/fault-catalogue.ts';
import { err, ok } from '../../../domain/result.ts';
import type { CodeScanner } from '../../../drivers/code-scanner/contract.ts';
import type { TriggerCommands } from '../../../drivers/code-scanner/line-scanner.ts';
import { systemClock } from '../../../drivers/transport/system-clock.ts';
import type { Configured, Hosted, HostedClass } from '../hosted-class.ts';
import { transportFor } from '../transport-for.ts';

/** Scanners of QR and bar codes. */
export const codeScanner: HostedClass<'codeScanner'> = async (config, tell) => {
  if (config.driver === 'keyboard') return keyboard();
  const driver = await build(config);
  driver.onEvent((event) =>
    tell.event(
      event.type === 'failed'
        ? event
        : { type: 'code', text: event.text, symbology: event.symbology },
    ),
  );
  return {
    driver,
    run: async (_command, _progress, options) => {
      const looked = await driver.trigger?.(options);
      if (looked === undefined) return err(fault('device.unsupported'));
      return looked.ok ? ok(undefined) : looked;
    },
  };
};

/** Bytes as a configuration has them, `16 54 0D`. */
function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replace(/\s/g, ''), 'hex'));
}

/** How a scanner that waits is told to look, if it does. */
function triggerOf({ trigger }: Speaking): { readonly trigger?: TriggerCommands } {
  if (trigger === undefined) return {};
  const { start, stop } = trigger;
  return {
    trigger: { start: bytesOf(start), ...(stop === undefined ? {} : { stop: bytesOf(stop) }) },
  };
}

type Speaking = Exclude<Configured<'codeScanner'>, { driver: 'keyboard' }>;

async function build(config: Speaking): Promise<CodeScanner> {
  if (config.driver === 'serialCodes') {
    const { createSerialScanner } = await import('../../../drivers/code-scanner/serial-scanner.ts');
    const { suffix, aimId } = config;
    const transport = await transportFor(config.transport);
    return createSerialScanner({
      transport,
      clock: systemClock,
      suffix,
      aimId,
      ...triggerOf(config),
    });
  }
  const { createHidScanner } = await import('../../../drivers/code-scanner/hid-scanner.ts');
  const { HID_POS_SCANNER } = await import('../../../drivers/code-scanner/hid-report.ts');
  const { hidTransport } = await import('../../../drivers/transport/hid.ts');
  const { vendorId, productId, serialNumber } = config;
  const transport = hidTransport({
    ...HID_POS_SCANNER,
    ...(vendorId === undefined ? {} : { vendorId: parseInt(vendorId, 16) }),
    ...(productId === undefined ? {} : { productId: parseInt(productId, 16) }),
    ...(serialNumber === undefined ? {} : { serialNumber }),
  });
  return createHidScanner({ transport, clock: systemClock, ...triggerOf(config) });
}

/** The page hears it as a keyboard, if it is there at all: nothing is known of it here. */
function keyboard(): Hosted<'codeScanner'> {
  return {
    driver: {
      status: { state: 'unknown' },
      onStatus: () => () => undefined,
      open: () => Promise.resolve(),
      close: () => Promise.resolve(),
    },
  };
}
