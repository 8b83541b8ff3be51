import type { UsbEndpointInfo, UsbHandle, UsbLibrary } from '../../transport/usb-library.ts';
import { SimulatedUsbDevice } from '../../transport/simulator/usb-device.ts';
import type { AttachedWire, SdtSimulator } from './sdt-simulator.ts';

/** Which ends the simulated reader has. */
export type SdtUsbForm = 'onePair' | 'split' | 'splitElsewhere';

const bulk = (direction: 'in' | 'out', endpointNumber: number): UsbEndpointInfo => ({
  endpointNumber,
  direction,
  type: 'bulk',
  packetSize: 64,
});

const ENDPOINTS: Readonly<Record<SdtUsbForm, readonly UsbEndpointInfo[]>> = {
  onePair: [bulk('in', 1), bulk('out', 2)],
  split: [bulk('out', 2), bulk('out', 6), bulk('in', 1), bulk('in', 5)],
  // a chip whose ends have other numbers, told in another order
  splitElsewhere: [bulk('in', 11), bulk('in', 6), bulk('out', 12), bulk('out', 7)],
};

/** The ends of the device's answers: of preamble and length, and of the rest. */
const ANSWERS: Readonly<Record<Exclude<SdtUsbForm, 'onePair'>, readonly [number, number]>> = {
  split: [1, 5],
  splitElsewhere: [6, 11],
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
          const send =
            form === 'onePair'
              ? host.send.bind(undefined, 1)
              : splitSender(host.send, ANSWERS[form]);
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
  [headEnd, bodyEnd]: readonly [number, number],
): (bytes: Uint8Array) => void {
  let rest = 0;
  return (bytes) => {
    const begins = bytes[0] === 0xaa && bytes[3] === 0x96 && bytes.length > HEAD_BYTES;
    if (!begins) {
      send(rest > 0 ? bodyEnd : headEnd, bytes);
      rest = Math.max(0, rest - bytes.length);
      return;
    }
    const body = bytes.subarray(HEAD_BYTES);
    send(headEnd, bytes.subarray(0, HEAD_BYTES));
    send(bodyEnd, body);
    rest = ((bytes[5] ?? 0) << 8) + (bytes[6] ?? 0) - body.length;
  };
}
