import { readdirSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PhoneClaim, PhoneTransfer } from '../../domain/wire/phone.ts';
import {
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  ONE_TIME_CODE,
  type TestPlatform,
} from '../../tests/platform-kit/platform.ts';
import { enrolTerminal, type TestTerminal } from '../../tests/platform-kit/terminal.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: TestPlatform;
let terminal: TestTerminal;
let other: TestTerminal;

beforeAll(async () => {
  folder = await temporaryFolder();
  platform = await startTestPlatform(folder.path);
  terminal = await enrolTerminal(() => platform.url, TEST_CODE);
  other = await enrolTerminal(() => platform.url, ONE_TIME_CODE);
});
afterAll(async () => {
  await platform.close();
  await folder.remove();
});

const begin = async (who = terminal): Promise<PhoneTransfer> => {
  const answer = await who.request('/v1/phone-transfers', { method: 'POST' });
  expect(answer.status).toBe(201);
  return (await answer.json()) as PhoneTransfer;
};
const claimOf = async ({ pageUrl }: PhoneTransfer): Promise<string> =>
  ((await (await fetch(`${pageUrl}/claim`, { method: 'POST' })).json()) as PhoneClaim).claim;
const send = ({ pageUrl }: PhoneTransfer, claim: string, body: Buffer): Promise<Response> =>
  fetch(`${pageUrl}/pages`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.bianmin.phone-page', 'x-bianmin-claim': claim },
    body: Uint8Array.from(body),
  });

function filesBelow(path: string): readonly string[] {
  return readdirSync(path).flatMap((name) => {
    const below = join(path, name);
    return statSync(below).isDirectory() ? filesBelow(below) : [below];
  });
}

/** Announces a page, sends none of it, and waits for the answer all the same. */
function answerToAnnounced(
  { pageUrl }: Pick<PhoneTransfer, 'pageUrl'>,
  claim: string,
): Promise<string> {
  const { hostname, port, pathname } = new URL(pageUrl);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () =>
      socket.write(
        `POST ${pathname}/pages HTTP/1.1\r\nHost: x\r\nX-Bianmin-Claim: ${claim}\r\n` +
          'Content-Type: application/vnd.bianmin.phone-page\r\nContent-Length: 6291456\r\n\r\n',
      ),
    );
    socket.once('data', (chunk) => {
      resolve(chunk.toString());
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

describe('the way of a photograph over the platform', () => {
  it('gives the very bytes to the terminal that asked, to no other, and keeps nothing', async () => {
    const transfer = await begin();
    const at = `/v1/phone-transfers/${transfer.transferId}`;
    expect(await (await terminal.request(at)).json()).toEqual({ state: 'waiting', pages: 0 });
    const claim = await claimOf(transfer);
    expect((await fetch(`${transfer.pageUrl}/claim`, { method: 'POST' })).status).toBe(409);
    const sealed = Buffer.from(`sealed page ${'x'.repeat(100)}`);
    expect((await send(transfer, 'guessed', sealed)).status).toBe(409);
    expect((await send(transfer, claim, Buffer.from('short'))).status).toBe(400);
    expect((await send(transfer, claim, sealed)).status).toBe(201);
    expect((await other.request(at)).status).toBe(404);
    expect((await fetch(`${platform.url}${at}/pages/1`)).status).toBe(401);
    const page = await terminal.request(`${at}/pages/1`);
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(Buffer.from(await page.arrayBuffer())).toEqual(sealed);
    for (const file of filesBelow(folder.path)) {
      expect(readFileSync(file).includes('sealed page'), file).toBe(false);
    }
    expect((await terminal.request(`${at}/close`, { method: 'POST' })).status).toBe(204);
    expect((await terminal.request(at)).status).toBe(404);
    expect((await send(transfer, claim, sealed)).status).toBe(404);
  });

  it('shows the phone a page in both languages that runs no script but its own', async () => {
    const { pageUrl } = await begin();
    const page = await fetch(pageUrl);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    const text = await page.text();
    expect(text).toContain('用手机拍材料');
    expect(text).toContain('Photograph your papers');
    expect((await fetch(`${platform.url}/p/phone-page.js`)).status).toBe(200);
  });

  it('asks whose a page is before it reads it, and whether there is room', async () => {
    const transfer = await begin();
    const claim = await claimOf(transfer);
    const nobody = { pageUrl: `${platform.url}/p/${'A'.repeat(22)}` };
    expect(await answerToAnnounced(nobody, 'guessed')).toContain('HTTP/1.1 404 ');
    expect(await answerToAnnounced(transfer, 'guessed')).toContain('HTTP/1.1 409 ');
    for (let i = 0; i < 10; i++) {
      expect((await send(transfer, claim, Buffer.alloc(100, i))).status).toBe(201);
    }
    expect(await answerToAnnounced(transfer, claim)).toContain('HTTP/1.1 413 ');
  });

  it('takes no page that is larger than allowed', async () => {
    const transfer = await begin();
    const claim = await claimOf(transfer);
    expect((await send(transfer, claim, Buffer.alloc(6 * 1024 * 1024 + 1))).status).toBe(413);
  });
});
