import { createHash, generateKeyPairSync } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { verifyChain } from '../audit/chain.ts';
import type { DurableCore } from '../durable.ts';
import type { StoredItem } from '../outbox/contract.ts';
import { makeBench, submissionOf, until, type Bench } from '../outbox/durable-bench.test-helper.ts';
import type { Behaviour } from './platform-double.test-helper.ts';

// slow shared machines: nothing here depends on how long it takes
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
});
afterEach(() => bench.close());

async function started(): Promise<DurableCore> {
  const core = await bench.open();
  core.start();
  await until('taking', () => core.outbox.taking() === 'yes');
  return core;
}

async function submit(core: DurableCore, sizes?: readonly number[]): Promise<StoredItem> {
  const stored = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId(), sizes));
  if (!stored.ok) throw new Error(stored.error);
  await bench.filed();
  return stored.value;
}

const stateOf = (core: DurableCore, item: StoredItem): string | undefined =>
  core.outbox.find(item.receiptNumber)?.state;

const problemOf = (status: number, code: string, headers?: Record<string, string>): Behaviour => ({
  status,
  type: 'application/problem+json',
  body: JSON.stringify({ type: 'about:blank', title: code, status, code }),
  ...(headers ? { headers } : {}),
});
const html: Behaviour = { status: 200, type: 'text/html', body: '<html>Please log in</html>' };

describe('exactly once', () => {
  test('an item with attachments arrives whole, in pieces, and is received', async () => {
    const core = await bench.open({ chunkBytes: 1000 });
    core.start();
    await until('taking', () => core.outbox.taking() === 'yes');
    const item = await submit(core, [4500, 10, 2000, 999]);
    await until('received', () => stateOf(core, item) === 'received');
    const arrived = bench.platform.items.get(item.submissionId)!;
    expect(arrived.sha256).toBe(item.envelopeSha256);
    for (const { sha256, size } of arrived.header.attachments) {
      const bytes = bench.platform.attachments.get(sha256)!;
      expect(bytes.length).toBe(size);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    }
    expect(core.outbox.find(item.receiptNumber)?.caseNumber).toBe('CASE-1');
    expect(core.link.state()).toBe('online');
  });

  const bad: readonly [string, Behaviour][] = [
    ['a captive portal answers 200 with a page', html],
    ['a portal answers 201 with a page', { ...html, status: 201 }],
    ['a portal redirects', { status: 302, headers: { location: 'http://portal.example/' } }],
    ['201 has an empty body', { status: 201, type: 'application/json' }],
    [
      '201 has JSON that says something else',
      { status: 201, type: 'application/json', body: '{"result":"ok"}' },
    ],
    ['the platform fails with 500', problemOf(500, 'internal')],
    ['a proxy fails with 502', { status: 502, type: 'text/html', body: '<h1>Bad Gateway</h1>' }],
    ['a proxy forbids with 409 in HTML', { ...html, status: 409 }],
    ['a proxy says 413 in HTML', { ...html, status: 413 }],
    ['no answer comes', 'silence'],
    ['the answer gets lost after the platform stored it', 'loseAnswer'],
    ['the platform asks to slow down', problemOf(429, 'slowDown', { 'retry-after': '1' })],
  ];
  test.each(bad)('%s: not believed, tried again, there once', async (_what, behaviour) => {
    const core = await started();
    let left = 2;
    bench.platform.behave = ({ method }) =>
      method === 'PUT' && left-- > 0 ? behaviour : undefined;
    const item = await submit(core);
    await until('received', () => stateOf(core, item) === 'received');
    expect(bench.platform.items.size).toBe(1);
    expect(bench.platform.items.get(item.submissionId)?.sha256).toBe(item.envelopeSha256);
    const puts = bench.platform.log.filter((line) => line.startsWith('PUT')).length;
    expect(puts).toBe(3);
  });

  test('201 for another envelope is not believed', async () => {
    const core = await started();
    let lied = false;
    bench.platform.behave = ({ method, path }) => {
      if (method !== 'PUT' || lied) return undefined;
      lied = true;
      return {
        status: 201,
        type: 'application/json',
        body: JSON.stringify({
          result: 'received',
          submissionId: path.split('/').at(-1),
          envelopeSha256: 'f'.repeat(64),
          caseNumber: 'X',
          cursor: 9,
          receivedAt: new Date().toISOString(),
        }),
      };
    };
    const item = await submit(core);
    await until('received', () => stateOf(core, item) === 'received');
    expect(bench.platform.acknowledged.get(item.submissionId)).toBe(1);
  });

  test('an upload that was cut goes on where the platform stands', async () => {
    const core = await bench.open({ chunkBytes: 1000 });
    core.start();
    await until('taking', () => core.outbox.taking() === 'yes');
    let patches = 0;
    bench.platform.behave = ({ method }) =>
      method === 'PATCH' && ++patches === 3 ? 'loseAnswer' : undefined;
    const item = await submit(core, [6000]);
    await until('received', () => stateOf(core, item) === 'received');
    // every piece once: none of them is sent twice
    const [sealed] = bench.platform.attachments.values();
    const pieces = Math.ceil((sealed?.length ?? 0) / 1000);
    expect(pieces).toBeGreaterThan(6);
    expect(bench.platform.log.filter((line) => line.startsWith('PATCH'))).toHaveLength(pieces);
  });

  test('a token that the platform no longer takes is renewed once', async () => {
    const core = await started();
    let refused = 0;
    bench.platform.behave = ({ method }) =>
      method === 'PUT' && refused++ === 0 ? problemOf(401, 'unauthorised') : undefined;
    const tokensBefore = bench.platform.log.filter((line) => line.includes('/v1/tokens')).length;
    const item = await submit(core);
    await until('received', () => stateOf(core, item) === 'received');
    const tokens = bench.platform.log.filter((line) => line.includes('/v1/tokens')).length;
    expect(tokens - tokensBefore).toBe(1);
  });
});

describe('one bad item never blocks the others', () => {
  test.each([
    [409, 'conflict'],
    [413, 'tooLarge'],
  ])(
    '%i %s: held for a person with its code, files kept, others go through',
    async (status, code) => {
      const core = await started();
      let first: string | undefined;
      bench.platform.behave = ({ method, path }) => {
        if (method !== 'PUT') return undefined;
        first ??= path;
        return path === first ? problemOf(status, code) : undefined;
      };
      const bad = await submit(core);
      const good = await submit(core);
      await until('good received', () => stateOf(core, good) === 'received');
      await until('bad held', () => stateOf(core, bad) === 'held');
      expect(core.problems()).toContainEqual({ code: 'itemHeld', detail: '1' });
      expect(readdirSync(join(bench.folder, 'outbox', 'blobs'))).toContain(bad.envelopeSha256);
      // a person releases it once the reason is gone
      bench.platform.behave = () => undefined;
      expect(core.outbox.release(bad.submissionId)).toBe(true);
      await until('received', () => stateOf(core, bad) === 'received');
    },
  );

  test('an item that never gets an answer does not keep the next one', async () => {
    const core = await started();
    let first: string | undefined;
    bench.platform.behave = ({ method, path }) => {
      if (method !== 'PUT') return undefined;
      first ??= path;
      return path === first ? 'silence' : undefined;
    };
    const bad = await submit(core);
    const good = await submit(core);
    await until('good received', () => stateOf(core, good) === 'received');
    expect(['sending', 'retry']).toContain(stateOf(core, bad));
  });
});

describe('link and time', () => {
  test('while the platform is away items wait, and go when it is back', async () => {
    const core = await started();
    bench.platform.behave = () => html;
    const items = [await submit(core), await submit(core)];
    await until('offline', () => core.link.state() === 'offline');
    expect(core.outbox.taking()).toBe('yes');
    expect(core.outbox.waiting()).toBe(2);
    bench.platform.behave = () => undefined;
    for (const item of items) await until('received', () => stateOf(core, item) === 'received');
    expect(core.link.state()).toBe('online');
  });

  test('a terminal whose clock stands in 1970 learns the time from the signed word and says so', async () => {
    const core = await bench.open({ buildDate: '1969-01-01T00:00:00Z' }, (real) => ({
      ...real,
      clock: { ...real.clock, wall: () => 86_400_000 + performance.now() },
    }));
    core.start();
    await until('keys', () => core.bundles.current().keys !== undefined);
    expect(core.outbox.taking()).toBe('clockWrong');
    expect(core.link.clockSkewMs()).toBeGreaterThan(50 * 365 * 86_400_000);
    await until('told', () => core.problems().some(({ code }) => code === 'clockWrong'));
  });

  test('a clock that was set back says nothing to anybody before the signed word is heard', async () => {
    await started();
    const core = await bench.open({}, (real) => ({
      ...real,
      clock: { ...real.clock, wall: () => 86_400_000 + performance.now() },
    }));
    bench.platform.log.length = 0;
    bench.platform.behave = ({ path }) => (path === '/v1/time' ? html : undefined);
    core.start();
    await until('asked', () => bench.platform.log.length >= 2);
    expect(new Set(bench.platform.log)).toEqual(new Set(['GET /v1/time']));
    expect(core.link.state()).toBe('offline');
    bench.platform.behave = () => undefined;
    await until('heard', () => core.link.state() === 'online');
    expect(core.outbox.taking()).toBe('clockWrong');
  });

  test('a terminal that is not let in keeps trying and says why', async () => {
    bench.platform.behave = ({ path }) =>
      path === '/v1/enrolments' ? problemOf(401, 'unauthorised') : undefined;
    const core = await bench.open();
    core.start();
    await until('told', () =>
      core
        .problems()
        .some(({ code, detail }) => code === 'enrolmentRefused' && detail === 'unauthorised'),
    );
    expect(core.outbox.taking()).toBe('notEnrolled');
    bench.platform.behave = () => undefined;
    await until('taking', () => core.outbox.taking() === 'yes');
    expect(core.problems().map(({ code }) => code)).toEqual(['keyOnlyRootProtected']);
  });
});

describe('nothing unarchived is ever deleted', () => {
  test('ciphertext goes only when the watermark reached the item; the row stays', async () => {
    const core = await started();
    const first = await submit(core);
    await until('received', () => stateOf(core, first) === 'received');
    const second = await submit(core);
    await until('received', () => stateOf(core, second) === 'received');
    bench.platform.events.push({
      cursor: 1,
      receiptNumber: first.receiptNumber,
      submissionId: first.submissionId,
      state: 'accepted',
      caseNumber: 'CASE-1',
      at: new Date().toISOString(),
    });
    bench.platform.archivedThrough = 1;
    await until('archived', () => stateOf(core, first) === 'archived');
    const blobs = (): string[] => readdirSync(join(bench.folder, 'outbox', 'blobs'));
    await until('deleted', () => blobs().length === 2);
    expect(blobs()).toContain(second.envelopeSha256);
    expect(blobs()).toHaveLength(2);
    expect(core.outbox.find(first.receiptNumber)).toMatchObject({ caseState: 'accepted' });
    expect(stateOf(core, second)).toBe('received');
    // numbers of deleted envelopes are not given again by a rebuilt index
    await core.stop();
    const { rmSync } = await import('node:fs');
    for (const end of ['', '-wal', '-shm']) {
      rmSync(join(bench.folder, 'outbox', `index.db${end}`), { force: true });
    }
    rmSync(join(bench.folder, 'outbox', 'blobs', second.envelopeSha256));
    const again = await bench.open();
    const third = await submit(again);
    expect(third.receiptNumber.slice(18, 22)).toBe('0003');
  });

  test('every transition has exactly one event in an unbroken, signed chain', async () => {
    const core = await started();
    let failed = false;
    bench.platform.behave = ({ method }) => {
      if (method !== 'PUT' || failed) return undefined;
      failed = true;
      return problemOf(500, 'internal');
    };
    const item = await submit(core);
    await until('received', () => stateOf(core, item) === 'received');
    await core.stop();
    const again = await bench.open();
    const rows = again.audit.latest(1000).toReversed();
    expect(
      rows.filter((row) => row.submissionId === item.submissionId).map(({ event }) => event),
    ).toEqual(['itemStored', 'attemptBegun', 'attemptFailed', 'attemptBegun', 'itemReceived']);
    const key = Buffer.from(bench.platform.terminalKey!, 'base64url');
    const keyId = createHash('sha256').update(key).digest('hex').slice(0, 8);
    const checked = verifyChain(rows, new Map([[keyId, key]]));
    if (!checked.ok) throw new Error(checked.error.what);
    expect(checked.value.signedThrough).toBeGreaterThan(0);
    const forged = rows.map((row) =>
      row.event === 'attemptFailed' ? { ...row, detail: 'tooLarge' } : row,
    );
    expect(verifyChain(forged, new Map([[keyId, key]]))).toMatchObject({ error: { what: 'hash' } });
  });
});

describe('bundles', () => {
  test('a wrong signature, an older version and other content change nothing and are told', async () => {
    const core = await started();
    const { publish, keys } = bench.platform;
    await publish('keys', 3, keys());
    await until('3', () => core.bundles.current().keys?.version === 3);
    const told = (detail: string) => (): boolean =>
      core.problems().some((each) => each.code === 'bundleRefused' && each.detail === detail);
    const stranger = generateKeyPairSync('ed25519').privateKey;
    await publish('keys', 4, keys(), stranger);
    await until('signature', told('keys signature'));
    await publish('keys', 2, keys());
    await until('older', told('keys olderVersion'));
    await publish('keys', 3, keys({ terminals: [] }));
    await until('differs', told('keys sameVersionDiffers'));
    await publish('keys', 5, { recipients: [], terminals: [] });
    await until('content', told('keys content'));
    await publish('catalogue', 1, { services: 'none' });
    await until('catalogue', told('catalogue content'));
    expect(core.bundles.current().keys?.version).toBe(3);
    expect(core.bundles.current().catalogue).toBeUndefined();
    expect(core.outbox.taking()).toBe('yes');
    expect(core.link.state()).toBe('online');
    await publish('keys', 6, keys());
    await until('6', () => core.bundles.current().keys?.version === 6);
    expect(told('keys content')()).toBe(false);
  });

  test('what is in force outlives a restart without the platform; a file that was tampered with does not', async () => {
    let core = await started();
    await bench.platform.publish('keys', 2, bench.platform.keys());
    await until('2', () => core.bundles.current().keys?.version === 2);
    core = await bench.open();
    expect(core.bundles.current().keys?.version).toBe(2);
    await core.stop();
    const { readFileSync, writeFileSync } = await import('node:fs');
    const file = join(bench.folder, 'bundles', 'keys.jws');
    const jws = readFileSync(file, 'latin1');
    writeFileSync(
      file,
      jws.replace(/\.(.)/, (_, first) => (first === 'A' ? '.B' : '.A')),
    );
    core = await bench.open();
    // the one before is still good
    expect(core.bundles.current().keys?.version).toBe(1);
    expect(core.problems()).toContainEqual({ code: 'bundleRefused', detail: 'keys signature' });
  });

  test('a receipt is verified offline by the key directory, a forged one is not', async () => {
    const core = await started();
    await bench.platform.publish('keys', 2, bench.platform.keys());
    await until('2', () => core.bundles.current().keys?.version === 2);
    bench.platform.behave = () => 'silence';
    await until('offline', () => core.link.state() === 'offline');
    const item = await submit(core);
    expect(await core.verifyReceipt(item.qr)).toEqual({
      signature: 'valid',
      item: 'notYetArrived',
      receiptNumber: item.receiptNumber,
      state: null,
      checkedOffline: true,
    });
    const at = item.qr.length - 10;
    const flipped = item.qr[at] === 'A' ? 'B' : 'A';
    const forged = item.qr.slice(0, at) + flipped + item.qr.slice(at + 1);
    expect(await core.verifyReceipt(forged)).toMatchObject({ signature: 'invalid' });
    expect(await core.verifyReceipt('hello')).toMatchObject({ signature: 'invalid' });
  });
});
