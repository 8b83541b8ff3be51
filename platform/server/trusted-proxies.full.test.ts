import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ONE_TIME_CODE,
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../../tests/platform-kit/platform.ts';
import { enrolTerminal, newTerminalKey, postJson } from '../../tests/platform-kit/terminal.ts';
import { PlatformOptionsError } from '../main.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: TestPlatform | undefined;

beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(async () => {
  await platform?.close();
  platform = undefined;
  await folder.remove();
});

const start = async (options: Parameters<typeof startTestPlatform>[1]): Promise<TestPlatform> =>
  (platform = await startTestPlatform(folder.path, options));

const from = (addresses: string) => ({ 'x-forwarded-for': addresses });
const enrol = async (code: string, addresses: string): Promise<number> =>
  (
    await postJson(
      `${platform?.url}/v1/enrolments`,
      { code, publicKey: newTerminalKey().publicKey, softwareVersion: 'test' },
      from(addresses),
    )
  ).status;

describe('behind a proxy', () => {
  it('that is trusted, who guesses codes is barred and nobody else is', async () => {
    await start({ trustedProxies: ['127.0.0.0/8', '::1'] });
    for (let i = 0; i < 10; i++) {
      // what was there before the proxy added its word is anybody's own
      expect(await enrol(`WRONG-${i}`, `10.0.0.${i}, 203.0.113.7`)).toBe(401);
    }
    expect(await enrol(ONE_TIME_CODE, '198.51.100.1, 203.0.113.7')).toBe(429);
    expect(await enrol(ONE_TIME_CODE, '198.51.100.1')).toBe(201);
  });

  it('that is trusted, each address has its own share of requests', async () => {
    const { url } = await start({
      trustedProxies: ['127.0.0.1'],
      limits: { requestsPerMinute: 2 },
    });
    const ask = async (address: string) =>
      (await fetch(`${url}/p/x`, { headers: from(address) })).status;
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push(await ask('203.0.113.7'));
    expect(statuses.at(-1)).toBe(429);
    expect(await ask('198.51.100.1')).not.toBe(429);
  });

  it('that is trusted and writes ports behind addresses, an address is one, whatever its port', async () => {
    await start({ trustedProxies: ['127.0.0.1', '10.0.0.0/8'] });
    for (let i = 0; i < 10; i++) {
      expect(await enrol(`WRONG-${i}`, `203.0.113.7:${52_000 + i}`)).toBe(401);
    }
    expect(await enrol(ONE_TIME_CODE, '203.0.113.7:61000')).toBe(429);
    expect(await enrol(ONE_TIME_CODE, '203.0.113.7')).toBe(429);
    for (let i = 0; i < 10; i++) {
      expect(await enrol(`WRONG-${i}`, `[2001:db8::7]:${52_000 + i}`)).toBe(401);
    }
    expect(await enrol(ONE_TIME_CODE, '2001:db8::7')).toBe(429);
    // what is no address at all is the proxy
    for (let i = 0; i < 10; i++) expect(await enrol(`WRONG-${i}`, `unknown-${i}`)).toBe(401);
    expect(await enrol(ONE_TIME_CODE, 'unknown')).toBe(429);
    expect(await enrol(ONE_TIME_CODE, '198.51.100.1:52000')).toBe(201);
  });

  it('that is trusted, who has a network of IPv6 addresses has no more guesses by taking another of them', async () => {
    await start({ trustedProxies: ['127.0.0.1'] });
    for (let i = 0; i < 10; i++) {
      expect(await enrol(`WRONG-${i}`, `2001:db8:1:1::${(i + 1).toString(16)}`)).toBe(401);
    }
    expect(await enrol(ONE_TIME_CODE, '2001:db8:1:1:ffff::1')).toBe(429);
    expect(await enrol(ONE_TIME_CODE, '2001:db8:1:2::1')).toBe(201);
  });

  it.each([[[]], [['192.0.2.1']]])(
    'that is not among %j, what it says of addresses is not believed',
    async (trustedProxies) => {
      await start({ trustedProxies });
      for (let i = 0; i < 10; i++) {
        expect(await enrol(`WRONG-${i}`, `203.0.113.${i}`)).toBe(401);
      }
      expect(await enrol(ONE_TIME_CODE, '198.51.100.1')).toBe(429);
    },
  );

  it.each(['everybody', '10.0.0.0/0', '10.0.0.0/33', '::1/129', '10.0.0.1/8/8', '10.0.0.1/x', ''])(
    'a trusted one is an address or a range, not "%s"',
    async (wrong) => {
      await expect(start({ trustedProxies: [wrong] })).rejects.toThrow(PlatformOptionsError);
    },
  );
});

describe('tokens', () => {
  it('are given to terminals also while the public pages are asked for too often, and have an end of their own', async () => {
    const { url } = await start({ limits: { requestsPerMinute: 5 } });
    const terminal = await enrolTerminal(() => url, TEST_CODE);
    const pages = [];
    for (let i = 0; i < 6; i++) pages.push((await fetch(`${url}/p/x`)).status);
    expect(pages.at(-1)).toBe(429);
    const ask = async () =>
      (await postJson(`${url}/v1/tokens`, { assertion: await terminal.assertion() })).status;
    const given = [];
    for (let i = 0; i < 6; i++) given.push(await ask());
    expect(given).toEqual([201, 201, 201, 201, 201, 429]);
  });
});
