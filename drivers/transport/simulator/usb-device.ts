import type {
  UsbConfigurationInfo,
  UsbEndpointInfo,
  UsbHandle,
  UsbInResult,
} from '../usb-library.ts';

/** What the program in a simulated device can do with its end. */
export interface SimulatedUsbHost {
  /** Queues bytes on an endpoint in, as packets of its size. */
  readonly send: (endpointNumber: number, bytes: Uint8Array) => void;
  /** The device is pulled out: every transfer under way ends, and every later one. */
  readonly unplug: () => void;
  readonly unplugged: () => boolean;
}

/** The program in a simulated device. */
export interface SimulatedUsbFirmware {
  readonly received: (endpointNumber: number, bytes: Uint8Array) => void;
  /** The host has closed the device, or it was pulled out. */
  readonly closed: () => void;
}

/** What a simulated device is. */
export interface SimulatedUsbOptions {
  readonly vendorId: number;
  readonly productId: number;
  readonly serialNumber?: string | null | undefined;
  readonly ports?: readonly number[];
  readonly interfaceClass: number;
  readonly endpoints: readonly UsbEndpointInfo[];
  readonly onOpen: (host: SimulatedUsbHost) => SimulatedUsbFirmware;
  /** A driver of the kernel holds the interface: it must be taken from it before it can be claimed. */
  readonly kernelDriver?: boolean;
  /** Takes no bytes: transfers out run into their time. */
  readonly takesNothing?: () => boolean;
}

interface Endpoint {
  readonly info: UsbEndpointInfo;
  readonly packets: Uint8Array[];
  wake: (() => void) | undefined;
}

/**
 * A device as the library `usb` gives it: transfers by packet, one at a time for each endpoint, with the
 * library's own errors. What is wrong with a call of ours fails here as it would there.
 */
export class SimulatedUsbDevice implements UsbHandle {
  readonly vendorId: number;
  readonly productId: number;
  readonly serialNumber: string | null | undefined;
  readonly bus = '001';
  readonly ports: readonly number[];
  /** Calls that change who holds the interface, in order. */
  readonly calls: string[] = [];
  readonly #options: SimulatedUsbOptions;
  readonly #endpoints: readonly Endpoint[];
  #firmware: SimulatedUsbFirmware | undefined;
  #claimed = false;
  #kernel: boolean;
  #gone = false;

  constructor(options: SimulatedUsbOptions) {
    this.#options = options;
    this.vendorId = options.vendorId;
    this.productId = options.productId;
    this.serialNumber = options.serialNumber;
    this.ports = options.ports ?? [2];
    this.#kernel = options.kernelDriver ?? false;
    this.#endpoints = options.endpoints.map((info) => ({ info, packets: [], wake: undefined }));
  }

  get configuration(): UsbConfigurationInfo {
    const { interfaceClass, endpoints } = this.#options;
    const alternate = { alternateSetting: 0, interfaceClass, endpoints };
    return {
      configurationValue: 1,
      interfaces: [{ interfaceNumber: 0, alternates: [alternate] }],
    };
  }

  open(): Promise<void> {
    this.calls.push('open');
    this.#firmware = this.#options.onOpen({
      send: (endpointNumber, bytes) => this.#send(endpointNumber, bytes),
      unplug: () => this.unplug(),
      unplugged: () => this.#gone,
    });
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.calls.push('close');
    if (this.#claimed) throw new Error('closed while an interface is claimed: it would stay taken');
    this.#firmware?.closed();
    this.#firmware = undefined;
    return Promise.resolve();
  }

  claimInterface(interfaceNumber: number): Promise<void> {
    if (this.#kernel) {
      return Promise.reject(libraryError('claimInterface error: interface is busy (errno 16)'));
    }
    this.calls.push(`claim ${interfaceNumber}`);
    this.#claimed = true;
    return Promise.resolve();
  }

  releaseInterface(interfaceNumber: number): Promise<void> {
    const busy = this.#endpoints.some(({ wake }) => wake !== undefined);
    this.calls.push(`release ${interfaceNumber}${busy ? ' in the middle of a transfer' : ''}`);
    this.#claimed = false;
    return Promise.resolve();
  }

  selectAlternateInterface(): Promise<void> {
    return Promise.resolve();
  }

  detachKernelDriver(interfaceNumber: number): Promise<void> {
    this.calls.push(`detach ${interfaceNumber}`);
    this.#kernel = false;
    return Promise.resolve();
  }

  attachKernelDriver(interfaceNumber: number): Promise<void> {
    this.calls.push(`attach ${interfaceNumber}`);
    this.#kernel = true;
    return Promise.resolve();
  }

  controlTransferIn(): Promise<UsbInResult> {
    return Promise.reject(libraryError('controlTransferIn error: Stall'));
  }

  clearHalt(): Promise<void> {
    return Promise.resolve();
  }

  isUnplugged(): boolean {
    return this.#gone;
  }

  /** The plug is pulled. */
  unplug(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#firmware?.closed();
    for (const { wake } of this.#endpoints) wake?.();
  }

  async transferIn(endpointNumber: number, length: number, timeout: number): Promise<UsbInResult> {
    const endpoint = this.#endpoint(endpointNumber, 'in');
    // the library opens an endpoint for one transfer: a second one finds it taken
    if (endpoint === undefined || endpoint.wake !== undefined) {
      throw libraryError('transferIn error: endpoint not found');
    }
    if (endpoint.packets.length === 0 && !this.#gone) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeout);
        endpoint.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      endpoint.wake = undefined;
    } else {
      await new Promise(setImmediate);
    }
    if (this.#gone) throw libraryError('transferIn error: Disconnected');
    const packet = endpoint.packets.shift();
    if (packet === undefined) throw libraryError('transferIn error: Cancelled');
    if (packet.length > length) throw libraryError('transferIn error: Fault');
    return { data: new DataView(packet.buffer, packet.byteOffset, packet.byteLength) };
  }

  async transferOut(endpointNumber: number, data: Uint8Array, timeout: number): Promise<unknown> {
    const endpoint = this.#endpoint(endpointNumber, 'out');
    if (endpoint === undefined || endpoint.wake !== undefined) {
      throw libraryError('transferOut error: endpoint not found');
    }
    if (this.#options.takesNothing?.() === true && !this.isUnplugged()) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeout);
        endpoint.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      endpoint.wake = undefined;
      if (!this.isUnplugged()) throw libraryError('transferOut error: Cancelled');
    }
    await new Promise(setImmediate);
    if (this.isUnplugged()) throw libraryError('transferOut error: Disconnected');
    this.#firmware?.received(endpointNumber, data);
    return data.length;
  }

  #endpoint(endpointNumber: number, direction: 'in' | 'out'): Endpoint | undefined {
    if (!this.#claimed) return undefined;
    return this.#endpoints.find(
      ({ info }) => info.endpointNumber === endpointNumber && info.direction === direction,
    );
  }

  #send(endpointNumber: number, bytes: Uint8Array): void {
    const endpoint = this.#endpoints.find(
      ({ info }) => info.endpointNumber === endpointNumber && info.direction === 'in',
    );
    if (endpoint === undefined || this.#gone) return;
    const { packetSize } = endpoint.info;
    for (let at = 0; at < bytes.length; at += packetSize) {
      endpoint.packets.push(Uint8Array.from(bytes.subarray(at, at + packetSize)));
    }
    endpoint.wake?.();
  }
}

/** An error as the library gives it: its code says nothing. */
function libraryError(message: string): Error {
  return Object.assign(new Error(message), { code: 'GenericFailure' });
}
