import { isOfDisk } from '../../../domain/disk-errors.ts';
import { err, type Result } from '../../../domain/result.ts';
import type { ItemReceived } from '../../../domain/wire/platform.ts';
import type { CrashPoint } from '../ports.ts';
import type { ItemRow } from '../storage/item-rows.ts';
import type { SendFailure, SendParts } from './send-attachment.ts';
import { sendEnvelope } from './send-item.ts';

/** Codes after which an item must go again, or to a person; others say nothing and it is asked for later. */
export const NOT_THERE: ReadonlySet<string> = new Set(['attachmentsMissing', 'conflict']);
/**
 * Codes that do not say whether the platform has it: the terminal's own copy cannot be handed over, or not as it is
 * (a proxy changes it each time), or the platform takes it no more, for it is larger than what it takes now, or of
 * another than the one that it knows by this name.
 */
export const NOT_SAID: ReadonlySet<string> = new Set([
  'filesMissing',
  'fileDamaged',
  'tooLarge',
  'malformed',
  'hashMismatch',
  'sealerRevoked',
  'sealerUnknown',
]);

/**
 * Hands the envelope of an item that the platform has over once more: the answer says under which cursor, and with
 * which case number. One that the disk does not give back (`EIO`) is told, and counts as damaged.
 */
export async function handOver(
  parts: SendParts & {
    readonly crashPoint: CrashPoint;
    readonly onError: (error: unknown) => void;
  },
  item: ItemRow,
): Promise<Result<ItemReceived, SendFailure>> {
  try {
    return await sendEnvelope(parts, item);
  } catch (error) {
    if (!isOfDisk(error)) throw error;
    parts.onError(error);
    return err({ kind: 'held', code: 'fileDamaged' });
  }
}
