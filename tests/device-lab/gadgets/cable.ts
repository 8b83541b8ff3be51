import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** The device's side of a cable that is plugged in. */
export interface CableEnd {
  onData(listener: (bytes: Uint8Array) => void): void;
  /** Resolves when the system has taken the bytes, or the cable is out. */
  send(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** A device whose inside is ours: it can be plugged in and pulled out, as often as a person likes. */
export interface Pluggable {
  /** Plugs it into a port; resolves when its own side can talk. */
  plug(port: number): Promise<CableEnd>;
  /** Pulls it out. */
  unplug(): Promise<void>;
  /** Takes it apart; it must be pulled out. */
  remove(): Promise<void>;
}

/** How bytes of a simulator go over the cable, where they do not go as they are. */
export interface Packing {
  /** What came over the cable, as the simulator's bytes. */
  unpack(bytes: Uint8Array): Uint8Array;
  /** The simulator's bytes as pieces for the cable; what is not whole yet is kept for the next call. */
  pack(bytes: Uint8Array): readonly Uint8Array[];
}

/** A simulator that listens on TCP, put into a device that the kernel knows. */
export class SimulatorInDevice {
  readonly #device: Pluggable;
  readonly #simulatorPort: number;
  readonly #packing: (() => Packing) | undefined;
  #end: CableEnd | undefined;
  #socket: Socket | undefined;

  constructor(device: Pluggable, simulatorPort: number, packing?: () => Packing) {
    this.#device = device;
    this.#simulatorPort = simulatorPort;
    this.#packing = packing;
  }

  /** Plugs the device in, switched on. */
  async plug(port: number): Promise<void> {
    const end = await this.#device.plug(port);
    this.#end = end;
    const packing = this.#packing?.();
    const socket = connect({ host: '127.0.0.1', port: this.#simulatorPort, noDelay: true });
    let sending: Promise<void> = Promise.resolve();
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Uint8Array) => {
      // No more comes than the cable takes: a device does not run ahead of its own line.
      socket.pause();
      const pieces = packing?.pack(bytes) ?? [bytes];
      sending = sending.then(async () => {
        for (const piece of pieces) await end.send(piece);
        socket.resume();
      });
    });
    end.onData((bytes) => socket.write(packing?.unpack(bytes) ?? bytes));
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    this.#socket = socket;
  }

  /** Pulls the cable, whatever goes over it. */
  async unplug(): Promise<void> {
    const end = this.#end;
    this.#end = undefined;
    await this.#device.unplug();
    this.#socket?.destroy();
    // Only now: what waits in the kernel for the other side comes back when the cable is out.
    await end?.close();
  }

  /** Takes the device apart. */
  async remove(): Promise<void> {
    if (this.#end !== undefined) await this.unplug();
    await this.#device.remove();
  }
}
