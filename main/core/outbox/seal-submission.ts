import type { AttachedFile } from '../../../domain/envelope/body.ts';
import {
  envelopeFraming,
  type AttachmentRef,
  type EnvelopeHeader,
} from '../../../domain/envelope/header.ts';
import type { KeyBundle } from '../../../domain/wire/platform.ts';
import type { Ports, Seal, TerminalSigner } from '../ports.ts';
import { freshMemory } from '../seal/fresh-memory.ts';
import { giveBack } from '../seal/give-back.ts';
import { paddedFile, paddedJson, paddedLength } from '../seal/padding.ts';
import { sha256Hex } from './blob-folder.ts';
import type { ClearFile, ClearParts, Draft, Submission } from './contract.ts';

/** A sealed file with its name. */
export interface SealedFile {
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/** A sealed file, and what the sealed body says of it. */
export interface SealedAttachment extends SealedFile {
  readonly attached: AttachedFile;
}

/** Sealed files by the names that they have in their submission. */
export type SealedFiles = ReadonlyMap<string, SealedAttachment>;

/** Gives back the memory of what lies on the disk now. */
export function letGo({ attachments, envelope }: SealedSubmission): void {
  for (const { bytes } of [...attachments, envelope]) giveBack(bytes);
}

/** A submission that nobody on this terminal can open any more. */
export interface SealedSubmission {
  readonly attachments: readonly SealedFile[];
  readonly envelope: SealedFile;
}

/** What sealing needs to know. */
export interface SealingContext {
  readonly ports: Pick<Ports, 'seal' | 'crashPoint'>;
  readonly signer: TerminalSigner;
  readonly terminalId: string;
  readonly recipients: KeyBundle['recipients'];
}

const base64Url = ({ buffer, byteOffset, length }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, length).toString('base64url');

/** Whoever sealed them may have them now, and has wiped them; else they may be what stands for sealed. */
function overwrite(bytes: Uint8Array): void {
  if (bytes.length > 0) bytes.fill(0);
}

/** Whether what was sealed ahead is this very file, and its bytes were not given back. */
async function isOf(file: ClearFile, { attached, bytes }: SealedAttachment): Promise<boolean> {
  return (
    bytes.length > 0 &&
    attached.mediaType === file.mediaType &&
    attached.size === file.bytes.length &&
    attached.clearSha256 === (await sha256Hex(file.bytes))
  );
}

async function sealFile(
  seal: Seal,
  recipients: readonly string[],
  { bytes, mediaType }: ClearFile,
): Promise<SealedAttachment> {
  const room = await freshMemory(paddedLength(bytes.length, mediaType));
  // in one turn with the copy: the bytes may be wiped in any later one
  const size = bytes.length;
  const padded = paddedFile(bytes, mediaType, room);
  // of the copy: what is sealed is what was hashed, whatever becomes of the bytes meanwhile
  const clearSha256 = await sha256Hex(padded.subarray(0, size));
  const sealed = await seal.seal(padded, recipients);
  overwrite(padded);
  const sha256 = await sha256Hex(sealed);
  const attached: AttachedFile = { attachment: sha256, clearSha256, mediaType, size };
  return { sha256, bytes: sealed, attached };
}

/**
 * Seals files, each for itself, in their order.
 * @param ahead what was sealed before, of which those that still are the same are taken over
 * @param stop no further file is sealed once it aborts
 * @throws Error when the sealing worker fails or two files have the same name
 */
export async function sealFiles(
  seal: Seal,
  recipients: readonly string[],
  files: readonly ClearFile[],
  ahead: SealedFiles,
  stop?: AbortSignal,
): Promise<SealedFiles> {
  const sealed = new Map<string, SealedAttachment>();
  for (const file of files) {
    if (stop?.aborted === true) break;
    if (sealed.has(file.name)) throw new Error('two files of a submission have the same name');
    const before = ahead.get(file.name);
    const taken = before !== undefined && (await isOf(file, before));
    sealed.set(file.name, taken ? before : await sealFile(seal, recipients, file));
  }
  return sealed;
}

/**
 * Seals the attachments, then the body that names them, then signs the clear header.
 * @param ahead what was sealed before it was handed in
 * @throws Error when the sealing worker fails or two files have the same name
 */
export async function sealSubmission(
  context: SealingContext,
  submission: Submission,
  draft: Draft,
  parts: ClearParts,
  ahead: SealedFiles,
): Promise<SealedSubmission> {
  const { ports, signer, recipients } = context;
  const keys = recipients.map((entry) => entry.recipient);
  const sealed = await sealFiles(ports.seal, keys, parts.files, ahead);
  const attachments = [...sealed.values()];
  ports.crashPoint('attachments-sealed');
  const attached = new Map([...sealed].map(([name, file]) => [name, file.attached]));
  const clearBody = paddedJson(parts.body(attached));
  const body = await ports.seal.seal(clearBody, keys);
  overwrite(clearBody);
  const header: EnvelopeHeader = {
    v: 1,
    id: submission.submissionId,
    kind: submission.kind,
    suite: 'age-x25519+ed25519',
    recipients: recipients.map((entry) => entry.id),
    attachments: attachments.map(({ sha256, bytes }): AttachmentRef => ({
      sha256,
      size: bytes.length,
    })),
    receiptNumber: draft.receiptNumber,
    service: { id: submission.service.id, handleItemCode: submission.service.handleItemCode },
    terminalId: context.terminalId,
    terminalKeyId: signer.keyId,
    createdAt: draft.submittedAt,
    body: { sha256: await sha256Hex(body), size: body.length },
  };
  const framing = envelopeFraming(Buffer.from(JSON.stringify(header), 'utf8'), base64Url);
  const line = framing.line(signer.sign(framing.signedBytes));
  const bytes = new Uint8Array(line.length + body.length);
  bytes.set(line);
  bytes.set(body, line.length);
  return { attachments, envelope: { sha256: await sha256Hex(bytes), bytes } };
}
