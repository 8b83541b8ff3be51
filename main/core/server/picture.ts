import type { ServerResponse } from 'node:http';
import { copyOf } from '../seal/give-back.ts';

/**
 * A picture of a person for one response: a copy, for whose it is may wipe it while it is still being written, and
 * its memory would be another's then. Overwritten when the response is over, but never given back: nobody says when
 * the system has let go of it.
 * @throws Error when it was wiped
 */
export function lentTo(response: Pick<ServerResponse, 'once'>, picture: Uint8Array): Uint8Array {
  const lent = copyOf(picture);
  response.once('close', () => lent.fill(0));
  return lent;
}
