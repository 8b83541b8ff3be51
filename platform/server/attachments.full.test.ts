import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../domain/wire/platform.ts';
import {
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../../tests/platform-kit/platform.ts';
import { enrolTerminal, sha256, type TestTerminal } from '../../tests/platform-kit/terminal.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: TestPlatform;
let terminal: TestTerminal;
const start = () => startTestPlatform(folder.path, { limits: { attachmentBytes: 1_000_000 } });

beforeAll(async () => {
  folder = await temporaryFolder();
  platform = await start();
  terminal = await enrolTerminal(() => platform.url, TEST_CODE);
});
afterAll(async () => {
  await platform.close();
  await folder.remove();
});

const codeOf = async (response: Response): Promise<[number, string]> => [
  response.status,
  ((await response.json()) as Problem).code,
];

describe('an upload', () => {
  it('goes on at the very byte, also after the platform was started again', async () => {
    const bytes = randomBytes(300_001);
    const name = sha256(bytes);
    expect(await terminal.head(name)).toBeUndefined();
    await terminal.patch(name, bytes.subarray(0, 123_457), 0, bytes.length);
    expect(await terminal.head(name)).toEqual({ offset: 123_457, length: 300_001 });
    await platform.close();
    platform = await start();
    expect(await terminal.head(name)).toEqual({ offset: 123_457, length: 300_001 });
    const rest = await terminal.patch(name, bytes.subarray(123_457), 123_457, bytes.length);
    expect(await rest.json()).toEqual({
      result: 'stored',
      sha256: name,
      offset: 300_001,
      complete: true,
    });
    expect(await terminal.head(name)).toEqual({ offset: 300_001, length: 300_001 });
  });

  it('that nobody goes on with is given up: after a month, or when all of it came by another way', async () => {
    const [long, recent, whole] = [randomBytes(5_000), randomBytes(5_001), randomBytes(5_002)];
    for (const bytes of [long, recent]) {
      await terminal.patch(sha256(bytes), bytes.subarray(0, 1_000), 0, bytes.length);
    }
    await terminal.upload(whole);
    await platform.close();
    const home = join(folder.path, 'uploads', terminal.enrolment.terminalId);
    await writeFile(join(home, `${sha256(whole)}.${whole.length}`), whole.subarray(0, 1_000));
    const monthAgo = new Date(Date.now() - 31 * 24 * 3_600_000);
    await utimes(join(home, `${sha256(long)}.${long.length}`), monthAgo, monthAgo);
    platform = await start();
    expect(await terminal.head(sha256(long))).toBeUndefined();
    expect(await terminal.head(sha256(recent))).toEqual({ offset: 1_000, length: 5_001 });
    expect(await terminal.head(sha256(whole))).toEqual({ offset: 5_002, length: 5_002 });
    expect(await readdir(home)).not.toContain(`${sha256(whole)}.${whole.length}`);
  });

  it('keeps what came before the line broke', async () => {
    const bytes = randomBytes(200_000);
    const name = sha256(bytes);
    const { hostname, port } = new URL(platform.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `PATCH /v1/attachments/${name} HTTP/1.1\r\nHost: ${hostname}\r\n` +
        `Authorization: Bearer ${await terminal.token()}\r\n` +
        `Content-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\n` +
        `Upload-Length: ${bytes.length}\r\nContent-Length: ${bytes.length}\r\n\r\n`,
    );
    socket.write(bytes.subarray(0, 100_000));
    await expect
      .poll(async () => (await terminal.head(name))?.offset, { timeout: 60_000 })
      .toBe(100_000);
    socket.destroy();
    await terminal.upload(bytes);
    expect(await terminal.head(name)).toEqual({ offset: 200_000, length: 200_000 });
  });

  it('that nobody may send is answered, and the next request on its connection too', async () => {
    const { hostname, port } = new URL(platform.url);
    const length = 900_000;
    const text = await new Promise<string>((resolve, reject) => {
      let all = '';
      const socket = connect(Number(port), hostname);
      socket.once('error', reject);
      socket.once('close', () => resolve(all));
      socket.on('data', (chunk) => (all += chunk.toString()));
      socket.write(
        `PATCH /v1/attachments/${sha256('nobody')} HTTP/1.1\r\nHost: ${hostname}\r\n` +
          `Content-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\n` +
          `Upload-Length: ${String(length)}\r\nContent-Length: ${String(length)}\r\n\r\n`,
      );
      socket.write(Buffer.alloc(length));
      socket.write(
        `GET /v1/time?nonce=abcdefgh HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n\r\n`,
      );
    });
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401', 'HTTP/1.1 200']);
  });

  it('with a wrong hash begins anew', async () => {
    const bytes = randomBytes(5_000);
    const name = sha256(bytes);
    const wrong = await terminal.patch(name, randomBytes(5_000), 0, 5_000);
    expect(await codeOf(wrong)).toEqual([422, 'hashMismatch']);
    expect(await terminal.head(name)).toBeUndefined();
    await terminal.upload(bytes);
    expect(await terminal.head(name)).toEqual({ offset: 5_000, length: 5_000 });
  });

  it('at another offset than the platform stands at is told so', async () => {
    const bytes = randomBytes(1_000);
    const name = sha256(bytes);
    const early = await terminal.patch(name, bytes.subarray(500), 500, 1_000);
    expect(await codeOf(early)).toEqual([409, 'offsetMismatch']);
    await terminal.patch(name, bytes.subarray(0, 400), 0, 1_000);
    const twice = await terminal.patch(name, bytes.subarray(0, 400), 0, 1_000);
    expect(await codeOf(twice)).toEqual([409, 'offsetMismatch']);
    const otherLength = await terminal.patch(name, bytes.subarray(400), 400, 2_000);
    expect(await codeOf(otherLength)).toEqual([400, 'malformed']);
  });

  it('larger than the platform takes, or than was said, is refused', async () => {
    const name = sha256('large');
    const large = await terminal.patch(name, Buffer.alloc(10), 0, 1_000_001);
    expect(await codeOf(large)).toEqual([413, 'tooLarge']);
    const more = await terminal.patch(name, Buffer.alloc(100), 0, 50);
    expect(await codeOf(more)).toEqual([400, 'malformed']);
    const bytes = randomBytes(2_000_000);
    const body = await terminal.patch(sha256(bytes), bytes, 0, bytes.length);
    expect(body.status).toBe(413);
  });

  it('twice at once is taken once, and both end well or are told where it stands', async () => {
    const bytes = randomBytes(100_000);
    const name = sha256(bytes);
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => terminal.patch(name, bytes, 0, bytes.length)),
    );
    const statuses = answers.map((answer) => answer.status).sort();
    expect(statuses).toEqual([200, 409, 409, 409]);
    expect(await terminal.head(name)).toEqual({ offset: 100_000, length: 100_000 });
  });

  it('of one terminal cannot spoil that of another', async () => {
    const other = await enrolTerminal(() => platform.url, TEST_CODE);
    const bytes = randomBytes(3_000);
    const name = sha256(bytes);
    await other.patch(name, randomBytes(1_000), 0, 3_000);
    expect(await terminal.head(name)).toBeUndefined();
    await terminal.upload(bytes);
    expect(await terminal.head(name)).toEqual({ offset: 3_000, length: 3_000 });
  });
});

describe('an upload that a crash left with all its bytes, but unchecked', () => {
  it('is checked when it is asked for, and never called complete when it is wrong', async () => {
    const home = join(folder.path, 'uploads', terminal.enrolment.terminalId);
    await mkdir(home, { recursive: true });
    const [good, bad] = [randomBytes(2_000), randomBytes(2_000)];
    await writeFile(join(home, `${sha256(good)}.2000`), good);
    await writeFile(join(home, `${sha256(bad)}.2000`), randomBytes(2_000));
    expect(await terminal.head(sha256(good))).toEqual({ offset: 2_000, length: 2_000 });
    expect(await readdir(home)).not.toContain(`${sha256(good)}.2000`);
    expect(await terminal.head(sha256(bad))).toBeUndefined();
    await terminal.upload(bad);
    expect(await terminal.head(sha256(bad))).toEqual({ offset: 2_000, length: 2_000 });
  });
});
