import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EnrolResponse, Problem, ReceiptVerification } from '../../domain/wire/platform.ts';
import { deliver, sealApplication } from '../../tests/platform-kit/application.ts';
import { openBrowser } from '../../tests/platform-kit/browser.ts';
import {
  spoilEnvelope,
  ONE_TIME_CODE,
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../../tests/platform-kit/platform.ts';
import { enrolTerminal, newTerminalKey, postJson } from '../../tests/platform-kit/terminal.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: TestPlatform;
let time = Date.now();

const start = async (options: Parameters<typeof startTestPlatform>[1] = {}): Promise<void> => {
  platform = await startTestPlatform(folder.path, { now: () => time, ...options });
};
beforeEach(async () => {
  time = Date.now();
  folder = await temporaryFolder();
});
afterEach(async () => {
  await platform.close();
  await folder.remove();
});

const enrolWith = (code: string): Promise<Response> =>
  postJson(`${platform.url}/v1/enrolments`, {
    code,
    publicKey: newTerminalKey().publicKey,
    softwareVersion: 'test',
  });

describe('who guesses', () => {
  it('is slowed down, whatever token is made up for each request', async () => {
    await start({ limits: { requestsPerMinute: 5 } });
    const statuses: number[] = [];
    for (let i = 0; i < 7; i++) {
      const headers = { authorization: `Bearer made-up-${i}` };
      statuses.push((await fetch(`${platform.url}/v1/time?nonce=abcdefgh`, { headers })).status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429]);
  });

  it('one-time codes is not heard after ten wrong ones, until a quarter of an hour has passed', async () => {
    await start();
    // one mistyped code, asked with again and again, is one guess
    for (let i = 0; i < 15; i++) expect((await enrolWith('WRONG-0')).status).toBe(401);
    for (let i = 1; i < 10; i++) expect((await enrolWith(`WRONG-${i}`)).status).toBe(401);
    const refused = await enrolWith(ONE_TIME_CODE);
    expect(refused.status).toBe(429);
    expect(((await refused.json()) as Problem).code).toBe('slowDown');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    time += 15 * 60_000 + 1;
    expect((await enrolWith(ONE_TIME_CODE)).status).toBe(201);
  });

  it('a password with many tries at once has five, not as many as fit before the first is counted', async () => {
    await start();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        openBrowser(platform.url).login('clerk', `wrong password ${i}`),
      ),
    );
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    expect(texts.filter((text) => text.includes('用户名或密码不对'))).toHaveLength(4);
    expect(texts.filter((text) => text.includes('锁定'))).toHaveLength(16);
  });
});

describe('who is nobody', () => {
  it.each<[string, string, number, string?]>([
    ['PUT', `/v1/items/${'0'.repeat(32)}`, 401],
    ['PUT', `/v1/admin/attachments/${'0'.repeat(64)}`, 401],
    ['PUT', `/v1/admin/items/${'0'.repeat(32)}`, 401],
    ['POST', '/v1/admin/terminals/T/reconciliations', 401],
    // where no files are taken their type is not known
    ['POST', '/v1/tokens', 400],
    [
      ...(['POST', `/p/${'A'.repeat(22)}/pages`, 404] as const),
      'Content-Type: application/vnd.bianmin.phone-page\r\nX-Bianmin-Claim: guessed',
    ],
  ])('is not listened to for a large body: %s %s', async (method, path, status, headers) => {
    await start();
    expect(await answerBeforeBody(method, path, headers)).toContain(`HTTP/1.1 ${String(status)} `);
  });
});

/** Announces a body, sends none of it, and waits for the answer all the same. */
function answerBeforeBody(
  method: string,
  path: string,
  headers = 'Content-Type: application/octet-stream',
): Promise<string> {
  const { hostname, port } = new URL(platform.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () =>
      socket.write(
        `${method} ${path} HTTP/1.1\r\nHost: x\r\n` +
          `${headers}\r\nContent-Length: 1000000\r\n\r\n`,
      ),
    );
    socket.once('data', (chunk) => {
      resolve(chunk.toString());
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

describe('what came wrong', () => {
  it('is never repeated in the answer, whoever of the server answers', async () => {
    await start();
    for (const path of ['/v1/%zz-secret', `/v1/receipts/${'secret'.repeat(150)}`, '/r/%E0%A4%A']) {
      const text = await rawGet(path);
      expect(text).toContain('application/problem+json');
      expect(text).not.toContain('secret');
    }
  });
});

function rawGet(path: string): Promise<string> {
  const { hostname, port } = new URL(platform.url);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname, () =>
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
    );
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('end', () => resolve(text)).on('error', reject);
  });
}

describe('one bad item', () => {
  it('whose file the disk lost keeps no other from being reviewed', async () => {
    await start();
    const terminal = await enrolTerminal(() => platform.url, TEST_CODE);
    const bad = await sealApplication(terminal);
    const good = await sealApplication(terminal);
    await deliver(terminal, bad);
    await platform.reviewed();
    await platform.close();
    // as if the platform had been stopped before it came to the first one
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(join(folder.path, 'platform.sqlite'));
    database.exec('UPDATE items SET reviewedAt = NULL');
    database.close();
    const sha = bad.envelopeSha256;
    spoilEnvelope(folder.path, sha);
    await start();
    await deliver(terminal, good);
    await platform.reviewed();
    const [first] = [await platform.admin('/items?limit=10')].map(({ body }) => body);
    expect(first).toMatchObject({ items: [{ state: 'received' }, { state: 'received' }] });
    const seen = await platform.admin(`/items/${good.submissionId}`);
    expect(seen.body).toMatchObject({ reviewed: true, problems: [] });
    // and it is looked at again when its file is back
    spoilEnvelope(folder.path, sha, bad.envelope);
    await deliver(terminal, await sealApplication(terminal));
    await platform.reviewed();
    const again = await platform.admin(`/items/${bad.submissionId}`);
    expect(again.body).toMatchObject({ reviewed: true });
  });
});

describe('a terminal', () => {
  it('cannot make the receipt of another look as if its application had been changed', async () => {
    await start();
    const victim = await enrolTerminal(() => platform.url, TEST_CODE);
    const other = await enrolTerminal(() => platform.url, ONE_TIME_CODE);
    const promised = await sealApplication(victim);
    const liar = await sealApplication(other, {
      changeHeader: (header) => ({
        ...header,
        kind: 'rating',
        receiptNumber: promised.receiptNumber,
      }),
    });
    expect((await deliver(other, liar)).status).toBe(201);
    const answer = await fetch(`${platform.url}/v1/receipts/${promised.receiptToken}`);
    expect(((await answer.json()) as ReceiptVerification).item).toBe('notYetArrived');
  });

  it('that takes the place of another goes on after its last number of today, not of another day', async () => {
    await start();
    const before = await enrolTerminal(() => platform.url, TEST_CODE);
    const today = await sealApplication(before, { sequence: 41 });
    await deliver(before, today);
    // the clock of the one before was once wrong by years
    await deliver(
      before,
      await sealApplication(before, { sequence: 1, createdAt: new Date('2039-01-01T00:00:00Z') }),
    );
    const enrolled = (await (await enrolWith(TEST_CODE)).json()) as EnrolResponse;
    expect(enrolled.lastReceiptNumber).toBe(today.receiptNumber);
  });
});
