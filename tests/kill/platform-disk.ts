import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** An item in the database of a platform. */
export interface HeldItem {
  readonly submissionId: string;
  readonly receiptNumber: string;
  readonly envelopeSha256: string;
}

/** What lies on the disk of a platform that does not run. */
export interface PlatformDisk {
  readonly items: readonly HeldItem[];
  /** Submission ids that came with other content once more. */
  readonly conflicts: readonly string[];
  /** Whether an item is there with this envelope, and its files are whole. */
  holds(submissionId: string, envelopeSha256: string): boolean;
}

function isWhole(folder: string, sha256: string): boolean {
  try {
    const bytes = readFileSync(join(folder, sha256.slice(0, 2), sha256));
    return createHash('sha256').update(bytes).digest('hex') === sha256;
  } catch {
    return false;
  }
}

/** Reads the folder of a platform, not through its program. */
export function readPlatform(folder: string): PlatformDisk {
  const db = new DatabaseSync(join(folder, 'platform.sqlite'), { readOnly: true });
  try {
    const items = db
      .prepare('SELECT submissionId, receiptNumber, envelopeSha256 FROM items ORDER BY cursor')
      .all()
      .map((row): HeldItem => ({
        submissionId: String(row['submissionId']),
        receiptNumber: String(row['receiptNumber']),
        envelopeSha256: String(row['envelopeSha256']),
      }));
    const conflicts = db
      .prepare('SELECT submissionId FROM conflicts')
      .all()
      .map((row) => String(row['submissionId']));
    const attachments = Map.groupBy(
      db.prepare('SELECT submissionId, sha256 FROM itemAttachments').all(),
      (row) => String(row['submissionId']),
    );
    return {
      items,
      conflicts,
      holds: (submissionId, envelopeSha256) =>
        items.some(
          (item) => item.submissionId === submissionId && item.envelopeSha256 === envelopeSha256,
        ) &&
        isWhole(join(folder, 'envelopes'), envelopeSha256) &&
        (attachments.get(submissionId) ?? []).every((row) =>
          isWhole(join(folder, 'attachments'), String(row['sha256'])),
        ),
    };
  } finally {
    db.close();
  }
}
