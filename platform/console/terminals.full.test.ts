import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  groupDigits,
  unlockChallenge,
  unlockCodeOf,
  unlockMessage,
} from '../../domain/wire/unlock.ts';
import { deliver, sealApplication } from '../../tests/platform-kit/application.ts';
import { openBrowser, type TestBrowser } from '../../tests/platform-kit/browser.ts';
import {
  ONE_TIME_CODE,
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../../tests/platform-kit/platform.ts';
import { enrolTerminal, postJson, type TestTerminal } from '../../tests/platform-kit/terminal.ts';
import type { ItemReceived } from '../../domain/wire/platform.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: TestPlatform;
let terminal: TestTerminal;
let browser: TestBrowser;

beforeAll(async () => {
  folder = await temporaryFolder();
  platform = await startTestPlatform(folder.path, {
    users: (['operator', 'clerk', 'auditor'] as const).map((role) => ({
      name: role,
      role,
      password: `${role}-test-password`,
    })),
  });
  terminal = await enrolTerminal(() => platform.url, TEST_CODE);
  browser = openBrowser(platform.url);
});
afterAll(async () => {
  await platform.close();
  await folder.remove();
});

const login = (role: string): Promise<Response> => browser.login(role, `${role}-test-password`);

describe('an operator', () => {
  const challenge = unlockChallenge('technician', Uint8Array.of(9, 8, 7, 6, 5, 4));
  const unlock = (fields: Readonly<Record<string, string>>): Promise<Response> =>
    browser.post('/console/terminals', '/console/terminals/unlock', fields);

  it('sees terminals and no case; who calls for help stands first', async () => {
    const sent = await deliver(terminal, await sealApplication(terminal));
    const { caseNumber } = (await sent.json()) as ItemReceived;
    const second = await enrolTerminal(() => platform.url, ONE_TIME_CODE);
    const beat = {
      softwareVersion: 'test',
      waitingItems: 3,
      oldestWaitingSeconds: 5,
      devices: { receiptPrinter: 'offline' },
      bundleVersions: {},
      clock: '2026-11-24T02:00:05.000Z',
      helpSince: '2026-11-24T02:00:00.000Z',
    };
    const said = await postJson(`${platform.url}/v1/heartbeats`, beat, {
      authorization: `Bearer ${await second.token()}`,
    });
    expect(said.status).toBe(202);
    expect((await login('operator')).headers.get('location')).toBe('/console/terminals');
    expect((await browser.get(`/console/cases/${caseNumber}`)).status).toBe(403);
    expect((await browser.get('/console/cases')).status).toBe(403);
    const text = await (await browser.get('/console/terminals')).text();
    expect(text).toContain('help is called for');
    expect(text).toContain('receiptPrinter: offline');
    const order = [...text.matchAll(/data-terminal="([^"]+)"/g)].map((match) => match[1]);
    expect(order).toEqual([second.enrolment.terminalId, terminal.enrolment.terminalId]);
  });

  it('gives an unlock code for a challenge, and it is logged; the code is the terminal’s', async () => {
    await login('operator');
    const { terminalId, unlockKey = '' } = terminal.enrolment;
    const page = await unlock({
      terminalId,
      challenge: ` ${challenge.slice(0, 5)} ${challenge.slice(5)} `,
    });
    expect(page.status).toBe(200);
    const mac = createHmac('sha256', Buffer.from(unlockKey, 'base64url'))
      .update(unlockMessage(terminalId, challenge))
      .digest();
    expect(await page.text()).toContain(groupDigits(unlockCodeOf(mac)));
    const admin = await platform.admin(`/terminals/${terminalId}/unlock-codes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ challenge }),
    });
    expect(admin).toEqual({ status: 201, body: { role: 'technician', code: unlockCodeOf(mac) } });
    await login('auditor');
    const log = await (await browser.get('/console/access')).text();
    expect(log.match(/gave out an unlock code/g)).toHaveLength(2);
    expect(log).toContain(`${terminalId} technician`);
    expect(log).not.toContain(unlockCodeOf(mac));
  });

  it('gives none for a misheard challenge, a terminal that is not there or was revoked; others give none at all', async () => {
    await login('operator');
    const { terminalId } = terminal.enrolment;
    const misheard = `${challenge.slice(0, 9)}${String((Number(challenge[9]) + 1) % 10)}`;
    expect((await unlock({ terminalId, challenge: misheard })).status).toBe(422);
    expect((await unlock({ terminalId: 'nobody', challenge })).status).toBe(404);
    await platform.admin(`/terminals/${terminalId}/revoke`, { method: 'POST' });
    expect((await unlock({ terminalId, challenge })).status).toBe(404);
    for (const role of ['clerk', 'auditor']) {
      await login(role);
      expect((await unlock({ terminalId, challenge })).status).toBe(403);
      expect((await browser.get('/console/terminals')).status).toBe(200);
    }
  });
});
