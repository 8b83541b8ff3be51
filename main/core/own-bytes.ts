import { createHash } from 'node:crypto';
import type { Ports } from './ports.ts';

/** 32 bytes for one purpose that stay the same for this terminal and lie on no disk: a signature of a fixed text. */
export async function ownBytes(ports: Pick<Ports, 'keyStore'>, purpose: string): Promise<Buffer> {
  const signer = await ports.keyStore.signer();
  return createHash('sha256')
    .update(signer.sign(Buffer.from(`bianmin-${purpose}/1`)))
    .digest();
}
