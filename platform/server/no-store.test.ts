import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deliver, sealApplication } from '../../tests/platform-kit/application.ts';
import {
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../../tests/platform-kit/platform.ts';
import { enrolTerminal, type TestTerminal } from '../../tests/platform-kit/terminal.ts';
import { OPERATIONS } from '../contract/operations.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: TestPlatform;
let terminal: TestTerminal;
let adminToken: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  platform = await startTestPlatform(folder.path);
  terminal = await enrolTerminal(() => platform.url, TEST_CODE);
  adminToken = (await readFile(platform.adminTokenFile, 'utf8')).trim();
});
afterAll(async () => {
  await platform.close();
  await folder.remove();
});

/** Status and what caches are told. */
const told = (response: Response): [number, string | null] => [
  response.status,
  response.headers.get('cache-control'),
];
const ask = async (
  path: string,
  method = 'GET',
  token?: string,
): Promise<[number, string | null]> =>
  told(
    await fetch(platform.url + path, {
      method,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    }),
  );

test('what a terminal is told is kept by nobody on the way; a bundle is asked about each time', async () => {
  const application = await sealApplication(terminal);
  const [sealed] = application.attachments;
  expect(told(await terminal.request('/v1/feed'))).toEqual([200, 'no-store']);
  expect(told(await deliver(terminal, application))).toEqual([201, 'no-store']);
  expect(told(await terminal.request('/v1/feed?after=0'))).toEqual([200, 'no-store']);
  expect(sealed).toBeDefined();
  expect(told(await terminal.request('/v1/bundles/keys'))).toEqual([200, 'private, no-cache']);
  expect(told(await terminal.request('/v1/bundles/none'))).toEqual([400, 'no-store']);
});

test('nor is what the administration is told, with its content in clear', async () => {
  const application = await sealApplication(terminal);
  await deliver(terminal, application);
  await platform.reviewed();
  const item = `/v1/admin/items/${application.submissionId}?clear=1`;
  for (const path of ['/v1/admin/items', item, '/v1/admin/terminals']) {
    expect(await ask(path, 'GET', adminToken)).toEqual([200, 'no-store']);
  }
});

test('whatever is asked, a refusal is kept by nobody: later it may be another', async () => {
  const asked = OPERATIONS.filter(
    ({ method, path }) => path.startsWith('/v1/') && (method === 'get' || method === 'head'),
  );
  expect(asked.length).toBeGreaterThan(8);
  for (const { method, path } of asked) {
    const somewhere = path.replaceAll(/\{\w+\}/g, 'f'.repeat(64));
    const [status, control] = await ask(somewhere, method.toUpperCase());
    expect([method, path, status >= 400, control]).toEqual([method, path, true, 'no-store']);
  }
  const { status, headers } = await terminal.request(`/v1/attachments/${'a'.repeat(64)}`, {
    method: 'HEAD',
  });
  expect([status, headers.get('cache-control')]).toEqual([404, 'no-store']);
  expect(await ask('/v1/nothing')).toEqual([404, 'no-store']);
});
