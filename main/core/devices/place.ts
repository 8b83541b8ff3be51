import type { DeviceClass } from '../../../domain/device/status.ts';
import type { FoundTransport, UsbDeviceName } from '../../../drivers/detection/contract.ts';
import type { DevicesConfig } from '../../../kiosk-config/index.ts';

/** The configuration of a device of any class; null when it is not meant to be there. */
export type AnyDeviceConfig = DevicesConfig['devices'][DeviceClass];

/** Where a device is connected, if that is a place that another program could be asked at. */
export function placeOf(config: AnyDeviceConfig): FoundTransport | undefined {
  if (config === null) return undefined;
  if ('url' in config) return { type: 'url', url: config.url };
  if ('transport' in config) return config.transport;
  if (
    config.driver === 'hidPos' &&
    config.vendorId !== undefined &&
    config.productId !== undefined
  ) {
    const { vendorId, productId, serialNumber } = config;
    return {
      type: 'hid',
      vendorId,
      productId,
      ...(serialNumber !== undefined && { serialNumber }),
    };
  }
  // neither SANE's names, nor a keyboard, nor the browser's camera are such places
  if (config.driver !== 'pcsc' || config.reader === undefined) return undefined;
  return { type: 'pcsc', reader: config.reader };
}

/** A place in one short text: `127.0.0.1:9100`, `/dev/ttyUSB0 115200`, `http://…`. */
export function placeText(place: FoundTransport): string {
  switch (place.type) {
    case 'serial':
      return `${place.path} ${String(place.baud)}`;
    case 'tcp':
      return `${place.host}:${String(place.port)}`;
    case 'url':
      return place.url;
    case 'usbPrinter':
      return place.path;
    case 'pcsc':
      return `PC/SC ${place.reader}`;
    case 'usb':
    case 'hid':
      return `${place.type.toUpperCase()} ${usbName(place)}`;
  }
}

/** `0400:c35a`, and which of several: its serial number, else its socket. */
function usbName({ vendorId, productId, serialNumber, port }: UsbDeviceName): string {
  const which = serialNumber ?? port;
  return `${vendorId}:${productId}${which === undefined ? '' : ` ${which}`}`;
}

/** Where a device is connected, as technicians read it; null when it is not meant to be there. */
export function connectionText(config: AnyDeviceConfig): string | null {
  if (config === null) return null;
  const place = placeOf(config);
  if (place !== undefined) return placeText(place);
  if (config.driver === 'sane') return `SANE ${config.device}`;
  if (config.driver === 'pcsc') return `PC/SC ${config.reader ?? ''}`.trim();
  if (config.driver === 'uvc') return `UVC ${config.label}`.trim();
  if (config.driver !== 'hidPos') return config.driver;
  return `HID ${[config.vendorId ?? '*', config.productId ?? '*', config.serialNumber].filter((part) => part !== undefined).join(':')}`;
}
