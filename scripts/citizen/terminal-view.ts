import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnvelope, type EnvelopeHeader } from '../../domain/envelope/header.ts';

/** An envelope as it lies on the terminal's disk. */
export interface EnvelopeOnDisk {
  readonly header: EnvelopeHeader;
  /** SHA-256 of the whole file. */
  readonly sha256: string;
  readonly body: Uint8Array;
  /** Sealed attachments by the SHA-256 of their ciphertext. */
  readonly attachments: ReadonlyMap<string, Uint8Array>;
  /** Whether body and every attachment lie there, are age files, and have the names they should have. */
  readonly sealed: boolean;
}

const AGE = Buffer.from('age-encryption.org/v1\n');

const isAge = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes).subarray(0, AGE.length).equals(AGE);

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Every whole envelope below a terminal's data folder. */
export async function envelopesOnDisk(terminalDir: string): Promise<readonly EnvelopeOnDisk[]> {
  const blobs = join(terminalDir, 'outbox', 'blobs');
  if (!existsSync(blobs)) return [];
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  const found: EnvelopeOnDisk[] = [];
  for (const name of await readdir(blobs)) {
    const file = await readFile(join(blobs, name)).catch(() => undefined);
    const parsed = file && parseEnvelope(file, (bytes) => utf8.decode(bytes));
    if (!file || !parsed) continue;
    const attachments = new Map<string, Uint8Array>();
    for (const ref of parsed.header.attachments) {
      const bytes = await readFile(join(blobs, ref.sha256)).catch(() => undefined);
      if (bytes) attachments.set(ref.sha256, bytes);
    }
    found.push({
      header: parsed.header,
      sha256: sha256(file),
      body: parsed.body,
      attachments,
      sealed:
        name === sha256(file) &&
        isAge(parsed.body) &&
        attachments.size === parsed.header.attachments.length &&
        [...attachments].every(([hash, bytes]) => isAge(bytes) && sha256(bytes) === hash),
    });
  }
  return found;
}
