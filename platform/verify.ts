import { type KeyObject, verify } from 'node:crypto';

/** Whether a signature (Ed25519) of these bytes is by this key. Never rejects. */
export type VerifySignature = (
  bytes: Uint8Array,
  key: KeyObject,
  signature: Uint8Array,
) => Promise<boolean>;

/** Leaves the thread that serves alone: it takes about 0.1 ms of the processor an item (docs/performance.md). */
export const verifyOnThreads: VerifySignature = (bytes, key, signature) =>
  new Promise((resolve) => {
    verify(null, bytes, key, signature, (error, genuine) => resolve(!error && genuine));
  });

/** For a simulation, in which the order of things must follow from its seed. */
export const verifyAtOnce: VerifySignature = (bytes, key, signature) =>
  Promise.resolve(verify(null, bytes, key, signature));
