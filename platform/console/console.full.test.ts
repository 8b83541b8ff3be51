import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ItemReceived } from '../../domain/wire/platform.ts';
import { deliver, GOOD_ANSWERS, sealApplication } from '../../tests/platform-kit/application.ts';
import { openBrowser, type TestBrowser } from '../../tests/platform-kit/browser.ts';
import {
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../../tests/platform-kit/platform.ts';
import { enrolTerminal, sha256, type TestTerminal } from '../../tests/platform-kit/terminal.ts';
import type { ApplicationOptions } from '../../tests/platform-kit/application.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: TestPlatform;
let terminal: TestTerminal;
let browser: TestBrowser;
let time = Date.now();

beforeEach(async () => {
  time = Date.now();
  folder = await temporaryFolder();
  platform = await startTestPlatform(folder.path, { now: () => time });
  terminal = await enrolTerminal(() => platform.url, TEST_CODE);
  browser = openBrowser(platform.url);
});
afterEach(async () => {
  await platform.close();
  await folder.remove();
});

async function receive(options: ApplicationOptions = {}) {
  const application = await sealApplication(terminal, options);
  const answer = (await (await deliver(terminal, application)).json()) as ItemReceived;
  await platform.reviewed();
  return { application, href: `/console/cases/${answer.caseNumber}`, answer };
}
const clerk = (): Promise<Response> => browser.login('clerk', 'clerk-test-password');
const auditor = (): Promise<Response> => browser.login('auditor', 'auditor-test-password');

describe('the login', () => {
  it('is needed for every page but itself', async () => {
    for (const path of ['/console', '/console/cases', '/console/access', '/console/cases/x']) {
      expect((await browser.get(path)).headers.get('location')).toMatch(
        /\/console\/(login|cases)$/,
      );
    }
    const cookie = (await clerk()).headers.getSetCookie().join('; ');
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).toMatch(/SameSite=Strict/i);
    expect((await browser.get('/console/cases')).status).toBe(200);
    await browser.post('/console/cases', '/console/logout');
    expect((await browser.get('/console/cases')).status).toBe(303);
  });

  it('is locked for half an hour after five wrong passwords, also for the right one', async () => {
    for (let i = 0; i < 5; i++) expect((await browser.login('clerk', 'wrong')).status).toBe(403);
    expect((await clerk()).status).toBe(403);
    time += 31 * 60_000;
    expect((await clerk()).status).toBe(303);
  });

  it('tells a wrong name and a wrong password by the same words, and keeps no wrong name', async () => {
    const text = async (response: Response) =>
      (await response.text()).replace(/value="[^"]*"/g, '');
    expect(await text(await browser.login('nobody', 'x'))).toBe(
      await text(await browser.login('clerk', 'x')),
    );
    await auditor();
    const log = await (await browser.get('/console/access')).text();
    expect(log).not.toContain('nobody');
  });

  it('ends after half an hour without use', async () => {
    await clerk();
    time += 31 * 60_000;
    expect((await browser.get('/console/cases')).status).toBe(303);
  });
});

describe('every POST', () => {
  it('needs the token of its session', async () => {
    const { href } = await receive();
    const login = await browser.submit('/console/login', {
      csrf: 'guessed',
      name: 'clerk',
      password: 'clerk-test-password',
    });
    expect(login.status).toBe(403);
    await clerk();
    const fields = { from: 'received', action: 'startPrereview' };
    expect((await browser.submit(`${href}/actions`, fields)).status).toBe(403);
    expect((await browser.submit(`${href}/actions`, { ...fields, csrf: 'x' })).status).toBe(403);
    expect((await browser.post(href, `${href}/actions`, fields)).status).toBe(303);
  });
});

describe('the list', () => {
  it('has numbers, service, state and time, and no names', async () => {
    const { application, answer } = await receive();
    await clerk();
    const text = await (await browser.get('/console/cases')).text();
    expect(text).toContain(answer.caseNumber);
    expect(text).toContain('失业登记');
    expect(text.replaceAll(' ', '')).toContain(application.receiptNumber);
    expect(text).not.toContain('龚');
    expect(text).not.toContain('500199198509260043');
  });
});

describe('a clerk', () => {
  it('opens a case: answers by their labels, pages, signature and summary', async () => {
    const ink = Buffer.from('ink of the test');
    const page = Buffer.from('page of the test');
    const { application, href } = await receive({
      ink,
      materials: [
        { materialId: 'idcard', means: 'scan', pages: [{ bytes: page, mediaType: 'image/jpeg' }] },
      ],
    });
    await clerk();
    const response = await browser.get(href);
    const text = await response.text();
    expect(text).toContain(GOOD_ANSWERS['name']);
    expect(text).toContain('劳动合同期满');
    expect(text).toContain('Received by the platform');
    const images = [...text.matchAll(/src="([^"]+\/files\/[0-9a-f]{64})"/g)].map(
      (match) => match[1]!,
    );
    const contents = [];
    for (const image of images) {
      const file = await browser.get(image);
      expect(file.headers.get('cache-control')).toBe('no-store');
      contents.push(Buffer.from(await file.arrayBuffer()).toString());
    }
    expect(contents).toEqual([page.toString(), ink.toString()]);
    const pdf = await browser.get(`${href}/files/${sha256(application.attachments.at(-1)!)}`);
    expect(pdf.headers.get('content-type')).toBe('application/pdf');
    expect((await browser.get(`${href}/files/${'0'.repeat(64)}`)).status).toBe(404);
  });

  it('sees what was typed as text, whatever it was', async () => {
    const evil = `<img src=x onerror=alert(1)>"'&`;
    const { href } = await receive({
      name: evil,
      answers: { ...GOOD_ANSWERS, lastEmployer: '</dd><script>alert(2)</script>' },
    });
    await clerk();
    const response = await browser.get(href);
    const text = await response.text();
    expect(text).not.toContain('<img src=x');
    expect(text).not.toContain('<script');
    expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;');
    expect(response.headers.get('content-security-policy')).toContain(
      "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'",
    );
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('moves a case from pre-review to the decision, and the terminal hears of it', async () => {
    const { href, answer } = await receive();
    await clerk();
    const act = (from: string, action: string, more: Record<string, string> = {}) =>
      browser.post(href, `${href}/actions`, { from, action, ...more });
    expect((await act('received', 'startPrereview')).status).toBe(303);
    expect((await act('received', 'startPrereview')).status).toBe(409);
    expect((await act('prereview', 'approve')).status).toBe(409);
    expect((await act('prereview', 'accept')).status).toBe(303);
    expect((await act('accepted', 'process')).status).toBe(303);
    expect((await act('processing', 'approve')).status).toBe(303);
    const feed: unknown = await (await terminal.request('/v1/feed')).json();
    expect(feed).toMatchObject({
      events: ['received', 'prereview', 'accepted', 'processing', 'approved'].map((state) => ({
        state,
        caseNumber: answer.caseNumber,
      })),
    });
    const text = await (await browser.get(href)).text();
    expect(text).not.toContain('/actions');
    expect(text).toContain('已办结：准予');
  });

  it('may ask for nothing but what the guide asks for', async () => {
    const { href } = await receive();
    await clerk();
    await browser.post(href, `${href}/actions`, { from: 'received', action: 'startPrereview' });
    const ask = (...reasons: readonly string[]) =>
      browser.post(href, `${href}/actions`, [
        ['from', 'prereview'],
        ['action', 'requestSupplement'],
        ...reasons.map((reason): [string, string] => ['reason', reason]),
      ]);
    expect((await ask()).status).toBe(422);
    expect((await ask('material:idcard', 'material:somethingElse')).status).toBe(422);
    expect((await ask('material:idcard', 'field:mobile')).status).toBe(303);
    const text = await (await browser.get(href)).text();
    expect(text).toContain('待补正');
    expect(text).toContain('手机');
  });

  it('sees what is wrong with a case, and that another content came under its id', async () => {
    const { application, href } = await receive({ answers: { ...GOOD_ANSWERS, mobile: 'abc' } });
    const other = await sealApplication(terminal, { submissionId: application.submissionId });
    await deliver(terminal, other);
    await clerk();
    const text = await (await browser.get(href)).text();
    expect(text).toContain('内容有误，等人工核对');
    expect(text).toContain('两份都已保存');
    expect(text).toContain(other.envelopeSha256.slice(0, 16));
  });

  it('may not read the access log', async () => {
    await clerk();
    expect((await browser.get('/console/access')).status).toBe(403);
  });
});

describe('an auditor', () => {
  it('sees the list and who opened what, but opens nothing', async () => {
    const { href, answer, application } = await receive();
    await clerk();
    await browser.get(href);
    await auditor();
    const list = await (await browser.get('/console/cases')).text();
    expect(list).toContain(answer.caseNumber);
    expect(list).not.toContain(`href="${href}"`);
    expect((await browser.get(href)).status).toBe(403);
    const file = `${href}/files/${sha256(application.attachments[0]!)}`;
    expect((await browser.get(file)).status).toBe(403);
    const move = { from: 'received', action: 'startPrereview' };
    expect((await browser.post('/console/cases', `${href}/actions`, move)).status).toBe(403);
    const log = await (await browser.get('/console/access')).text();
    expect(log).toMatch(/打开办件[\s\S]{0,200}500151001-\d{8}-000001/);
    expect(log).toContain('无权，被拒绝');
    expect(log).toContain('记录链完整');
  });

  it('sees when a line of the log was changed or removed', async () => {
    const { href } = await receive();
    await clerk();
    await browser.get(href);
    await browser.get(href);
    await auditor();
    const database = new DatabaseSync(join(folder.path, 'platform.sqlite'));
    database.exec("UPDATE accessLog SET subject = 'another' WHERE sequence = 2");
    expect(await (await browser.get('/console/access')).text()).toContain('第 2 条起被改动过');
    database.exec('DELETE FROM accessLog WHERE sequence = 2');
    database.close();
    expect(await (await browser.get('/console/access')).text()).toContain('第 3 条起被改动过');
  });
});
