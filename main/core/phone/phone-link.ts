import { z } from 'zod';
import type { PhoneTransfer, PhoneTransferState } from '../../../domain/wire/phone.ts';
import { readJson } from '../sync/answers.ts';
import { readEmpty, type PlatformClient } from '../sync/platform-client.ts';
import { newTransferKey } from './open-phone-page.ts';

/** The phone's page may be reached over a slow line; a sealed page has at most 6 MiB. */
const MAX_SEALED_BYTES = 8 * 1024 * 1024;
const DEADLINE_MS = 30_000;

const transferSchema: z.ZodType<PhoneTransfer> = z.object({
  transferId: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  pageUrl: z.url({ protocol: /^https?$/ }),
  expiresAt: z.iso.datetime({ offset: true }),
});
const stateSchema: z.ZodType<PhoneTransferState> = z.object({
  state: z.enum(['waiting', 'claimed', 'finished']),
  pages: z.int().min(0).max(1000),
});

/** A transfer that this terminal began. */
export interface OpenTransfer {
  /** For the QR code: address of the phone's page, `#`, public key. */
  readonly url: string;
  /** ISO 8601, by the platform's clock. */
  readonly expiresAt: string;
  /** `gone`: the platform knows it no more. `away`: it could not be asked. */
  state(): Promise<PhoneTransferState | 'gone' | 'away'>;
  /** A page in the clear; `damaged` when it is none of ours, `away` when it could not be fetched. */
  page(number: number): Promise<Uint8Array | 'damaged' | 'away'>;
  /** The platform forgets it; false when it could not be told, then it does so by itself in ten minutes. */
  close(): Promise<boolean>;
}

/** Takes photographs from phones over the platform. */
export interface PhoneLink {
  /** Undefined when the platform could not be asked. */
  open(): Promise<OpenTransfer | undefined>;
}

/** The link over the platform's contract. */
export function createPhoneLink(client: PlatformClient): PhoneLink {
  return {
    async open() {
      const key = await newTransferKey();
      const begun = await client.authorised(
        { method: 'POST', path: '/v1/phone-transfers' },
        ({ status, body }) => (status === 201 ? readJson(body, transferSchema) : undefined),
      );
      if (!begun.ok) return undefined;
      const { transferId, pageUrl, expiresAt } = begun.value;
      const path = `/v1/phone-transfers/${transferId}`;
      return {
        url: `${pageUrl}#${key.publicKey}`,
        expiresAt,
        async state() {
          const answer = await client.authorised({ method: 'GET', path }, ({ status, body }) =>
            status === 200 ? readJson(body, stateSchema) : undefined,
          );
          if (answer.ok) return answer.value;
          const { error } = answer;
          return error.kind === 'problem' && error.code === 'notFound' ? 'gone' : 'away';
        },
        async page(number) {
          const answer = await client.authorised(
            {
              method: 'GET',
              path: `${path}/pages/${String(number)}`,
              maxAnswerBytes: MAX_SEALED_BYTES,
              deadlineMs: DEADLINE_MS,
            },
            ({ status, body }) => (status === 200 ? body : undefined),
          );
          if (!answer.ok) return 'away';
          return (await key.open(transferId, answer.value)) ?? 'damaged';
        },
        async close() {
          const closed = await client.authorised(
            { method: 'POST', path: `${path}/close` },
            readEmpty(204),
          );
          return closed.ok;
        },
      };
    },
  };
}
