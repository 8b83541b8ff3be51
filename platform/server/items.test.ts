import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EnvelopeHeader } from '../../domain/envelope/header.ts';
import type { Feed, ItemReceived, Problem } from '../../domain/wire/platform.ts';
import { envelopeOn } from '../../tests/invariants/envelopes.ts';
import { deliver, GOOD_ANSWERS, sealApplication } from '../../tests/platform-kit/application.ts';
import {
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../../tests/platform-kit/platform.ts';
import {
  enrolTerminal,
  newSubmissionId,
  type TestTerminal,
} from '../../tests/platform-kit/terminal.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: TestPlatform;
let terminal: TestTerminal;

beforeAll(async () => {
  folder = await temporaryFolder();
  platform = await startTestPlatform(folder.path);
  terminal = await enrolTerminal(() => platform.url, TEST_CODE);
});
afterAll(async () => {
  await platform.close();
  await folder.remove();
});

const problemOf = async (response: Response): Promise<[number, Problem['code']]> => {
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  return [response.status, ((await response.json()) as Problem).code];
};

describe('an item', () => {
  it('is received once: the same bytes again give the very same body', async () => {
    const application = await sealApplication(terminal);
    const first = await deliver(terminal, application);
    expect(first.status).toBe(201);
    const text = await first.text();
    expect(JSON.parse(text)).toMatchObject({
      result: 'received',
      submissionId: application.submissionId,
      envelopeSha256: application.envelopeSha256,
      caseNumber: expect.stringMatching(/^500151001-\d{8}-\d{6}$/) as string,
    });
    const again = await terminal.put(application.submissionId, application.envelope);
    expect(again.status).toBe(201);
    expect(await again.text()).toBe(text);
    const held = await platform.admin(`/items/${application.submissionId}`);
    expect(held.body).toMatchObject({ copies: 1, conflicts: 0 });
  });

  it('becomes one case when it comes many times at once', async () => {
    const application = await sealApplication(terminal);
    for (const bytes of application.attachments) await terminal.upload(bytes);
    const answers = await Promise.all(
      Array.from({ length: 8 }, async () =>
        (await terminal.put(application.submissionId, application.envelope)).text(),
      ),
    );
    expect(new Set(answers).size).toBe(1);
  });

  it('with other content under the same id is a conflict, and both are kept for a person', async () => {
    const first = await sealApplication(terminal);
    const other = await sealApplication(terminal, { submissionId: first.submissionId });
    const received = (await (await deliver(terminal, first)).json()) as ItemReceived;
    expect(await problemOf(await deliver(terminal, other))).toEqual([409, 'conflict']);
    expect(await problemOf(await deliver(terminal, other))).toEqual([409, 'conflict']);
    const { body } = await platform.admin(`/items/${first.submissionId}`);
    expect(body).toMatchObject({
      copies: 1,
      conflicts: 1,
      envelopeSha256: received.envelopeSha256,
    });
    for (const { envelopeSha256, envelope } of [first, other]) {
      expect(envelopeOn(folder.path, envelopeSha256)).toEqual(Buffer.from(envelope));
    }
  });

  it('waits for its attachments', async () => {
    const application = await sealApplication(terminal);
    const refused = await terminal.put(application.submissionId, application.envelope);
    expect(await problemOf(refused)).toEqual([422, 'attachmentsMissing']);
    expect((await platform.admin(`/items/${application.submissionId}`)).status).toBe(404);
    expect((await deliver(terminal, application)).status).toBe(201);
  });

  it('is opened and checked after it was acknowledged, and a sound one stays received', async () => {
    const application = await sealApplication(terminal);
    await deliver(terminal, application);
    await platform.reviewed();
    const { body } = await platform.admin(`/items/${application.submissionId}?clear=1`);
    expect(body).toMatchObject({
      state: 'received',
      problems: [],
      clear: { answers: { name: GOOD_ANSWERS['name'] } },
    });
  });

  it('with a wrong form is a case state, never an HTTP error, and the feed tells it', async () => {
    const answers = { ...GOOD_ANSWERS, mobile: 'abc', lostDate: '2999-01-01' };
    const application = await sealApplication(terminal, { answers, materials: [] });
    const received = (await (await deliver(terminal, application)).json()) as ItemReceived;
    await platform.reviewed();
    const { body } = await platform.admin(`/items/${application.submissionId}`);
    expect(body).toMatchObject({
      state: 'invalid',
      problems: [
        'field:mobile:pattern',
        'field:lostDate:dateTooLate',
        'materialMissing:idcard',
        'materialMissing:sscard',
      ],
    });
    const feed = (await (
      await terminal.request(`/v1/feed?after=${received.cursor - 1}`)
    ).json()) as Feed;
    const states = feed.events
      .filter((event) => event.submissionId === application.submissionId)
      .map((event) => event.state);
    expect(states).toEqual(['received', 'invalid']);
  });

  it('that cannot be opened, or says other things inside than outside, waits for a person', async () => {
    const foreign = await sealApplication(terminal, { changeBody: () => 'no JSON object' });
    const twisted = await sealApplication(terminal, {
      changeBody: (body) => ({ ...body, receiptNumber: '0'.repeat(23) }),
    });
    for (const application of [foreign, twisted]) {
      expect((await deliver(terminal, application)).status).toBe(201);
    }
    await platform.reviewed();
    expect((await platform.admin(`/items/${foreign.submissionId}`)).body).toMatchObject({
      state: 'invalid',
      problems: ['bodyShape'],
    });
    expect((await platform.admin(`/items/${twisted.submissionId}`)).body).toMatchObject({
      state: 'invalid',
      problems: ['headerDiffers'],
    });
  });

  it('is refused when its header is not signed by its terminal, its body is not the signed one, or its id is another', async () => {
    const application = await sealApplication(terminal);
    const elsewhere = await terminal.put(newSubmissionId(), application.envelope);
    expect(await problemOf(elsewhere)).toEqual([400, 'malformed']);
    const longer = Buffer.concat([application.envelope, Buffer.from('x')]);
    expect(await problemOf(await terminal.put(application.submissionId, longer))).toEqual([
      422,
      'hashMismatch',
    ]);
    const forged = await sealApplication({ ...terminal, sign: () => new Uint8Array(64) });
    expect(await problemOf(await deliver(terminal, forged))).toEqual([400, 'malformed']);
    const noEnvelope = await terminal.put(application.submissionId, Buffer.from('<html>'));
    expect(await problemOf(noEnvelope)).toEqual([400, 'malformed']);
    const huge = await terminal.put(application.submissionId, Buffer.alloc(1024 * 1024 + 1));
    expect(await problemOf(huge)).toEqual([413, 'tooLarge']);
    expect((await deliver(terminal, application)).status).toBe(201);
  });

  it('tells nothing to who could not sign, however many come at once, and keeps nothing of it', async () => {
    const real = await sealApplication(terminal);
    expect((await deliver(terminal, real)).status).toBe(201);
    const forger = { ...terminal, sign: () => new Uint8Array(64) };
    const alone = (header: EnvelopeHeader): EnvelopeHeader => ({ ...header, attachments: [] });
    const forgeries = await Promise.all([
      // known by its id, without any attachment, and without its attachments
      sealApplication(forger, { submissionId: real.submissionId }),
      sealApplication(forger, { changeHeader: alone }),
      sealApplication(forger),
    ]);
    const genuine = await sealApplication(terminal, { changeHeader: alone });
    // of each two at once, and beside them one that is in order
    const putting = [...forgeries, ...forgeries, genuine].map((each) =>
      terminal.put(each.submissionId, each.envelope),
    );
    const answers = await Promise.all(putting);
    expect(answers.pop()?.status).toBe(201);
    for (const answer of answers) expect(await problemOf(answer)).toEqual([400, 'malformed']);
    for (const { envelopeSha256 } of forgeries) {
      expect(() => envelopeOn(folder.path, envelopeSha256)).toThrow(/ENOENT/);
    }
    const { body } = await platform.admin(`/items/${real.submissionId}`);
    expect(body).toMatchObject({ copies: 1, conflicts: 0 });
  });

  it('of an earlier enrolment of the same place still comes in', async () => {
    const application = await sealApplication(terminal);
    const anew = await enrolTerminal(() => platform.url, TEST_CODE);
    expect(anew.enrolment.generation).toBeGreaterThan(terminal.enrolment.generation);
    expect(anew.enrolment.lastReceiptNumber).toMatch(/^500151001001\d{11}$/);
    expect((await deliver(anew, application)).status).toBe(201);
  });

  it.skipIf(!existsSync('/usr/bin/age'))(
    'opens with the age program and the platform identity',
    async () => {
      const application = await sealApplication(terminal);
      await mkdir(join(folder.path, 'age'), { recursive: true });
      const file = join(folder.path, 'age', 'body.age');
      const end = application.envelope.indexOf(0x0a);
      await writeFile(file, application.envelope.subarray(end + 1));
      const clear = execFileSync('/usr/bin/age', ['-d', '-i', platform.ageIdentityFile, file]);
      expect(JSON.parse(clear.toString())).toMatchObject({
        submissionId: application.submissionId,
      });
    },
  );
});
