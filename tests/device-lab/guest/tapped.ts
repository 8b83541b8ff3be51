import type { Transport } from '../../../drivers/transport/transport.ts';

/** A transport that counts what came over it: for tests that act in the middle of something. */
export interface Tapped {
  readonly transport: Transport;
  readonly heard: () => number;
}

/** Counts the bytes that a line gives to its driver, and changes nothing. */
export function tapped(transport: Transport): Tapped {
  let heard = 0;
  const counting: Transport = {
    address: transport.address,
    connect: async (options) => {
      const connected = await transport.connect(options);
      if (connected.ok) {
        connected.value.onData((bytes) => {
          heard += bytes.length;
        });
      }
      return connected;
    },
  };
  return { transport: counting, heard: () => heard };
}
