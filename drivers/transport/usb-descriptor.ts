import type { UsbAlternateInfo, UsbConfigurationInfo, UsbEndpointInfo } from './usb-library.ts';

/** Kinds of descriptors that are looked at. */
const INTERFACE = 4;
const ENDPOINT = 5;
const TYPES = ['control', 'isochronous', 'bulk', 'interrupt'] as const;

interface Growing {
  readonly interfaceNumber: number;
  readonly alternates: (UsbAlternateInfo & { readonly endpoints: UsbEndpointInfo[] })[];
}

/**
 * Reads a configuration descriptor as the device sends it. For devices that the library cannot describe,
 * because they do not answer when asked for the names of their parts. Takes any bytes; never throws.
 */
export function parseConfigurationDescriptor(bytes: Uint8Array): UsbConfigurationInfo | undefined {
  if (bytes.length < 9 || bytes[1] !== 2) return undefined;
  const interfaces = new Map<number, Growing>();
  let endpoints: UsbEndpointInfo[] | undefined;
  for (let at = 0; at + 1 < bytes.length;) {
    const length = bytes[at] ?? 0;
    if (length < 2 || at + length > bytes.length) break;
    const part = bytes.subarray(at, at + length);
    at += length;
    const [, kind = 0, second = 0, third = 0] = part;
    if (kind === INTERFACE && length >= 9) {
      endpoints = [];
      const entry = interfaces.get(second) ?? { interfaceNumber: second, alternates: [] };
      interfaces.set(second, entry);
      entry.alternates.push({ alternateSetting: third, interfaceClass: part[5] ?? 0, endpoints });
    } else if (kind === ENDPOINT && length >= 7) {
      endpoints?.push({
        endpointNumber: second & 0x0f,
        direction: (second & 0x80) === 0 ? 'out' : 'in',
        type: TYPES[third & 0x03] ?? 'control',
        packetSize: ((part[4] ?? 0) | ((part[5] ?? 0) << 8)) & 0x7ff,
      });
    }
  }
  if (interfaces.size === 0) return undefined;
  return { configurationValue: bytes[5] ?? 1, interfaces: [...interfaces.values()] };
}
