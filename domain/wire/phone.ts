/**
 * Photographs from a citizen's phone: the platform only hands on what the phone sealed to the terminal's
 * session. The terminal makes a P-256 key for one transfer; its public half stands behind the `#` of the QR
 * code, which no server ever sees.
 */

/** POST /v1/phone-transfers → 201. */
export interface PhoneTransfer {
  /** 128 random bits, base64url. */
  readonly transferId: string;
  /** Where the phone goes; the terminal appends `#` and its public key (raw P-256 point, base64url). */
  readonly pageUrl: string;
  readonly expiresAt: string;
}

/**
 * GET /v1/phone-transfers/{transferId} → 200.
 *
 * - `waiting`: no phone yet
 * - `claimed`: one phone has it; no other can
 * - `finished`: the phone said that it is done
 */
export interface PhoneTransferState {
  readonly state: 'waiting' | 'claimed' | 'finished';
  /** Pages that lie ready, numbered from 1. */
  readonly pages: number;
}

/** POST /p/{transferId}/claim → 201. */
export interface PhoneClaim {
  /** Goes as `x-bianmin-claim` with every page. */
  readonly claim: string;
  readonly maxPages: number;
  readonly maxPageBytes: number;
}

/** First byte of a sealed page. */
export const PHONE_PAGE_VERSION = 1;

/**
 * A sealed page: version byte, 65 bytes of an ephemeral P-256 public key (raw, uncompressed), 12 bytes of
 * nonce, then AES-256-GCM of the JPEG with the first 66 bytes as additional data. The key is HKDF-SHA-256 of
 * the ECDH secret with the transfer id as salt and {@link PHONE_PAGE_INFO} as info.
 */
export const PHONE_PAGE = { publicKeyAt: 1, nonceAt: 66, sealedAt: 78, tagBytes: 16 } as const;

/** Info of the key derivation. */
export const PHONE_PAGE_INFO = 'bianmin-phone-page/1';
