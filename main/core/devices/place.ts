import type { DeviceClass } from '../../../domain/device/status.ts';
import type { FoundTransport } from '../../../drivers/detection/contract.ts';
import type { DevicesConfig } from '../../../kiosk-config/index.ts';

/** The configuration of a device of any class; null when it is not meant to be there. */
export type AnyDeviceConfig = DevicesConfig['devices'][DeviceClass];

/** Where a device is connected, if that is a place that another program could be asked at. */
export function placeOf(config: AnyDeviceConfig): FoundTransport | undefined {
  // SANE and PC/SC name no such place, and the browser holds the camera
  if (config === null || 'device' in config) return undefined;
  if (config.driver === 'pcsc' || config.driver === 'uvc') return undefined;
  return 'url' in config ? { type: 'url', url: config.url } : config.transport;
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
  }
}

/** Where a device is connected, as technicians read it; null when it is not meant to be there. */
export function connectionText(config: AnyDeviceConfig): string | null {
  if (config === null) return null;
  if ('device' in config) return `SANE ${config.device}`;
  if (config.driver === 'uvc') return `UVC ${config.label}`.trim();
  if (config.driver === 'pcsc') return `PC/SC ${config.reader ?? ''}`.trim();
  const place = placeOf(config);
  return place === undefined ? '' : placeText(place);
}
