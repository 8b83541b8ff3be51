/** Class of interfaces of printers. */
export const PRINTER_CLASS = 7;

/** One way in or out of an interface, as the library tells it. */
export interface UsbEndpointInfo {
  readonly endpointNumber: number;
  readonly direction: 'in' | 'out';
  readonly type: string;
  /** Bytes of the largest packet. */
  readonly packetSize: number;
}

/** One setting of an interface. */
export interface UsbAlternateInfo {
  readonly alternateSetting: number;
  /** 7: printer, 3: HID, 255: the maker's own. */
  readonly interfaceClass: number;
  readonly endpoints: readonly UsbEndpointInfo[];
}

/** What the descriptor of a device tells of the configuration in force. */
export interface UsbConfigurationInfo {
  readonly configurationValue: number;
  readonly interfaces: readonly {
    readonly interfaceNumber: number;
    readonly alternates: readonly UsbAlternateInfo[];
  }[];
}

/** An answer to a transfer in. */
export interface UsbInResult {
  readonly data?: DataView | undefined;
}

/** What is used of a device of the library `usb` (its own `UsbDevice`, WebUSB and a little more). */
export interface UsbHandle {
  readonly vendorId: number;
  readonly productId: number;
  /** Of the system: on Linux the number of the bus, `001`. */
  readonly bus: string;
  /** Sockets from the root hub on. */
  readonly ports: readonly number[];
  /** Asks the device when the system does not know it, and may throw then. */
  readonly serialNumber?: string | null | undefined;
  readonly productName?: string | null | undefined;
  readonly manufacturerName?: string | null | undefined;
  /** Asks the device for its texts, and throws when that gives none. */
  readonly configuration?: UsbConfigurationInfo | null | undefined;
  open(): Promise<void>;
  close(): Promise<void>;
  claimInterface(interfaceNumber: number): Promise<void>;
  releaseInterface(interfaceNumber: number): Promise<void>;
  selectAlternateInterface(interfaceNumber: number, alternateSetting: number): Promise<void>;
  /** Rejects with `Cancelled` after `timeout` ms, with `Disconnected` when the device was pulled out. */
  transferIn(endpointNumber: number, length: number, timeout: number): Promise<UsbInResult>;
  transferOut(endpointNumber: number, data: Uint8Array, timeout: number): Promise<unknown>;
  controlTransferIn(
    setup: {
      readonly requestType: 'standard' | 'class' | 'vendor';
      readonly recipient: 'device' | 'interface' | 'endpoint' | 'other';
      readonly request: number;
      readonly value: number;
      readonly index: number;
    },
    length: number,
    timeout: number,
  ): Promise<UsbInResult>;
  clearHalt(direction: 'in' | 'out', endpointNumber: number): Promise<void>;
  /** Linux only; elsewhere the library has no such method. */
  detachKernelDriver?(interfaceNumber: number): Promise<void>;
  attachKernelDriver?(interfaceNumber: number): Promise<void>;
}

/** What is used of the library. Its events are not: without USB on the machine they throw where nobody catches. */
export interface UsbLibrary {
  getDevices(): Promise<readonly UsbHandle[]>;
}

/** The library `usb`, loaded when first needed. Its native part loads at the import. */
export async function loadUsb(): Promise<UsbLibrary> {
  const { WebUSB } = await import('usb');
  const all = new WebUSB({ allowAllDevices: true });
  // the library's types say what WebUSB says; its devices have the timeouts, too
  return { getDevices: async () => (await all.getDevices()) as unknown as readonly UsbHandle[] };
}

/** Where a device is plugged in, in the system's words: `1-2.3` is bus 1, socket 2, and 3 of the hub there. */
export function usbPortPath({ bus, ports }: Pick<UsbHandle, 'bus' | 'ports'>): string {
  const root = /^\d+$/.test(bus) ? String(Number(bus)) : bus;
  return `${root}-${ports.length === 0 ? '0' : ports.join('.')}`;
}
