import type { z } from 'zod';
import type { Problem } from '../../domain/wire/platform.ts';
import {
  adminItem,
  adminItemList,
  enrolmentCode,
  unlockCodeAnswer,
  unlockCodeRequest,
} from './admin.ts';
import { applicationBody, envelopeHeader } from './body.ts';
import * as wire from './wire.ts';

/** Every named shape; the names are those of the domain's types. */
export const SHAPES = {
  EnrolRequest: wire.enrolRequest,
  EnrolResponse: wire.enrolResponse,
  TokenRequest: wire.tokenRequest,
  TokenResponse: wire.tokenResponse,
  Bundle: wire.bundle,
  KeyBundle: wire.keyBundle,
  EnvelopeHeader: envelopeHeader,
  ApplicationBody: applicationBody,
  ItemReceived: wire.itemReceived,
  AttachmentProgress: wire.attachmentProgress,
  CaseState: wire.caseState,
  FeedEvent: wire.feedEvent,
  Feed: wire.feed,
  Heartbeat: wire.heartbeat,
  HeartbeatReceived: wire.heartbeatReceived,
  ReceiptVerification: wire.receiptVerification,
  SignedTime: wire.signedTime,
  Problem: wire.problem,
  AdminItem: adminItem,
  AdminItemList: adminItemList,
  EnrolmentCode: enrolmentCode,
  UnlockCodeRequest: unlockCodeRequest,
  UnlockCode: unlockCodeAnswer,
} as const satisfies Record<string, z.ZodType>;

/** Name of a shape. */
export type ShapeName = keyof typeof SHAPES;

/** A parameter in path, query or header. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly pattern?: string;
  readonly text: string;
}

/** A body, by shape or by media type. */
export type Content =
  | { readonly shape: ShapeName }
  | { readonly media: string; readonly text: string }
  | { readonly nothing: string };

/** One thing that the platform can be asked. */
export interface Operation {
  readonly id: string;
  readonly method: 'get' | 'head' | 'post' | 'put' | 'patch';
  readonly path: string;
  readonly group: 'terminal' | 'public' | 'admin';
  readonly auth: 'none' | 'terminal' | 'admin';
  readonly summary: string;
  readonly parameters?: readonly Parameter[];
  readonly request?: Content;
  readonly status: number;
  readonly response: Content;
  readonly responseHeaders?: Readonly<Record<string, string>>;
  readonly alsoStatus?: Readonly<Record<number, string>>;
  readonly problems: readonly Problem['code'][];
}

const SHA256 = '^[0-9a-f]{64}$';
const HEX32 = '^[0-9a-f]{32}$';
const path = (name: string, text: string, pattern?: string): Parameter => ({
  name,
  in: 'path',
  required: true,
  text,
  ...(pattern === undefined ? {} : { pattern }),
});
const query = (name: string, text: string, required = false): Parameter => ({
  name,
  in: 'query',
  required,
  text,
});
const header = (name: string, text: string): Parameter => ({
  name,
  in: 'header',
  required: true,
  pattern: '^[0-9]{1,12}$',
  text,
});

/** The contract, route by route. */
export const OPERATIONS: readonly Operation[] = [
  {
    id: 'enrol',
    method: 'post',
    path: '/v1/enrolments',
    group: 'terminal',
    auth: 'none',
    summary:
      'Enrols a terminal with a one-time code. The same code with the same key gives the same answer again, for an answer may have been lost; with another key it is refused.',
    request: { shape: 'EnrolRequest' },
    status: 201,
    response: { shape: 'EnrolResponse' },
    problems: ['malformed', 'unauthorised', 'revoked', 'slowDown'],
  },
  {
    id: 'token',
    method: 'post',
    path: '/v1/tokens',
    group: 'terminal',
    auth: 'none',
    summary: "Gives a short-lived access token for an assertion signed by the terminal's key.",
    request: { shape: 'TokenRequest' },
    status: 201,
    response: { shape: 'TokenResponse' },
    problems: ['malformed', 'unauthorised', 'revoked', 'slowDown'],
  },
  {
    id: 'bundle',
    method: 'get',
    path: '/v1/bundles/{kind}',
    group: 'terminal',
    auth: 'terminal',
    summary:
      'The newest signed bundle: a compact JWS (EdDSA by the bundle root; protected header typ `bianmin-bundle+jws`, `kind`, `version`) whose payload is a Bundle.',
    parameters: [path('kind', 'catalogue, keys or policy', '^(catalogue|keys|policy)$')],
    status: 200,
    response: { media: 'application/jose', text: 'Compact JWS of a Bundle' },
    responseHeaders: { ETag: 'Send it back as If-None-Match' },
    alsoStatus: { 304: 'Nothing newer than If-None-Match' },
    problems: ['unauthorised', 'revoked', 'malformed', 'slowDown'],
  },
  {
    id: 'attachmentState',
    method: 'head',
    path: '/v1/attachments/{sha256}',
    group: 'terminal',
    auth: 'terminal',
    summary: 'Where an upload stands. Offset equal to length: complete and durable.',
    parameters: [path('sha256', 'SHA-256 of the sealed attachment', SHA256)],
    status: 200,
    response: { nothing: 'No body' },
    responseHeaders: { 'Upload-Offset': 'Bytes held', 'Upload-Length': 'Bytes of the whole' },
    problems: ['notFound', 'unauthorised', 'revoked', 'slowDown'],
  },
  {
    id: 'attachmentAppend',
    method: 'patch',
    path: '/v1/attachments/{sha256}',
    group: 'terminal',
    auth: 'terminal',
    summary:
      'Appends bytes. Answered only after fsync; the last bytes only after the hash was checked too. What came before a broken connection is kept.',
    parameters: [
      path('sha256', 'SHA-256 of the sealed attachment', SHA256),
      header('Upload-Offset', 'Where these bytes begin: where the platform stands'),
      header('Upload-Length', 'Bytes of the whole attachment'),
    ],
    request: { media: 'application/offset+octet-stream', text: 'Bytes from Upload-Offset on' },
    status: 200,
    response: { shape: 'AttachmentProgress' },
    problems: [
      'offsetMismatch',
      'hashMismatch',
      'tooLarge',
      'malformed',
      'unauthorised',
      'revoked',
      'slowDown',
    ],
  },
  {
    id: 'putItem',
    method: 'put',
    path: '/v1/items/{submissionId}',
    group: 'terminal',
    auth: 'terminal',
    summary:
      'Hands an item over. 201 means: on the disk, with all attachments, once. The same bytes again give the very same body; other bytes under the same id are kept beside and answered 409. A form that is wrong is never an error here: the case becomes `invalid`.',
    parameters: [path('submissionId', '128 random bits, hex: the idempotency key', HEX32)],
    request: { media: 'application/vnd.bianmin.envelope', text: 'The envelope file' },
    status: 201,
    response: { shape: 'ItemReceived' },
    problems: [
      'attachmentsMissing',
      'hashMismatch',
      'conflict',
      'tooLarge',
      'malformed',
      'unauthorised',
      'revoked',
      'slowDown',
    ],
  },
  {
    id: 'feed',
    method: 'get',
    path: '/v1/feed',
    group: 'terminal',
    auth: 'terminal',
    summary: "Changes of this terminal's items since a cursor, and the archive watermark.",
    parameters: [query('after', 'Cursor, 0 at first'), query('limit', '1 to 500, default 100')],
    status: 200,
    response: { shape: 'Feed' },
    problems: ['malformed', 'unauthorised', 'revoked', 'slowDown'],
  },
  {
    id: 'heartbeat',
    method: 'post',
    path: '/v1/heartbeats',
    group: 'terminal',
    auth: 'terminal',
    summary: 'Says how a terminal is. States only, no personal data.',
    request: { shape: 'Heartbeat' },
    status: 202,
    response: { shape: 'HeartbeatReceived' },
    problems: ['malformed', 'unauthorised', 'revoked', 'slowDown'],
  },
  {
    id: 'time',
    method: 'get',
    path: '/v1/time',
    group: 'public',
    auth: 'none',
    summary: "The platform's time, signed, for a terminal whose clock cannot be believed.",
    parameters: [query('nonce', '8 to 128 characters of A-Z a-z 0-9 _ -', true)],
    status: 200,
    response: { shape: 'SignedTime' },
    responseHeaders: {
      'x-bianmin-signature': 'Ed25519 by the bundle root over the bytes of the body, base64url',
    },
    problems: ['malformed', 'slowDown'],
  },
  {
    id: 'verifyReceipt',
    method: 'get',
    path: '/v1/receipts/{token}',
    group: 'public',
    auth: 'none',
    summary: "Checks the token of a receipt's QR code; 200 also when its signature is bad.",
    parameters: [path('token', 'Text of the QR code without the address')],
    status: 200,
    response: { shape: 'ReceiptVerification' },
    problems: ['malformed', 'slowDown'],
  },
  {
    id: 'receiptPage',
    method: 'get',
    path: '/r/{token}',
    group: 'public',
    auth: 'none',
    summary: 'The same for people: a page in Chinese and English, states only.',
    parameters: [path('token', 'Text of the QR code without the address')],
    status: 200,
    response: { media: 'text/html', text: 'A page' },
    problems: ['slowDown'],
  },
  {
    id: 'adminItems',
    method: 'get',
    path: '/v1/admin/items',
    group: 'admin',
    auth: 'admin',
    summary: 'What the platform holds, newest first.',
    parameters: [
      query('before', 'Only items with a lower cursor'),
      query('limit', 'At most so many; default 100'),
    ],
    status: 200,
    response: { shape: 'AdminItemList' },
    problems: ['malformed', 'unauthorised'],
  },
  {
    id: 'adminItem',
    method: 'get',
    path: '/v1/admin/items/{submissionId}',
    group: 'admin',
    auth: 'admin',
    summary: 'What the platform holds of a submission; the hashes are computed anew from the disk.',
    parameters: [
      path('submissionId', '32 hex digits', HEX32),
      query('clear', '1: the opened body too; the access is logged'),
    ],
    status: 200,
    response: { shape: 'AdminItem' },
    problems: ['notFound', 'unauthorised'],
  },
  {
    id: 'adminArchive',
    method: 'post',
    path: '/v1/admin/archive',
    group: 'admin',
    auth: 'admin',
    summary: 'Makes a backup now and checks it.',
    status: 200,
    response: { media: 'application/json', text: '{kind, archivedThrough, reason?}' },
    problems: ['unauthorised'],
  },
  {
    id: 'adminTerminals',
    method: 'get',
    path: '/v1/admin/terminals',
    group: 'admin',
    auth: 'admin',
    summary: 'Every terminal that was enrolled.',
    status: 200,
    response: { media: 'application/json', text: '{terminals: […]}' },
    problems: ['unauthorised'],
  },
  {
    id: 'adminRevoke',
    method: 'post',
    path: '/v1/admin/terminals/{terminalId}/revoke',
    group: 'admin',
    auth: 'admin',
    summary: 'Revokes a terminal for good: its tokens stop counting at once.',
    parameters: [path('terminalId', 'As given at enrolment')],
    status: 200,
    response: { media: 'application/json', text: '{revoked: boolean}' },
    problems: ['notFound', 'unauthorised'],
  },
  {
    id: 'adminUnlockCode',
    method: 'post',
    path: '/v1/admin/terminals/{terminalId}/unlock-codes',
    group: 'admin',
    auth: 'admin',
    summary:
      'Gives the one-time code that unlocks a PIN on a terminal, for the challenge that the terminal shows; logged. The console has the same for operators.',
    parameters: [path('terminalId', 'As given at enrolment')],
    request: { shape: 'UnlockCodeRequest' },
    status: 201,
    response: { shape: 'UnlockCode' },
    problems: ['malformed', 'notFound', 'revoked', 'unauthorised'],
  },
  {
    id: 'adminCode',
    method: 'post',
    path: '/v1/admin/enrolment-codes',
    group: 'admin',
    auth: 'admin',
    summary: 'Adds an enrolment code.',
    request: { shape: 'EnrolmentCode' },
    status: 201,
    response: { media: 'application/json', text: "{result: 'added'}" },
    problems: ['malformed', 'unauthorised'],
  },
];
