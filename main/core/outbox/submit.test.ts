import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseEnvelope } from '../../../domain/envelope/header.ts';
import { attachmentsOf } from '../storage/item-rows.ts';
import { sha256Hex } from './blob-folder.ts';
import type { Submission, Taking } from './contract.ts';
import { broken, diskFull, makeDisk, NOON, type Disk } from './disk.test-helper.ts';
import { submissionOf } from './submission.test-helper.ts';
import { submitOne, type SubmitContext } from './submit.ts';
import { sweepStrays } from './sweep.ts';

let disk: Disk;
beforeEach(async () => {
  disk = await makeDisk();
});
afterEach(() => disk.close());

const ID = '0123456789abcdef'.repeat(2);
const nothingKept = (): void => {
  expect(disk.names()).toEqual([]);
  expect(disk.db.all('SELECT * FROM item')).toEqual([]);
  expect(disk.db.all('SELECT * FROM unfiled_envelope')).toEqual([]);
  expect(disk.db.all('SELECT * FROM receipt_sequence')).toEqual([]);
  expect(disk.events()).toEqual([]);
};

describe('one submission', () => {
  const submit = (
    change: Partial<SubmitContext> = {},
    submission: Submission = submissionOf(ID, [10, 20]),
  ) => submitOne(disk.context(change), submission);

  test('every step in its order: attachments, then the row with the envelope, which is filed afterwards', async () => {
    const stored = await submit();
    if (!stored.ok) throw new Error(stored.error);
    expect(disk.moments).toEqual([
      'submit-start',
      'attachments-sealed',
      'attachment-written',
      'attachment-written',
      'folder-synced',
      'before-commit',
      'after-commit',
    ]);
    expect(disk.names()).toHaveLength(2);
    await disk.context().file();
    expect(disk.moments.slice(7)).toEqual(['envelope-written', 'envelope-filed']);
    expect(disk.names()).toContain(stored.value.envelopeSha256);
    expect(disk.events()).toEqual(['itemStored']);
    const row = disk.row({ submissionId: ID });
    expect(disk.audit.rows()[0]).toMatchObject({
      submissionId: ID,
      receiptNumber: row.receiptNumber,
    });
    expect(stored.value).toEqual({
      submissionId: ID,
      receiptNumber: row.receiptNumber,
      submittedAt: new Date(NOON).toISOString(),
      envelopeSha256: row.envelopeSha256,
      qr: row.qr,
    });
    expect(row).toMatchObject({
      kind: 'application',
      serviceId: 'unemployment-reg',
      handleItemCode: '11500151DEMA000135550201490100001',
      state: 'queued',
      createdAt: new Date(NOON).toISOString(),
    });
  });

  test('the envelope says what the platform must know, and the files are what it says', async () => {
    const stored = await submit();
    if (!stored.ok) throw new Error(stored.error);
    await disk.context().file();
    const file = readFileSync(disk.blobs.pathOf(stored.value.envelopeSha256));
    expect(await sha256Hex(file)).toBe(stored.value.envelopeSha256);
    expect(disk.row({ submissionId: ID }).envelopeSize).toBe(file.length);
    const parsed = parseEnvelope(file, (bytes) => Buffer.from(bytes).toString())!;
    const attachments = attachmentsOf(disk.db, ID);
    expect(attachments).toHaveLength(2);
    for (const { sha256, size } of attachments) {
      const bytes = readFileSync(disk.blobs.pathOf(sha256));
      expect([await sha256Hex(bytes), bytes.length]).toEqual([sha256, size]);
    }
    expect(parsed.header).toEqual({
      v: 1,
      id: ID,
      kind: 'application',
      suite: 'age-x25519+ed25519',
      recipients: ['0123456789abcdef'],
      attachments: attachments.map(({ sha256, size }) => ({ sha256, size })),
      receiptNumber: stored.value.receiptNumber,
      service: { id: 'unemployment-reg', handleItemCode: '11500151DEMA000135550201490100001' },
      terminalId: 'T-1',
      terminalKeyId: disk.signer.keyId,
      createdAt: new Date(NOON).toISOString(),
      body: { sha256: await sha256Hex(parsed.body), size: parsed.body.length },
    });
  });

  test('the body is told what was sealed, and nothing clear stays in the buffers that were sealed', async () => {
    const buffers: Uint8Array[] = [];
    let told: unknown;
    const submission = submissionOf(ID, [10]);
    const seal = {
      ...disk.ports.seal,
      seal: (clear: Uint8Array, recipients: readonly string[]) => {
        buffers.push(clear);
        return disk.ports.seal.seal(new Uint8Array(clear), recipients);
      },
    };
    const stored = await submitOne(disk.context({}, { seal }), {
      ...submission,
      compose: async (draft) => {
        const { receiptNumber, ...rest } = draft;
        expect(receiptNumber).toMatch(/^\d{23}$/);
        expect(rest).toEqual({ submissionId: ID, submittedAt: new Date(NOON).toISOString() });
        const parts = await submission.compose(draft);
        return {
          ...parts,
          body: (files) => {
            told = [...files];
            return parts.body(files);
          },
        };
      },
    });
    expect(stored.ok).toBe(true);
    const clear = new Uint8Array(10).fill(1);
    expect(told).toEqual([
      [
        'page-0',
        {
          attachment: attachmentsOf(disk.db, ID)[0]!.sha256,
          clearSha256: await sha256Hex(clear),
          mediaType: 'image/jpeg',
          size: 10,
        },
      ],
    ]);
    expect(buffers).toHaveLength(2);
    for (const buffer of buffers) expect(buffer.every((byte) => byte === 0)).toBe(true);
  });

  test('the memory of what was sealed is given back, whether it was stored or not', async () => {
    const sealed: Uint8Array[] = [];
    const seal = {
      ...disk.ports.seal,
      async seal(clear: Uint8Array, recipients: readonly string[]) {
        const bytes = await disk.ports.seal.seal(clear, recipients);
        sealed.push(bytes);
        return bytes;
      },
    };
    const blobs = { ...disk.blobs, sync: broken };
    await expect(submitOne(disk.context({ blobs }, { seal }), submissionOf(ID))).rejects.toThrow();
    expect((await submitOne(disk.context({}, { seal }), submissionOf(ID))).ok).toBe(true);
    // one attachment each; the bodies were put into their envelopes
    expect(sealed.map((bytes) => bytes.length > 0)).toEqual([false, true, false, true]);
  });

  test('two files of one name are a bug, and nothing is left of it', async () => {
    const twice = submissionOf(ID, [1, 2]);
    const compose: Submission['compose'] = async (draft) => {
      const parts = await twice.compose(draft);
      return { ...parts, files: parts.files.map((file) => ({ ...file, name: 'page' })) };
    };
    await expect(submit({}, { ...twice, compose })).rejects.toThrow('the same name');
    nothingKept();
  });

  test('the same one again is answered as before, whatever has changed', async () => {
    const stored = await submit();
    const again = await submit({ taking: () => 'diskFull', enrolment: () => undefined });
    expect(again).toEqual(stored);
    await disk.context().file();
    expect(disk.names()).toHaveLength(3);
  });

  test.each<[string, Partial<SubmitContext>]>([
    ['clockWrong', { taking: () => 'clockWrong' }],
    ['notEnrolled', { enrolment: () => undefined }],
    ['noKeys', { keys: () => undefined }],
  ])('%s: refused before anything is composed', async (error, change) => {
    const submission = submissionOf(ID);
    expect(await submit(change, { ...submission, compose: broken })).toEqual({ ok: false, error });
    nothingKept();
  });

  test('when the day’s numbers are gone nothing more is taken', async () => {
    disk.db.run("INSERT INTO receipt_sequence VALUES ('500199001001', '261102', 9999)");
    const submission = { ...submissionOf(ID), compose: broken };
    expect(await submit({}, submission)).toEqual({ ok: false, error: 'backlogFull' });
    expect(disk.names()).toEqual([]);
  });

  test('room is looked for when the bytes that are sealed are known', async () => {
    const asked: number[] = [];
    const room = {
      state: () => 'free' as const,
      stateInside: () => 'free' as const,
      look: (needed: number) => {
        asked.push(needed);
        return 'diskFull' as const;
      },
    };
    expect(await submit({ room })).toEqual({ ok: false, error: 'diskFull' });
    nothingKept();
    const stored = await submit();
    expect(stored.ok).toBe(true);
    await disk.context().file();
    const lengths = disk.names().map((name) => readFileSync(disk.blobs.pathOf(name)).length);
    expect(asked).toEqual([lengths.reduce((sum, length) => sum + length, 0)]);
  });

  test('where the last look found no room it is looked for once more before anything is composed', async () => {
    let found: 'free' | 'diskFull' = 'diskFull';
    let looks = 0;
    const room = {
      state: () => found,
      stateInside: () => found,
      look: () => {
        looks += 1;
        return found;
      },
    };
    const taking = (): Taking => (room.stateInside() === 'free' ? 'yes' : 'diskFull');
    const refused = await submit({ room, taking }, { ...submissionOf(ID), compose: broken });
    expect(refused).toEqual({ ok: false, error: 'diskFull' });
    expect(looks).toBe(1);
    const roomAgain = {
      ...room,
      look: () => {
        found = 'free';
        return found;
      },
    };
    expect((await submit({ room: roomAgain, taking })).ok).toBe(true);
  });

  test.each([
    ['no space', diskFull],
    ['broken', broken],
  ])('%s while files are written: nothing is left', async (error, fail) => {
    let writes = 0;
    const write = (name: string, bytes: Uint8Array): Promise<void> =>
      ++writes === 2 ? fail() : disk.blobs.write(name, bytes);
    await expect(submit({ blobs: { ...disk.blobs, write } })).rejects.toThrow(error);
    nothingKept();
  });

  test.each([
    ['no space', diskFull],
    ['broken', broken],
  ])('%s while the row is written: nothing is left', async (error, fail) => {
    const audit = { ...disk.audit, record: fail };
    await expect(submit({ audit })).rejects.toThrow(error);
    nothingKept();
  });

  test.each<[string, number, readonly string[], number]>([
    ['of which nothing goes through afterwards: the files stay', 1034, ['diskTried'], 2],
    ['after which a small one goes through: nothing is left', 1034, [], 0],
    ['on a full disk, where the last page was not written: nothing is left', 13, ['diskTried'], 0],
  ])('a commit that fails, %s', async (_what, errcode, refused, files) => {
    const failing = (): never => {
      throw Object.assign(new Error('disk I/O error'), { code: 'ERR_SQLITE_ERROR', errcode });
    };
    const real = disk.db;
    let tried = 0;
    const db: SubmitContext['db'] = {
      ...real,
      // as a flush that fails: SQLite rolls it back in this process
      transaction: <T>(work: () => T): T =>
        real.transaction(() => {
          work();
          return failing();
        }),
      run(sql, ...values) {
        if (values.includes('diskTried')) {
          tried++;
          // before the files go
          expect(disk.names()).toHaveLength(2);
        }
        if (refused.some((key) => values.includes(key))) failing();
        real.run(sql, ...values);
      },
    };
    await expect(submit({ db, file: () => Promise.resolve() })).rejects.toThrow('disk I/O error');
    expect(tried).toBe(errcode === 13 ? 0 : 1);
    expect(disk.names()).toHaveLength(files);
    expect(disk.db.all('SELECT * FROM item')).toEqual([]);
    expect(disk.events()).toEqual([]);
    // a start whose index does not name them after all
    const { audit, blobs, ports, signer } = disk;
    const { crashPoint } = ports;
    await sweepStrays({ db: real, audit, blobs, crashPoint, knownKeys: [signer.publicKey] });
    expect(disk.names()).toEqual([]);
  });

  test('what is committed stays, whatever fails afterwards', async () => {
    const crashPoint = (moment: string): void => {
      if (moment === 'after-commit') broken();
    };
    const stored = await submitOne(disk.context({}, { crashPoint }), submissionOf(ID));
    expect(stored).toMatchObject({ ok: true, value: { submissionId: ID } });
    await disk.context().file();
    expect(disk.names()).toHaveLength(2);
  });
});
