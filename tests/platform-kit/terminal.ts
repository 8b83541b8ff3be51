import {
  createHash,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  randomUUID,
  sign,
} from 'node:crypto';
import { SignJWT } from 'jose';
import type { AttachmentProgress, EnrolResponse } from '../../domain/wire/platform.ts';

/** An Ed25519 key as a terminal has one. */
export interface TerminalKey {
  readonly privateKey: KeyObject;
  /** Raw 32 bytes, base64url. */
  readonly publicKey: string;
  readonly keyId: string;
}

/** A fresh key. */
export function newTerminalKey(): TerminalKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'jwk' }).x ?? '';
  const keyId = createHash('sha256')
    .update(Buffer.from(raw, 'base64url'))
    .digest('hex')
    .slice(0, 8);
  return { privateKey, publicKey: raw, keyId };
}

/** What a test does as a terminal, over real HTTP. */
export interface TestTerminal {
  readonly key: TerminalKey;
  readonly enrolment: EnrolResponse;
  /** region + terminal */
  readonly place: string;
  sign(bytes: Uint8Array): Uint8Array;
  /** A new assertion; parts of it may be wrong on purpose. */
  assertion(claims?: Readonly<Record<string, unknown>>, key?: KeyObject): Promise<string>;
  token(): Promise<string>;
  /** A request with a token. */
  request(path: string, init?: RequestInit): Promise<Response>;
  head(sha256: string): Promise<{ readonly offset: number; readonly length: number } | undefined>;
  patch(sha256: string, bytes: Uint8Array, offset: number, length: number): Promise<Response>;
  /** Uploads what is missing of an attachment. */
  upload(bytes: Uint8Array): Promise<AttachmentProgress | undefined>;
  put(submissionId: string, envelope: Uint8Array): Promise<Response>;
}

/** POSTs JSON. */
export function postJson(url: string, body: unknown, headers: Record<string, string> = {}) {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

/** SHA-256 as hex. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * Enrols a terminal. The address is asked for at each request: a platform that was started again may
 * listen elsewhere.
 */
export async function enrolTerminal(
  url: () => string,
  code: string,
  key: TerminalKey = newTerminalKey(),
  now: () => number = Date.now,
): Promise<TestTerminal> {
  const answer = await postJson(`${url()}/v1/enrolments`, {
    code,
    publicKey: key.publicKey,
    softwareVersion: 'test',
  });
  if (answer.status !== 201) throw new Error(`enrolment: ${answer.status} ${await answer.text()}`);
  const enrolment = (await answer.json()) as EnrolResponse;
  let accessToken: string | undefined;

  const assertion = (
    claims: Readonly<Record<string, unknown>> = {},
    signWith: KeyObject = key.privateKey,
  ): Promise<string> => {
    const seconds = Math.floor(now() / 1000);
    return new SignJWT({
      iss: enrolment.terminalId,
      sub: enrolment.terminalId,
      aud: 'bianmin-platform',
      iat: seconds,
      exp: seconds + 120,
      jti: randomUUID(),
      ...claims,
    })
      .setProtectedHeader({ alg: 'EdDSA' })
      .sign(signWith);
  };
  const token = async (): Promise<string> => {
    if (accessToken !== undefined) return accessToken;
    const response = await postJson(`${url()}/v1/tokens`, { assertion: await assertion() });
    if (response.status !== 201) throw new Error(`token: ${response.status}`);
    accessToken = ((await response.json()) as { accessToken: string }).accessToken;
    return accessToken;
  };
  const request = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${await token()}`);
    return fetch(`${url()}${path}`, { ...init, headers });
  };
  const head: TestTerminal['head'] = async (name) => {
    const response = await request(`/v1/attachments/${name}`, { method: 'HEAD' });
    if (response.status === 404) return undefined;
    return {
      offset: Number(response.headers.get('upload-offset')),
      length: Number(response.headers.get('upload-length')),
    };
  };
  const patch: TestTerminal['patch'] = (name, bytes, offset, length) =>
    request(`/v1/attachments/${name}`, {
      method: 'PATCH',
      headers: {
        'content-type': 'application/offset+octet-stream',
        'upload-offset': String(offset),
        'upload-length': String(length),
      },
      body: Buffer.from(bytes),
    });
  return {
    key,
    enrolment,
    place: enrolment.region + enrolment.terminal,
    sign: (bytes) => sign(null, bytes, key.privateKey),
    assertion,
    token,
    request,
    head,
    patch,
    async upload(bytes) {
      const name = sha256(bytes);
      const offset = (await head(name))?.offset ?? 0;
      if (offset === bytes.length) return undefined;
      const response = await patch(name, bytes.subarray(offset), offset, bytes.length);
      if (response.status !== 200) throw new Error(`upload: ${response.status}`);
      return (await response.json()) as AttachmentProgress;
    },
    put: (submissionId, envelope) =>
      request(`/v1/items/${submissionId}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/vnd.bianmin.envelope' },
        body: Buffer.from(envelope),
      }),
  };
}

/** 128 random bits as hex. */
export function newSubmissionId(): string {
  return randomBytes(16).toString('hex');
}
