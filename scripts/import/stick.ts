import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { safeJson } from './ask.ts';

/** The folder is not a finished export; the message says what to do. */
export class NotAnExport extends Error {
  override readonly name = 'NotAnExport';
}

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const manifestSchema = z.object({
  format: z.literal('bianmin-export/1'),
  terminalId: z.string(),
  items: z.array(
    z.object({
      submissionId: z.string().regex(/^[0-9a-f]{32}$/),
      receiptNumber: z.string(),
      envelopeSha256: hash,
      attachments: z.array(z.object({ sha256: hash })),
    }),
  ),
  damaged: z.array(z.string()),
});
/** What lies on a stick, by its own word. */
export type Manifest = z.output<typeof manifestSchema>;

/**
 * The stick does not give a file now and may do so another time.
 *
 * - `stickGone`: it was pulled, or another one lies in its place: its manifest is not there any more
 * - `stickFails`: it is there and reading ends with an error: pulled while it stayed mounted (`EIO`), or a bad one
 */
export type StickTrouble = 'stickGone' | 'stickFails';

/** A folder of `exportWaiting`, while it is read. */
export interface Stick {
  readonly manifest: Manifest;
  /** A sealed file, whole. `fileMissing`: the stick is there, and this file is not on it. */
  sealedFile(
    sha256: string,
  ): Promise<Uint8Array<ArrayBuffer> | 'fileMissing' | 'fileDamaged' | StickTrouble>;
  /** The terminal's audit chain; empty where there is none on it. */
  chain(): Promise<{ readonly text: string } | StickTrouble>;
}

const MANIFEST = 'manifest.json';

/** Why a file could not be read: it is not there, or the system said something else. */
function isMissing(error: unknown): boolean {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

async function manifestText(folder: string): Promise<string> {
  try {
    return await readFile(join(folder, MANIFEST), 'utf8');
  } catch {
    const isThere = await stat(folder).then(
      () => true,
      () => false,
    );
    throw new NotAnExport(
      isThere
        ? '这个文件夹里没有 manifest.json：U 盘可能拔早了，请回终端再拷一次。No manifest.json here: the stick was pulled out too early; copy again at the terminal.'
        : '没有这个文件夹，请先插好 U 盘。There is no such folder: plug the stick in first.',
    );
  }
}

/**
 * Opens one. It is not looked at again until a file is not given.
 * @throws NotAnExport
 */
export async function openStick(folder: string): Promise<Stick> {
  const text = await manifestText(folder);
  const read = manifestSchema.safeParse(safeJson(text));
  if (!read.success) {
    throw new NotAnExport('manifest.json 不对 / manifest.json is not one of an export');
  }
  /** `undefined`: the stick is there, and not this file. */
  const bytesOf = async (
    ...path: readonly string[]
  ): Promise<Buffer<ArrayBuffer> | StickTrouble | undefined> => {
    try {
      return await readFile(join(folder, ...path));
    } catch (error) {
      const still = await readFile(join(folder, MANIFEST), 'utf8').catch(() => undefined);
      if (still !== text) return 'stickGone';
      return isMissing(error) ? undefined : 'stickFails';
    }
  };
  return {
    manifest: read.data,
    async sealedFile(sha256) {
      const bytes = await bytesOf('files', sha256);
      if (bytes === undefined) return 'fileMissing';
      if (typeof bytes === 'string') return bytes;
      const right = createHash('sha256').update(bytes).digest('hex') === sha256;
      return right ? new Uint8Array(bytes) : 'fileDamaged';
    },
    async chain() {
      const bytes = await bytesOf('audit.jsonl');
      if (typeof bytes === 'string') return bytes;
      return { text: bytes?.toString('utf8') ?? '' };
    },
  };
}
