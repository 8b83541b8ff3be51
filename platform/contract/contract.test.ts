import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { format, resolveConfig } from 'prettier';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deliver, sealApplication } from '../../tests/platform-kit/application.ts';
import {
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../../tests/platform-kit/platform.ts';
import { enrolTerminal } from '../../tests/platform-kit/terminal.ts';
import { contractManual } from './manual.ts';
import { openApiDocument } from './openapi.ts';
import { OPERATIONS } from './operations.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: TestPlatform;
beforeAll(async () => {
  folder = await temporaryFolder();
  platform = await startTestPlatform(folder.path);
});
afterAll(async () => {
  await platform.close();
  await folder.remove();
});

describe('the contract', () => {
  it('in docs/platform-contract.md is that of the code (node scripts/node24.mjs platform/contract/write-manual.ts)', async () => {
    const file = join(import.meta.dirname, '..', '..', 'docs', 'platform-contract.md');
    const options = await resolveConfig(file);
    const now = await format(contractManual(), { ...options, parser: 'markdown' });
    expect(await readFile(file, 'utf8')).toBe(now);
  });

  it('is served as OpenAPI 3.1, with every reference resolved', async () => {
    const text = await (await fetch(`${platform.url}/openapi.json`)).text();
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
    const document = JSON.parse(text) as { components: { schemas: Record<string, unknown> } };
    for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      expect(Object.keys(document.components.schemas)).toContain(name);
    }
  });

  it('is shown at /docs without anything from elsewhere', async () => {
    const page = await fetch(`${platform.url}/docs`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).not.toMatch(/(src|href)="https?:/);
    expect((await fetch(`${platform.url}/docs/json`)).status).toBe(200);
  });

  it('names every route that the platform has', async () => {
    for (const { method, path } of OPERATIONS) {
      const url = `${platform.url}${path.replaceAll(/\{\w+\}/g, 'x')}`;
      const { status, headers } = await fetch(url, { method: method.toUpperCase() });
      const known = headers.get('content-type')?.includes('html') === true || status !== 404;
      expect(known, `${method} ${path}`).toBe(true);
    }
  });

  it('describes the answers that come', async () => {
    const terminal = await enrolTerminal(() => platform.url, TEST_CODE);
    const application = await sealApplication(terminal);
    const received: unknown = await (await deliver(terminal, application)).json();
    const feed: unknown = await (await terminal.request('/v1/feed')).json();
    const problem: unknown = await (await fetch(`${platform.url}/v1/feed`)).json();
    const admin = (await platform.admin(`/items/${application.submissionId}`)).body;
    const list = (await platform.admin('/items')).body;
    const { components } = openApiDocument() as { components: unknown };
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'http://platform/', components });
    const answers = {
      EnrolResponse: terminal.enrolment,
      ItemReceived: received,
      Feed: feed,
      Problem: problem,
      AdminItem: admin,
      AdminItemList: list,
    };
    for (const [name, answer] of Object.entries(answers)) {
      const check = ajv.compile({ $ref: `http://platform/#/components/schemas/${name}` });
      expect(check(answer), `${name}: ${JSON.stringify(check.errors)}`).toBe(true);
    }
  });
});
