import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { deliver, sealApplication } from '../tests/platform-kit/application.ts';
import {
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../tests/platform-kit/platform.ts';
import { enrolTerminal, newTerminalKey, postJson } from '../tests/platform-kit/terminal.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: TestPlatform;
beforeEach(async () => {
  folder = await temporaryFolder();
  platform = await startTestPlatform(folder.path);
});
afterEach(async () => {
  await platform.close();
  await folder.remove();
});

function inDatabase<T>(work: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(join(platform.dataDir, 'platform.sqlite'));
  try {
    return work(database);
  } finally {
    database.close();
  }
}
const revokedNow = (): readonly string[] =>
  inDatabase((database) =>
    database
      .prepare('SELECT terminalId FROM terminals WHERE revokedAt IS NOT NULL ORDER BY terminalId')
      .all()
      .map(({ terminalId }) => String(terminalId)),
  );
const lines = (): unknown[] =>
  inDatabase((database) =>
    database
      .prepare("SELECT actor, subject FROM accessLog WHERE action = 'revokeTerminal'")
      .all()
      .map((line) => ({ ...line })),
  );

it('a key that an earlier program revoked under one enrolment only is revoked under each at the next start, and told', async () => {
  const url = (): string => platform.url;
  const [stolen, other] = [newTerminalKey(), newTerminalKey()];
  const first = await enrolTerminal(url, TEST_CODE, stolen);
  const code = 'ANOTHER CODE';
  await platform.admin('/enrolment-codes', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code, region: '500151001', terminal: '001', reusable: false }),
  });
  const second = await enrolTerminal(url, code, stolen);
  const rightful = await enrolTerminal(url, TEST_CODE, other);
  const [one, two] = [first.enrolment.terminalId, second.enrolment.terminalId];
  await platform.close();
  // as the earlier program left it, which kept keys as they were spelt: the last two bits stand for nothing
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const { publicKey } = stolen;
  const spelt = publicKey.slice(0, -1) + digits.charAt(digits.indexOf(publicKey.slice(-1)) + 1);
  inDatabase((database) => {
    database
      .prepare('UPDATE terminals SET revokedAt = ?, publicKey = ? WHERE terminalId = ?')
      .run('2026-11-01T00:00:00.000Z', spelt, one);
  });
  platform = await startTestPlatform(folder.path);
  expect(revokedNow()).toEqual([one, two].sort());
  expect(lines()).toEqual([{ actor: 'platform', subject: two }]);
  const assertion = await second.assertion();
  expect((await postJson(`${platform.url}/v1/tokens`, { assertion })).status).toBe(401);
  expect((await deliver(rightful, await sealApplication(rightful))).status).toBe(201);
  // once is enough
  await platform.close();
  platform = await startTestPlatform(folder.path);
  expect(lines()).toHaveLength(1);
});

it('a key that was revoked at another place goes on where it is at home: anybody could once enrol it there', async () => {
  const rightful = await enrolTerminal(() => platform.url, TEST_CODE);
  await platform.close();
  inDatabase((database) => {
    const columns = database
      .prepare('PRAGMA table_info(terminals)')
      .all()
      .map(({ name }) => String(name));
    const other: Readonly<Record<string, string>> = {
      terminalId: "'500151002001-g1'",
      region: "'500151002'",
      revokedAt: "'2026-11-20T00:00:00.000Z'",
      codeSha256: "'x'",
    };
    const values = columns.map((name) => other[name] ?? name).join(', ');
    database.exec(`INSERT INTO terminals SELECT ${values} FROM terminals`);
  });
  platform = await startTestPlatform(folder.path);
  expect(revokedNow()).toEqual(['500151002001-g1']);
  expect(lines()).toEqual([]);
  expect((await deliver(rightful, await sealApplication(rightful))).status).toBe(201);
});
