import type { AttachedFile } from '../../../domain/envelope/body.ts';
import type { ItemKind } from '../../../domain/envelope/header.ts';
import type { Result } from '../../../domain/result.ts';

/** What is known before anything is sealed. */
export interface Draft {
  readonly submissionId: string;
  readonly receiptNumber: string;
  /** ISO 8601 */
  readonly submittedAt: string;
}

/** A clear file to seal: a scanned page, the signature, the summary. Lives in memory only. */
export interface ClearFile {
  /** Unique within the submission. */
  readonly name: string;
  readonly mediaType: AttachedFile['mediaType'];
  readonly bytes: Uint8Array;
}

/** The clear contents of a submission. */
export interface ClearParts {
  readonly files: readonly ClearFile[];
  /** The body as JSON-able value, once the names of the sealed files are known. */
  readonly body: (files: ReadonlyMap<string, AttachedFile>) => unknown;
}

/** What a citizen hands in. */
export interface Submission {
  /** Minted once per application by `newSubmissionId`, so that touching twice stores once. */
  readonly submissionId: string;
  readonly kind: ItemKind;
  readonly service: {
    readonly id: string;
    readonly handleItemCode: string;
  };
  /** Called when the receipt number is known, for only then can the summary carry it; once more where it was prepared. */
  readonly compose: (draft: Draft) => Promise<ClearParts>;
  /** Overwrites what it holds of its own; nothing is composed of it any more. */
  readonly forget?: () => void;
}

/** An item that is durable on this terminal: a receipt may be printed for it. */
export interface StoredItem {
  readonly submissionId: string;
  readonly receiptNumber: string;
  readonly submittedAt: string;
  /** SHA-256 of the envelope file. */
  readonly envelopeSha256: string;
  /** Text of the receipt's QR code: address of the verification page with the signed token. */
  readonly qr: string;
}

/** Why nothing was stored. Everything stays as it was, and nothing is lost on the page. */
export type SubmitRefusal = Exclude<Taking, 'yes'> | 'storeFailed';

/** A short description of an item, free of anything personal. */
export interface ItemSummary {
  readonly submissionId: string;
  readonly receiptNumber: string;
  readonly kind: ItemKind;
  readonly serviceId: string;
  readonly state: string;
  readonly createdAt: string;
  /** State of the case by the feed, when known. */
  readonly caseState: string | null;
  readonly caseNumber: string | null;
  readonly envelopeSha256: string;
  /** Of a held item: why (`HeldCode`). */
  readonly heldFor?: string;
}

/**
 * What may be told of an item. `received`: the platform said that it has it. `waiting`: it is sent by itself.
 * `held`: neither; it needs a person, or the terminal is revoked or not enrolled any more, and sends nothing.
 */
export type Delivery = 'waiting' | 'received' | 'held';

/** Whether new items are taken now. `diskFails`: something could not be written, and nothing could since; or the index cannot be read. */
export type Taking =
  'yes' | 'notEnrolled' | 'noKeys' | 'backlogFull' | 'diskFull' | 'diskFails' | 'clockWrong';

/** The outbox as the rest of the core sees it. */
export interface Outbox {
  newSubmissionId(): string;
  /**
   * Seals the files of what will perhaps be handed in, in memory, so that whoever hands it in does not wait for that.
   * Nothing is stored, told or promised by it. Again with each change; `forgetPrepared` when it is given up.
   */
  prepare(submission: Submission): void;
  forgetPrepared(): void;
  /** Durable when it resolves with ok. Never rejects. */
  submit(submission: Submission): Promise<Result<StoredItem, SubmitRefusal>>;
  taking(): Taking;
  /** Items that the platform has not acknowledged as received. */
  waiting(): number;
  find(receiptNumber: string): ItemSummary | undefined;
  /** What may be told of where an item is now; of what is not here nothing is promised: `held`. */
  delivery(receiptNumber: string): Delivery;
  /** What is durable under a submission id, and for which service. */
  stored(
    submissionId: string,
  ): { readonly item: StoredItem; readonly serviceId: string } | undefined;
  list(): readonly ItemSummary[];
  /** Called with the submission id after every change of an item's state. */
  onChange(listener: (submissionId: string) => void): () => void;
}
