import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { compactVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkCatalogue } from '../../domain/catalogue/check-catalogue.ts';
import type {
  Bundle,
  KeyBundle,
  Problem,
  ReceiptVerification,
  HeartbeatReceived,
  TokenResponse,
} from '../../domain/wire/platform.ts';
import { deliver, sealApplication } from '../../tests/platform-kit/application.ts';
import {
  ONE_TIME_CODE,
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../../tests/platform-kit/platform.ts';
import {
  enrolTerminal,
  newTerminalKey,
  postJson,
  type TestTerminal,
} from '../../tests/platform-kit/terminal.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: TestPlatform;
let terminal: TestTerminal;
let time = Date.now();

beforeAll(async () => {
  folder = await temporaryFolder();
  platform = await startTestPlatform(folder.path, { now: () => time });
  terminal = await enrolTerminal(
    () => platform.url,
    TEST_CODE,
    newTerminalKey(),
    () => time,
  );
});
afterAll(async () => {
  await platform.close();
  await folder.remove();
});

const rootKey = () =>
  createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: terminal.enrolment.bundleRoot },
    format: 'jwk',
  });
const codeOf = async (response: Response): Promise<[number, string]> => [
  response.status,
  ((await response.json()) as Problem).code,
];
const askToken = (assertion: string) => postJson(`${platform.url}/v1/tokens`, { assertion });

async function bundleOf<T>(kind: string): Promise<Bundle<T>> {
  const response = await terminal.request(`/v1/bundles/${kind}`);
  const { payload, protectedHeader } = await compactVerify(await response.text(), rootKey());
  const bundle = JSON.parse(Buffer.from(payload).toString()) as Bundle<T>;
  expect(protectedHeader).toEqual({
    alg: 'EdDSA',
    typ: 'bianmin-bundle+jws',
    kind,
    version: bundle.version,
  });
  return bundle;
}

describe('enrolment', () => {
  it('takes a one-time code once, and gives the same answer when the same key asks again', async () => {
    const key = newTerminalKey();
    const first = await enrolTerminal(() => platform.url, ONE_TIME_CODE, key);
    const again = await enrolTerminal(() => platform.url, ONE_TIME_CODE, key);
    expect(again.enrolment.terminalId).toBe(first.enrolment.terminalId);
    expect(first.enrolment).toMatchObject({
      region: '500151001',
      terminal: '002',
      generation: 1,
      lastReceiptNumber: null,
      verifyBaseUrl: platform.url,
    });
    const request = {
      code: ONE_TIME_CODE,
      publicKey: newTerminalKey().publicKey,
      softwareVersion: '',
    };
    const other = await postJson(`${platform.url}/v1/enrolments`, request);
    expect(await codeOf(other)).toEqual([401, 'unauthorised']);
    const unknown = await postJson(`${platform.url}/v1/enrolments`, {
      ...request,
      code: 'nothing',
    });
    expect(await codeOf(unknown)).toEqual([401, 'unauthorised']);
    const malformed = await postJson(`${platform.url}/v1/enrolments`, { code: 1 });
    expect(await codeOf(malformed)).toEqual([400, 'malformed']);
  });
});

describe('a token', () => {
  it('is given for an assertion once, and for no replay', async () => {
    const assertion = await terminal.assertion();
    expect((await askToken(assertion)).status).toBe(201);
    expect(await codeOf(await askToken(assertion))).toEqual([401, 'unauthorised']);
  });

  it('is not given for an assertion that is of another key, audience, time or lifetime', async () => {
    const seconds = Math.floor(time / 1000);
    const wrong = [
      await terminal.assertion({}, generateKeyPairSync('ed25519').privateKey),
      await terminal.assertion({ aud: 'elsewhere' }),
      await terminal.assertion({ iat: seconds - 1000, exp: seconds - 800 }),
      await terminal.assertion({ iat: seconds, exp: seconds + 3600 }),
      await terminal.assertion({ iat: seconds + 3600, exp: seconds + 3700 }),
      await terminal.assertion({ jti: undefined }),
      await terminal.assertion({ sub: 'nobody' }),
    ];
    for (const assertion of wrong) {
      expect(await codeOf(await askToken(assertion))).toEqual([401, 'unauthorised']);
    }
    expect(await codeOf(await askToken('nonsense'))).toEqual([400, 'malformed']);
  });

  it('ends', async () => {
    expect((await terminal.request('/v1/feed')).status).toBe(200);
    time += 16 * 60_000;
    expect(await codeOf(await terminal.request('/v1/feed'))).toEqual([401, 'unauthorised']);
    time -= 16 * 60_000;
    const without = await fetch(`${platform.url}/v1/feed`);
    expect(await codeOf(without)).toEqual([401, 'unauthorised']);
  });

  it('lives as long as it says, also over a restart of the platform', async () => {
    const own = await temporaryFolder();
    let other = await startTestPlatform(own.path, { now: () => time, tokenSeconds: 60 });
    try {
      const its = await enrolTerminal(
        () => other.url,
        TEST_CODE,
        newTerminalKey(),
        () => time,
      );
      const given = await postJson(`${other.url}/v1/tokens`, { assertion: await its.assertion() });
      const { accessToken, expiresInSeconds } = (await given.json()) as TokenResponse;
      expect(expiresInSeconds).toBe(60);
      await other.close();
      other = await startTestPlatform(own.path, { now: () => time, tokenSeconds: 60 });
      const headers = { authorization: `Bearer ${accessToken}` };
      const asked = async () => (await fetch(`${other.url}/v1/feed`, { headers })).status;
      time += 59_000;
      expect([await asked(), await asked()]).toEqual([200, 200]);
      time += 2_000;
      expect([await asked(), await asked()]).toEqual([401, 401]);
      time -= 61_000;
    } finally {
      await other.close();
      await own.remove();
    }
  });
});

describe('bundles', () => {
  it('are signed by the pinned root, with a version that grows only when the content has changed', async () => {
    const catalogue = await bundleOf('catalogue');
    expect(checkCatalogue(catalogue.content).ok).toBe(true);
    expect((await bundleOf('policy')).content).toEqual({ environment: 'demo' });
    const keys = await bundleOf<KeyBundle>('keys');
    expect((await bundleOf('keys')).version).toBe(keys.version);
    expect(keys.content.recipients.map(({ purpose }) => purpose)).toEqual(['platform', 'recovery']);
    const added = await enrolTerminal(() => platform.url, TEST_CODE);
    const after = await bundleOf<KeyBundle>('keys');
    expect(after.version).toBe(keys.version + 1);
    expect(after.content.terminals.map(({ terminalId }) => terminalId)).toContain(
      added.enrolment.terminalId,
    );
  });

  it('are not sent again to who has them', async () => {
    const etag = (await terminal.request('/v1/bundles/policy')).headers.get('etag') ?? '';
    const again = await terminal.request('/v1/bundles/policy', {
      headers: { 'if-none-match': etag },
    });
    expect(again.status).toBe(304);
    expect((await terminal.request('/v1/bundles/other')).status).toBe(400);
  });
});

describe('the time', () => {
  it('is signed over the nonce that was asked with', async () => {
    const response = await fetch(`${platform.url}/v1/time?nonce=abcdefgh12`);
    const body = await response.text();
    expect(JSON.parse(body)).toMatchObject({ nonce: 'abcdefgh12' });
    const signature = Buffer.from(response.headers.get('x-bianmin-signature') ?? '', 'base64url');
    expect(verify(null, Buffer.from(body), rootKey(), signature)).toBe(true);
  });
});

describe('heartbeats', () => {
  it('are noted, malformed ones are not; the answer tells which bundles are in force', async () => {
    const beat = {
      softwareVersion: '0.1.0',
      waitingItems: 0,
      oldestWaitingSeconds: 0,
      devices: { idCard: 'online' },
      bundleVersions: { keys: 1 },
      clock: new Date(0).toISOString(),
    };
    const send = (body: unknown) =>
      terminal.request('/v1/heartbeats', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const answer = await send(beat);
    expect(answer.status).toBe(202);
    const { bundles } = (await answer.json()) as HeartbeatReceived;
    expect(Object.keys(bundles ?? {}).sort()).toEqual(['catalogue', 'keys', 'policy']);
    for (const [kind, etag] of Object.entries(bundles ?? {})) {
      const headers = { 'if-none-match': etag };
      expect((await terminal.request(`/v1/bundles/${kind}`, { headers })).status).toBe(304);
    }
    expect(await codeOf(await send({ ...beat, waitingItems: -1 }))).toEqual([400, 'malformed']);
  });
});

describe('a receipt', () => {
  const check = async (token: string): Promise<ReceiptVerification> =>
    (await (await fetch(`${platform.url}/v1/receipts/${token}`)).json()) as ReceiptVerification;

  it('is genuine before and after its item has come, and tells states only', async () => {
    const application = await sealApplication(terminal);
    const before = await check(application.receiptToken);
    expect(before).toMatchObject({ signature: 'valid', item: 'notYetArrived', state: null });
    await deliver(terminal, application);
    expect(await check(application.receiptToken)).toEqual({
      signature: 'valid',
      item: 'arrived',
      receiptNumber: application.receiptNumber,
      state: 'received',
    });
    const page = await (await fetch(`${platform.url}/r/${application.receiptToken}`)).text();
    expect(page).toContain('回执是真的');
    expect(page).toContain('平台已收到');
    expect(page).not.toContain('龚');
  });

  it('with a bad signature, an unknown key or another content is told apart, and says nothing more', async () => {
    const application = await sealApplication(terminal);
    const forged = Buffer.from(application.receiptToken, 'base64url');
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    expect(await check(forged.toString('base64url'))).toEqual({
      signature: 'invalid',
      item: 'unknown',
      receiptNumber: null,
      state: null,
    });
    const stranger = await sealApplication({
      ...terminal,
      key: { ...terminal.key, keyId: 'deadbeef' },
    });
    expect((await check(stranger.receiptToken)).signature).toBe('unknownKey');
    const sequence = 9000;
    const sent = await sealApplication(terminal, { sequence });
    const printed = await sealApplication(terminal, { sequence });
    await deliver(terminal, sent);
    expect((await check(printed.receiptToken)).item).toBe('differs');
    expect((await fetch(`${platform.url}/v1/receipts/nonsense`)).status).toBe(400);
    const page = await fetch(`${platform.url}/r/${encodeURIComponent('<script>')}`);
    expect(await page.text()).toContain('这不是回执上的二维码');
  });
});

describe('a revoked terminal', () => {
  it('is turned away at once, also with a token it still has, and its receipts are marked', async () => {
    const stolen = await enrolTerminal(
      () => platform.url,
      TEST_CODE,
      newTerminalKey(),
      () => time,
    );
    const application = await sealApplication(stolen);
    await deliver(stolen, application);
    const { terminalId } = stolen.enrolment;
    const revoked = await platform.admin(`/terminals/${terminalId}/revoke`, { method: 'POST' });
    expect(revoked.body).toEqual({ revoked: true, terminalIds: [terminalId] });
    expect(await codeOf(await stolen.request('/v1/feed'))).toEqual([401, 'revoked']);
    expect(await codeOf(await askToken(await stolen.assertion()))).toEqual([401, 'revoked']);
    const stranger = await stolen.assertion({}, generateKeyPairSync('ed25519').privateKey);
    expect(await codeOf(await askToken(stranger))).toEqual([401, 'unauthorised']);
    const answer = await fetch(`${platform.url}/v1/receipts/${application.receiptToken}`);
    expect(await answer.json()).toMatchObject({ signature: 'revokedKey', item: 'arrived' });
    const keys = await bundleOf<KeyBundle>('keys');
    const entry = keys.content.terminals.find((row) => row.terminalId === terminalId);
    expect(entry?.revokedAt).toBeDefined();
  });
});

describe('the platform', () => {
  it('keeps its keys and its admin token for itself', async () => {
    for (const file of [
      'keys/bundle-root.pem',
      'keys/platform.age.txt',
      'keys/recovery.age.txt',
      'keys/token-secret.txt',
      'admin-token',
    ]) {
      expect((await stat(join(folder.path, file))).mode & 0o777).toBe(0o600);
    }
    const without = await fetch(`${platform.url}/v1/admin/terminals`, {
      headers: { authorization: 'Bearer wrong' },
    });
    expect(await codeOf(without)).toEqual([401, 'unauthorised']);
  });

  it('slows down who asks too much, with the time to wait', async () => {
    const other = await temporaryFolder();
    const slow = await startTestPlatform(other.path, { limits: { requestsPerMinute: 3 } });
    const ask = () => fetch(`${slow.url}/v1/time?nonce=abcdefgh`);
    const answers = [await ask(), await ask(), await ask(), await ask()];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(Number(answers[3]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await codeOf(answers[3]!)).toEqual([429, 'slowDown']);
    await slow.close();
    await other.remove();
  });

  it('answers what it does not know with a problem', async () => {
    expect(await codeOf(await fetch(`${platform.url}/v2/nothing`))).toEqual([404, 'notFound']);
    const broken = await fetch(`${platform.url}/v1/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    });
    expect(await codeOf(broken)).toEqual([400, 'malformed']);
  });

  it('is turned away also when it was revoked while its bytes came', async () => {
    const stolen = await enrolTerminal(
      () => platform.url,
      TEST_CODE,
      newTerminalKey(),
      () => time,
    );
    const { submissionId, envelope } = await sealApplication(stolen);
    const { hostname, port } = new URL(platform.url);
    const request = httpRequest({
      hostname,
      port,
      method: 'PUT',
      path: `/v1/items/${submissionId}`,
      headers: {
        authorization: `Bearer ${await stolen.token()}`,
        'content-type': 'application/vnd.bianmin.envelope',
        'content-length': envelope.length,
      },
    });
    const answered = once(request, 'response') as Promise<[IncomingMessage]>;
    request.write(envelope.subarray(0, 100));
    // a request of its own goes that way and back: the first bytes are there
    await stolen.request('/v1/feed');
    await platform.admin(`/terminals/${stolen.enrolment.terminalId}/revoke`, { method: 'POST' });
    request.end(envelope.subarray(100));
    const [answer] = await answered;
    expect([answer.statusCode, ((await json(answer)) as Problem).code]).toEqual([401, 'revoked']);
  });
});
