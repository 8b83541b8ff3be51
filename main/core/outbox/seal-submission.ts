import type { AttachedFile } from '../../../domain/envelope/body.ts';
import {
  envelopeFraming,
  type AttachmentRef,
  type EnvelopeHeader,
} from '../../../domain/envelope/header.ts';
import type { KeyBundle } from '../../../domain/wire/platform.ts';
import type { Ports, TerminalSigner } from '../ports.ts';
import { giveBack } from '../seal/give-back.ts';
import { paddedFile, paddedJson } from '../seal/padding.ts';
import { sha256Hex } from './blob-folder.ts';
import type { ClearParts, Draft, Submission } from './contract.ts';

/** A sealed file with its name. */
export interface SealedFile {
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

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

/** Whoever sealed them may have them now, and has wiped them. */
function wipe(bytes: Uint8Array): void {
  if (bytes.length > 0) bytes.fill(0);
}

/**
 * Seals the attachments, then the body that names them, then signs the clear header.
 * @throws Error when the sealing worker fails or two files have the same name
 */
export async function sealSubmission(
  context: SealingContext,
  submission: Submission,
  draft: Draft,
  parts: ClearParts,
): Promise<SealedSubmission> {
  const { ports, signer, recipients } = context;
  const keys = recipients.map((entry) => entry.recipient);
  const attachments: SealedFile[] = [];
  const attached = new Map<string, AttachedFile>();
  for (const file of parts.files) {
    if (attached.has(file.name)) throw new Error('two files of a submission have the same name');
    const clearSha256 = await sha256Hex(file.bytes);
    const padded = paddedFile(file.bytes, file.mediaType);
    const bytes = await ports.seal.seal(padded, keys);
    wipe(padded);
    const sha256 = await sha256Hex(bytes);
    attachments.push({ sha256, bytes });
    attached.set(file.name, {
      attachment: sha256,
      clearSha256,
      mediaType: file.mediaType,
      size: file.bytes.length,
    });
  }
  ports.crashPoint('attachments-sealed');
  const clearBody = paddedJson(parts.body(attached));
  const body = await ports.seal.seal(clearBody, keys);
  wipe(clearBody);
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
