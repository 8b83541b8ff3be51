import type { Candidate, FoundTransport, Proposal } from '../../../drivers/detection/contract.ts';
import { DEVICE_CLASSES, type DeviceClass } from '../../../domain/device/status.ts';
import { PRINTER_PROFILES, type DevicesConfig } from '../../../kiosk-config/index.ts';
import type { ProbeAnswer, ProbeRequest } from '../../device-host/probe.ts';
import type { Clock, Processes } from '../ports.ts';
import { placeOf } from './place.ts';

/** A wall of silent ports takes some seconds each; longer than this means that the probe hangs. */
const LONGEST_MS = 60_000;

/** Looks what is plugged in and set up nowhere, in a process of its own. Rejects when that ended without an answer. */
export function detectDevices(
  parts: { readonly processes: Processes; readonly clock: Clock; readonly entry: string },
  held: DevicesConfig['devices'],
  also: readonly Candidate[],
): Promise<ProbeAnswer> {
  return new Promise((resolve, reject) => {
    const child = parts.processes.start(parts.entry, []);
    const cancel = parts.clock.after(LONGEST_MS, () => child.kill());
    child.onMessage((message) => {
      cancel();
      resolve(message as ProbeAnswer);
    });
    child.onExit((reason) => {
      cancel();
      reject(new Error(`the probe ended: ${reason}`));
    });
    child.send({ type: 'probe', also, held: placesOf(held) } satisfies ProbeRequest);
  });
}

/** Where configured devices are. */
function placesOf(devices: DevicesConfig['devices']): readonly Candidate[] {
  return DEVICE_CLASSES.flatMap((device): readonly Candidate[] => {
    const place = placeOf(devices[device]);
    if (place === undefined) return [];
    if (place.type !== 'serial') return [place];
    const { path, usb } = place;
    return [{ type: 'serial', path, ...(usb && { usb }) }];
  });
}

/** The devices with a finding put in its place; undefined when this terminal cannot use it. */
export function withFinding(
  devices: DevicesConfig['devices'],
  { protocol, transport, profile }: Proposal,
): DevicesConfig['devices'] | undefined {
  if (protocol === 'escl' && transport.type === 'url') {
    return { ...devices, documentScanner: { driver: 'escl', url: transport.url } };
  }
  if (protocol === 'ipp' && transport.type === 'url') {
    return {
      ...devices,
      documentPrinter: { driver: 'ipp', url: transport.url, queueKeepsNothing: false },
    };
  }
  switch (protocol) {
    case 'partsLine':
      return isOneOf(transport, ['tcp', 'serial', 'hid'])
        ? { ...devices, terminalParts: { driver: 'partsLine', transport } }
        : undefined;
    case 'serialCodes': {
      if (!isOneOf(transport, ['serial'])) return undefined;
      // What is set for the scanner stays when it is found somewhere else.
      const { codeScanner: known } = devices;
      const scanner =
        known?.driver === 'serialCodes'
          ? known
          : ({ driver: 'serialCodes', suffix: 'newline', aimId: false } as const);
      return { ...devices, codeScanner: { ...scanner, transport } };
    }
    case 'pcsc':
      return transport.type === 'pcsc'
        ? { ...devices, securityCard: { driver: 'pcsc', reader: transport.reader } }
        : undefined;
    case 'hidPos': {
      if (transport.type !== 'hid') return undefined;
      const { vendorId, productId, serialNumber } = transport;
      const which = serialNumber === undefined ? {} : { serialNumber };
      return { ...devices, codeScanner: { driver: 'hidPos', vendorId, productId, ...which } };
    }
    case 'sdt':
      return isOneOf(transport, ['tcp', 'serial', 'usb', 'hid'])
        ? { ...devices, idCard: { driver: 'sdt', transport } }
        : undefined;
    case 'escpos': {
      if (!isOneOf(transport, ['tcp', 'serial', 'usb', 'usbPrinter'])) return undefined;
      // What is set for the printer stays when it is found somewhere else.
      const known = PRINTER_PROFILES.find((name) => name === profile);
      const printer = devices.receiptPrinter ?? {
        driver: 'escpos' as const,
        profile: known ?? ('generic80' as const),
        printLogo: true,
      };
      return { ...devices, receiptPrinter: { ...printer, transport } };
    }
    default:
      return undefined;
  }
}

function isOneOf<Type extends FoundTransport['type']>(
  transport: FoundTransport,
  types: readonly Type[],
): transport is Extract<FoundTransport, { readonly type: Type }> {
  return types.some((type) => type === transport.type);
}

/** The devices without one of them. */
export function without(
  devices: DevicesConfig['devices'],
  device: DeviceClass,
): DevicesConfig['devices'] {
  return { ...devices, [device]: null };
}
