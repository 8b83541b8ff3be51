import { ageFile } from './age-file.ts';
import { giveBack } from './give-back.ts';

/**
 * Seals bytes that are nobody else's, wipes them and gives their memory back, also when it fails.
 * @throws Error when a recipient is none; its words hold nothing of the bytes
 */
export function sealBytes(
  clear: Uint8Array<ArrayBuffer>,
  recipients: readonly string[],
): Uint8Array<ArrayBuffer> {
  try {
    return ageFile(clear, recipients);
  } finally {
    clear.fill(0);
    giveBack(clear);
  }
}
