import type { Answers, AnswerValue } from '../catalogue/form.ts';
import type { CardDoubt, IdCardData } from '../identity/card.ts';
import type { SecurityCardData, SecurityCardDoubt } from '../identity/security-card.ts';
import type { Locale } from '../text.ts';

/** How a material was given. */
export type MaterialMeans = 'scan' | 'readCard' | 'commitment' | 'platform' | 'generate';

/** A page or document among the attachments. */
export interface AttachedFile {
  /** SHA-256 of the ciphertext: the name of the attachment. */
  readonly attachment: string;
  /** SHA-256 of the clear bytes. Stands only here, inside the sealed body. */
  readonly clearSha256: string;
  readonly mediaType: 'image/jpeg' | 'image/png' | 'application/pdf';
  /** Bytes of the clear file. What is sealed is longer: zero bytes follow, so that its length says little. */
  readonly size: number;
}

/** What was read from a social security card that stands in for its own picture. */
export interface ReadSecurityCard {
  readonly card: SecurityCardData;
  readonly doubts: readonly SecurityCardDoubt[];
  /** ISO 8601, by the terminal's clock. */
  readonly readAt: string;
  /** Whether a security module proved that the card is genuine. */
  readonly authenticated: boolean;
}

/** One material of an application. */
export interface GivenMaterial {
  readonly materialId: string;
  readonly means: MaterialMeans;
  readonly pages: readonly AttachedFile[];
  /** Of a material with `readCard` that was given by such a card. */
  readonly securityCard?: ReadSecurityCard;
}

/** A value from the card that the citizen says is wrong or out of date. */
export interface DisputedField {
  readonly field: string;
  readonly cardValue: AnswerValue;
  readonly statedValue: AnswerValue;
}

/** Most pages and documents that a body names: five times what a session of a terminal can hold. */
export const MOST_FILES = 200;

/** The sealed part of an application. JSON, UTF-8, padded with spaces to a multiple of 4096 bytes. */
export interface ApplicationBody {
  readonly v: 1;
  readonly submissionId: string;
  readonly receiptNumber: string;
  readonly kind: 'application';
  readonly service: {
    readonly id: string;
    readonly version: number;
    readonly handleItemCode: string;
    readonly catalogueVersion: string;
  };
  readonly applicant: {
    readonly card: IdCardData;
    readonly doubts: readonly CardDoubt[];
    readonly assurance: 'L2' | 'L3';
  };
  readonly answers: Answers;
  readonly disputed: readonly DisputedField[];
  readonly materials: readonly GivenMaterial[];
  readonly signature: {
    /** A person who cannot write makes a mark before a witness. */
    readonly mode: 'signature' | 'witnessedMark';
    readonly image: AttachedFile;
    readonly witnessName?: string;
  };
  readonly summary: AttachedFile;
  readonly locale: Locale;
  /** ISO 8601, by the terminal's clock. */
  readonly submittedAt: string;
}
