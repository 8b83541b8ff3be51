import { SDT } from '../id-card/sdt-commands.ts';
import { SdtLink } from '../id-card/sdt-link.ts';
import type { DriverClock } from '../device.ts';
import type { ByteLine } from '../transport/transport.ts';
import type { Confidence, ProbeTimings } from './contract.ts';

/** What a card reader said. */
export interface SdtFound {
  readonly confidence: Confidence;
  /** Version and day of the SAM, `05.01-20110101`. */
  readonly model?: string;
  /** SW1 SW2 SW3 in hex when it says that it is not well. */
  readonly refusal?: string;
}

/** Bytes between which a slow serial server may pause. */
const INTER_BYTE_MS = 200;

/** The beginning of the SAM's number as readers show it. */
function samVersion(id: Uint8Array): string {
  const view = new DataView(id.buffer, id.byteOffset, id.byteLength);
  const two = (at: number): string => String(view.getUint16(at, true)).padStart(2, '0');
  return `${two(0)}.${two(2)}-${String(view.getUint32(4, true))}`;
}

/**
 * Asks whether an SDT reader listens: SAM id, then SAM status. Nothing that touches a card is ever sent.
 * `undefined` when no right answer came.
 */
export async function probeSdt(
  line: ByteLine,
  clock: DriverClock,
  signal: AbortSignal,
  { answerMs }: ProbeTimings,
): Promise<SdtFound | undefined> {
  const link = new SdtLink(line, clock, signal, INTER_BYTE_MS);
  const id = await link.exchange(SDT.samId, answerMs);
  if (id.type === 'silent' || id.type === 'gone') return undefined;
  const status = await link.exchange(SDT.samStatus, answerMs);
  const refused = [status, id].find((answer) => answer.type === 'refused');
  const refusal = refused?.type === 'refused' ? { refusal: refused.code } : {};
  if (id.type === 'good') {
    return { confidence: 'certain', model: `SAM ${samVersion(id.data)}`, ...refusal };
  }
  const both = status.type === 'good' || status.type === 'refused';
  return { confidence: both ? 'likely' : 'possible', ...refusal };
}
