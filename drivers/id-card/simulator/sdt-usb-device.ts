import type { UsbEndpointInfo, UsbHandle, UsbLibrary } from '../../transport/usb-library.ts';
import { SimulatedUsbDevice } from '../../transport/simulator/usb-device.ts';
import type { AttachedWire, SdtSimulator } from './sdt-simulator.ts';

/** Which ends the simulated reader has. */
export type SdtUsbForm = 'onePair' | 'split';

const bulk = (direction: 'in' | 'out', endpointNumber: number): UsbEndpointInfo => ({
  endpointNumber,
  direction,
  type: 'bulk',
  packetSize: 64,
});

const ENDPOINTS: Readonly<Record<SdtUsbForm, readonly UsbEndpointInfo[]>> = {
  onePair: [bulk('in', 1), bulk('out', 2)],
  split: [bulk('out', 2), bulk('out', 6), bulk('in', 1), bulk('in', 5)],
};

/** Bytes of preamble and length: what the first pair of a split reader carries. */
const HEAD_BYTES = 7;

/**
 * The library `usb`, with one reader plugged in. At its far end is the simulated reader: one pair of
 * endpoints for whole frames, or preamble and length on 02 and 81, the rest on 06 and 85.
 */
export function simulatedUsbReader(
  simulator: SdtSimulator,
  form: SdtUsbForm,
  more: Partial<Pick<UsbHandle, 'vendorId' | 'productId' | 'serialNumber' | 'ports'>> = {},
): UsbLibrary {
  return {
    getDevices: () => {
      const device = new SimulatedUsbDevice({
        vendorId: 0x0400,
        productId: 0xc35a,
        ...more,
        interfaceClass: 255,
        endpoints: ENDPOINTS[form],
        onOpen: (host) => {
          const send = form === 'split' ? splitSender(host.send) : host.send.bind(undefined, 1);
          const wire: AttachedWire = simulator.attach({
            get gone() {
              return host.unplugged();
            },
            write: send,
            hangUp: host.unplug,
          });
          return { received: (_endpoint, bytes) => wire.receive(bytes), closed: wire.detach };
        },
      });
      return Promise.resolve([device]);
    },
  };
}

/** Sends the head of a frame by one endpoint and the rest by the other; what is no frame goes by the first. */
function splitSender(
  send: (endpoint: number, bytes: Uint8Array) => void,
): (bytes: Uint8Array) => void {
  let rest = 0;
  return (bytes) => {
    const begins = bytes[0] === 0xaa && bytes[3] === 0x96 && bytes.length > HEAD_BYTES;
    if (!begins) {
      send(rest > 0 ? 5 : 1, bytes);
      rest = Math.max(0, rest - bytes.length);
      return;
    }
    const body = bytes.subarray(HEAD_BYTES);
    send(1, bytes.subarray(0, HEAD_BYTES));
    send(5, body);
    rest = ((bytes[5] ?? 0) << 8) + (bytes[6] ?? 0) - body.length;
  };
}
