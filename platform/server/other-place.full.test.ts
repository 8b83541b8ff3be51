import { randomBytes, sign } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
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
  type TestTerminal,
} from '../../tests/platform-kit/terminal.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: TestPlatform;
/** Sealed the items; another one, of another place, brings them. */
let sealer: TestTerminal;
let bringer: TestTerminal;
beforeAll(async () => {
  folder = await temporaryFolder();
  platform = await startTestPlatform(folder.path);
  const at = (): string => platform.url;
  sealer = await enrolTerminal(at, TEST_CODE, newTerminalKey());
  bringer = await enrolTerminal(at, ONE_TIME_CODE, newTerminalKey());
});
afterAll(async () => {
  await platform.close();
  await folder.remove();
});

const problemOf = async (answer: Response): Promise<unknown> => {
  const { status, code, reason } = (await answer.json()) as Record<string, unknown>;
  return reason === undefined ? [status, code] : [status, code, reason];
};

it('what another place sealed is taken from whoever brings it, once and as of its sealer', async () => {
  const application = await sealApplication(sealer);
  const first = await deliver(bringer, application);
  expect(first.status).toBe(201);
  const answer: unknown = await first.json();
  for (const each of [bringer, sealer]) {
    const again = await each.put(application.submissionId, application.envelope);
    expect([again.status, await again.json()]).toEqual([201, answer]);
  }
  const { receiptNumber } = application;
  expect((await platform.admin(`/items/${application.submissionId}`)).body).toMatchObject({
    ...{ copies: 1, conflicts: 0, receiptNumber },
  });
});

it('nobody brings in anything in the name of another place that it did not sign', async () => {
  const forged = await sealApplication({
    ...sealer,
    sign: (bytes) => sign(null, bytes, bringer.key.privateKey),
  });
  expect(await problemOf(await deliver(bringer, forged))).toEqual([400, 'malformed']);
  const itsOwnKey = await sealApplication({ ...sealer, key: bringer.key, sign: bringer.sign });
  expect(await problemOf(await deliver(bringer, itsOwnKey))).toEqual([
    ...[400, 'malformed', 'sealerUnknown'],
  ]);
  const key = newTerminalKey();
  const unknown = await sealApplication({
    ...{ ...sealer, key, sign: (bytes: Uint8Array) => sign(null, bytes, key.privateKey) },
  });
  expect(await problemOf(await deliver(bringer, unknown))).toEqual([
    ...[400, 'malformed', 'sealerUnknown'],
  ]);
  // its own signature under a receipt number of the other place
  const number = await sealApplication({ ...bringer, place: sealer.place });
  expect(await problemOf(await deliver(bringer, number))).toEqual([400, 'malformed']);
  const { body } = await platform.admin('/items');
  expect((body as { items: readonly unknown[] }).items).toHaveLength(1);
});

it('who cannot show a whole signed envelope hears nothing of an item', async () => {
  const application = await sealApplication(sealer);
  await deliver(sealer, application);
  const changed = Buffer.from(application.envelope);
  changed.set(randomBytes(8), changed.length - 8);
  const answer = await bringer.put(application.submissionId, changed);
  expect(await problemOf(answer)).toEqual([422, 'hashMismatch']);
});

it('its own feed tells whoever brought it of it, and no other place', async () => {
  const application = await sealApplication(sealer);
  const before = await sealApplication(sealer);
  await deliver(sealer, before);
  await deliver(bringer, application);
  const feedOf = async (terminal: TestTerminal, after: number) =>
    (await (await terminal.request(`/v1/feed?after=${after}`)).json()) as {
      readonly events: readonly { readonly submissionId: string; readonly cursor: number }[];
      readonly cursor: number;
    };
  const told = await feedOf(bringer, 0);
  const ids = told.events.map(({ submissionId }) => submissionId);
  expect(ids).toContain(application.submissionId);
  expect(ids).not.toContain(before.submissionId);
  const cursors = told.events.map(({ cursor }) => cursor);
  expect(cursors).toEqual(cursors.toSorted((a, b) => a - b));
  // it is heard up to there, and told nothing twice
  expect(await feedOf(bringer, told.cursor)).toMatchObject({ events: [], cursor: told.cursor });
  const own = await sealApplication(bringer);
  await deliver(bringer, own);
  expect((await feedOf(bringer, told.cursor)).events).toMatchObject([
    { submissionId: own.submissionId },
  ]);
  expect((await feedOf(sealer, 0)).events.map(({ submissionId }) => submissionId)).toContain(
    application.submissionId,
  );
});

// last here: the key stays revoked
it('what a revoked key sealed is refused from another place; what was received before is not denied', async () => {
  const [received, later] = [await sealApplication(sealer), await sealApplication(sealer)];
  await deliver(bringer, received);
  await platform.admin(`/terminals/${sealer.enrolment.terminalId}/revoke`, { method: 'POST' });
  expect(await problemOf(await deliver(bringer, later))).toEqual([
    ...[400, 'malformed', 'sealerRevoked'],
  ]);
  const again = await bringer.put(received.submissionId, received.envelope);
  expect(again.status).toBe(201);
  const other = await sealApplication(
    { ...sealer, request: bringer.request },
    {
      submissionId: received.submissionId,
    },
  );
  expect(await problemOf(await deliver(bringer, other))).toEqual([
    ...[400, 'malformed', 'sealerRevoked'],
  ]);
  expect((await platform.admin(`/items/${received.submissionId}`)).body).toMatchObject({
    conflicts: 0,
  });
});

it('what a key sealed that the platform forgot, for it came back from an older backup, is taken once that key is enrolled at its place again', async () => {
  const key = newTerminalKey();
  const forgotten: TestTerminal = {
    ...{
      ...bringer,
      place: sealer.place,
      key,
      sign: (bytes: Uint8Array) => sign(null, bytes, key.privateKey),
    },
    enrolment: { ...sealer.enrolment, terminalId: `${sealer.place}-g9` },
  };
  const application = await sealApplication(forgotten);
  expect(await problemOf(await deliver(bringer, application))).toEqual([
    ...[400, 'malformed', 'sealerUnknown'],
  ]);
  await enrolTerminal(() => platform.url, TEST_CODE, key);
  expect((await deliver(bringer, application)).status).toBe(201);
});
