import { describe, expect, test } from 'vitest';
import { err, ok, type Result } from '../../../domain/result.ts';
import { json, makeLine, noAnswer, page, problemAnswer, type Answer } from './line.test-helper.ts';
import {
  createPlatformClient,
  failureCode,
  readEmpty,
  type CallFailure,
  type ClientParts,
  type Tokens,
} from './platform-client.ts';

const CALL = { method: 'GET', path: '/v1/feed' } as const;
const read200 = readEmpty(200);
/** For what is asked, not for what is answered. */
const done = async (result: Promise<Result<unknown, CallFailure>>): Promise<boolean> =>
  (await result).ok;

describe('whose words they are', () => {
  const cases: readonly [string, Answer, CallFailure, string][] = [
    ['a page', page(200), { kind: 'nonsense', status: 200 }, 'offline'],
    ['a page with 404', page(404), { kind: 'nonsense', status: 404 }, 'offline'],
    [
      'a problem',
      problemAnswer(404, 'notFound'),
      { kind: 'problem', status: 404, code: 'notFound', retryAfterMs: undefined },
      'online',
    ],
    [
      'a problem with 400, named with its character set',
      problemAnswer(400, 'malformed', {
        'content-type': 'application/problem+json; charset=utf-8',
      }),
      { kind: 'problem', status: 400, code: 'malformed', retryAfterMs: undefined },
      'online',
    ],
    [
      'a problem of the platform’s own',
      problemAnswer(500, 'internal'),
      { kind: 'problem', status: 500, code: 'internal', retryAfterMs: undefined },
      'offline',
    ],
    [
      'a problem with a status that is none',
      problemAnswer(399, 'internal'),
      { kind: 'nonsense', status: 399 },
      'offline',
    ],
    [
      'a problem in the words of somebody else',
      problemAnswer(404, 'noSuchPage'),
      { kind: 'nonsense', status: 404 },
      'offline',
    ],
    [
      'a problem that says another status',
      json(
        404,
        { type: 'about:blank', status: 400, code: 'notFound' },
        {
          'content-type': 'application/problem+json',
        },
      ),
      { kind: 'nonsense', status: 404 },
      'offline',
    ],
    [
      'a problem that is not called one',
      problemAnswer(404, 'notFound', { 'content-type': 'application/json' }),
      { kind: 'nonsense', status: 404 },
      'offline',
    ],
    [
      'an answer of no type',
      ok({ status: 404, headers: {}, body: Buffer.from('') }),
      { kind: 'nonsense', status: 404 },
      'offline',
    ],
  ];
  test.each(cases)('%s', async (_what, answer, failure, link) => {
    const line = makeLine();
    line.answer = () => answer;
    const reader = answer.ok && answer.value.status === 200 ? readEmpty(204) : read200;
    expect(await line.client.open(CALL, reader)).toEqual(err(failure));
    expect(line.link).toEqual([link]);
  });

  const ofOneThing = cases.map(([what, answer, , link]) => [what, answer, link] as const);
  test.each([...ofOneThing, ['an answer too long', noAnswer('answerTooLong'), 'offline'] as const])(
    '%s, at one thing, says nothing of a link that is away',
    async (_what, answer, link) => {
      const line = makeLine();
      line.answer = () => answer;
      const reader = answer.ok && answer.value.status === 200 ? readEmpty(204) : read200;
      expect(await done(line.client.authorised(CALL, reader, 'oneThing'))).toBe(false);
      expect(line.link).toEqual(link === 'online' ? ['online'] : []);
    },
  );

  test.each([
    ['how long it is out of order', problemAnswer(503, 'internal', { 'retry-after': '9' })],
    ['nothing', noAnswer('timeout')],
  ])('who says %s is away, whatever was asked for', async (_what, answer) => {
    const line = makeLine();
    line.answer = () => answer;
    expect(await done(line.client.authorised(CALL, read200, 'oneThing'))).toBe(false);
    expect(line.link).toEqual(['offline']);
  });

  test('an answer of the contract says that the link is there', async () => {
    const line = makeLine();
    line.answer = () => json(200, {});
    expect(await line.client.open(CALL, read200)).toEqual(ok(true));
    expect(line.link).toEqual(['online']);
  });

  test('no answer says that it is away, unless we ended it ourselves', async () => {
    const line = makeLine();
    line.answer = () => noAnswer('timeout', 'slow');
    const failure = { kind: 'network', failure: { kind: 'timeout', detail: 'slow' } };
    expect(await line.client.open(CALL, read200)).toEqual(err(failure));
    expect(line.link).toEqual(['offline']);
    line.answer = () => noAnswer('cancelled');
    expect(await line.client.open(CALL, read200)).toMatchObject({ ok: false });
    expect(line.link).toEqual(['offline']);
  });

  test.each<[string | undefined, number | undefined]>([
    [undefined, undefined],
    ['7', 7_000],
    ['0', 0],
    ['999999999', 999_999_999_000],
    ['7 s', undefined],
    ['soon', undefined],
    ['', undefined],
    // ten digits are no seconds, nor a date
    ['9999999999x', undefined],
    ['Thu, 01 Jan 1970 00:00:09 GMT', 4_000],
    ['Thu, 01 Jan 1970 00:00:01 GMT', 0],
    ['1970-01-01', 0],
  ])('Retry-After %j is %j ms from second 5 on', async (text, retryAfterMs) => {
    const line = makeLine({ wall: () => 5_000 });
    const headers = text === undefined ? {} : { 'retry-after': text };
    line.answer = () => problemAnswer(429, 'slowDown', headers);
    const result = await line.client.open(CALL, read200);
    expect(result).toEqual(err({ kind: 'problem', status: 429, code: 'slowDown', retryAfterMs }));
  });

  test('each failure has a short code', () => {
    const network = { kind: 'network', failure: { kind: 'tls', detail: 'x' } } as const;
    const problem = { kind: 'problem', status: 409, code: 'conflict' } as const;
    expect(failureCode(network)).toBe('tls');
    expect(failureCode({ kind: 'nonsense', status: 502 })).toBe('notThePlatform502');
    expect(failureCode({ ...problem, retryAfterMs: undefined })).toBe('conflict');
    expect(failureCode({ kind: 'notEnrolled' })).toBe('notEnrolled');
  });
});

describe('what is asked', () => {
  test('has a deadline, the signal of the stop, and a time for the certificate when the clock is wrong', async () => {
    const clock: { at?: number } = {};
    const { signal } = new AbortController();
    const line = makeLine({ signal, certificateAt: () => clock.at });
    await done(line.client.open(CALL, read200));
    expect(line.asked[0]).toEqual({ ...CALL, deadlineMs: 500, signal });
    clock.at = 77;
    await done(line.client.open({ ...CALL, deadlineMs: 3 }, read200));
    expect(line.asked[1]).toEqual({ ...CALL, deadlineMs: 3, signal, certificateAt: 77 });
    await done(line.client.open({ ...CALL, certificateAt: 'any' }, read200));
    expect(line.asked[2]).toMatchObject({ certificateAt: 'any' });
  });

  const timeLine = (learns: boolean, change: Partial<ClientParts> = {}) => {
    let learnt = 0;
    let at: number | undefined;
    const line = makeLine({
      certificateAt: () => at,
      learnTime: () => {
        learnt++;
        if (learns) at = 77;
        return Promise.resolve(learns);
      },
      ...change,
    });
    return { line, learnt: () => learnt };
  };

  test('while the clock is doubted nothing goes out before the time is learnt', async () => {
    const deaf = timeLine(false, { clockDoubted: () => true });
    expect(await deaf.line.client.open(CALL, read200)).toEqual(
      err({ kind: 'network', failure: { kind: 'unreachable', detail: 'NO_TIME' } }),
    );
    expect(deaf.line.asked).toEqual([]);
    expect(deaf.line.link).toEqual(['offline']);
    // the question for the time itself goes out
    await done(deaf.line.client.open({ ...CALL, certificateAt: 'any' }, read200));
    expect(deaf.line.asked).toHaveLength(1);
    const hearing = timeLine(true, { clockDoubted: () => true });
    hearing.line.answer = () => json(200, {});
    expect(await hearing.line.client.open(CALL, read200)).toEqual(ok(true));
    expect(hearing.line.asked).toMatchObject([{ certificateAt: 77 }]);
  });

  const expired = noAnswer('tls', 'CERT_HAS_EXPIRED');
  test.each(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'])(
    'a certificate with %s is tried once more under the time that was learnt',
    async (detail) => {
      const { line, learnt } = timeLine(true);
      line.answer = ({ certificateAt }) =>
        certificateAt === 77 ? json(200, {}) : noAnswer('tls', detail);
      expect(await line.client.open(CALL, read200)).toEqual(ok(true));
      expect([line.asked.length, learnt()]).toEqual([2, 1]);
      // and only once
      line.answer = () => expired;
      expect(await line.client.open(CALL, read200)).toMatchObject({ ok: false });
      expect([line.asked.length, learnt()]).toEqual([4, 2]);
    },
  );

  test('what was wrong with a certificate is told until another answer comes; nothing of other failures', async () => {
    const told: unknown[] = [];
    const line = makeLine({ onLink: (...words) => void told.push(words) });
    const answers = [
      noAnswer('tls', 'DEPTH_ZERO_SELF_SIGNED_CERT'),
      noAnswer('unreachable', 'ECONNREFUSED'),
      noAnswer('cancelled'),
      json(200, {}),
    ];
    for (const answer of answers) {
      line.answer = () => answer;
      await done(line.client.open(CALL, read200));
    }
    expect(told).toEqual([
      ['offline', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
      ['offline', undefined],
      ['online'],
    ]);
  });

  test('no other failure asks for the time, nor does the question for the time', async () => {
    const { line, learnt } = timeLine(true);
    for (const answer of [
      noAnswer('tls', 'SELF_SIGNED'),
      noAnswer('timeout', 'CERT_HAS_EXPIRED'),
    ]) {
      line.answer = () => answer;
      await done(line.client.open(CALL, read200));
    }
    line.answer = () => expired;
    await done(line.client.open({ ...CALL, certificateAt: 'any' }, read200));
    expect([line.asked.length, learnt()]).toEqual([3, 0]);
  });

  test('where the clock was right after all, or no time came, the failure stands', async () => {
    for (const learns of [true, false]) {
      const { line, learnt } = timeLine(learns, { certificateAt: () => undefined });
      line.answer = () => expired;
      expect(await line.client.open(CALL, read200)).toMatchObject({
        error: { failure: { detail: 'CERT_HAS_EXPIRED' } },
      });
      expect([line.asked.length, learnt()]).toEqual([1, 1]);
    }
    const known = timeLine(false, { certificateAt: () => 5 });
    known.line.answer = () => expired;
    await done(known.line.client.open(CALL, read200));
    expect(known.line.asked).toHaveLength(1);
  });
});

describe('with a token', () => {
  const withTokens = (given: readonly Result<string, CallFailure>[]) => {
    const refused: (string | undefined)[] = [];
    const line = makeLine();
    const left = [...given];
    const tokens: Tokens = {
      token: (not) => {
        refused.push(not);
        return Promise.resolve(left.shift() ?? err({ kind: 'notEnrolled' }));
      },
    };
    const parts: ClientParts = {
      network: line.network,
      deadlineMs: 1,
      signal: new AbortController().signal,
      onLink: () => undefined,
      certificateAt: () => undefined,
      clockDoubted: () => false,
      learnTime: () => Promise.resolve(false),
      wall: () => 0,
    };
    return { line, refused, client: createPlatformClient(parts, () => tokens) };
  };
  const bearers = (line: ReturnType<typeof makeLine>) =>
    line.asked.map(({ headers }) => headers?.['authorization']);

  test('it goes with the other words of the request', async () => {
    const { line, client, refused } = withTokens([ok('one')]);
    line.answer = () => json(200, {});
    expect(await client.authorised({ ...CALL, headers: { a: 'b' } }, read200)).toEqual(ok(true));
    expect(line.asked[0]?.headers).toEqual({ a: 'b', authorization: 'Bearer one' });
    expect(refused).toEqual([undefined]);
  });

  test.each([problemAnswer(401, 'unauthorised'), page(401)])(
    'one that is refused is renewed once',
    async (no) => {
      const { line, client, refused } = withTokens([ok('one'), ok('two')]);
      line.answer = ({ headers }) =>
        headers?.['authorization'] === 'Bearer two' ? json(200, {}) : no;
      expect(await client.authorised(CALL, read200)).toEqual(ok(true));
      expect(refused).toEqual([undefined, 'one']);
      line.answer = () => no;
      const again = withTokens([ok('one'), ok('two')]);
      again.line.answer = () => no;
      expect(await again.client.authorised(CALL, read200)).toMatchObject({
        error: { status: 401 },
      });
      expect(bearers(again.line)).toEqual(['Bearer one', 'Bearer two']);
    },
  );

  test('that the terminal was revoked is asked of the tokens, and the call is not made again', async () => {
    const { line, client, refused } = withTokens([ok('one'), ok('two')]);
    line.answer = () => problemAnswer(401, 'revoked');
    expect(await client.authorised(CALL, read200)).toMatchObject({ error: { code: 'revoked' } });
    expect([bearers(line), refused]).toEqual([['Bearer one'], [undefined, 'one']]);
  });

  test.each([problemAnswer(403, 'unauthorised'), noAnswer('timeout')])(
    'nothing else asks for another one',
    async (no) => {
      const { line, client, refused } = withTokens([ok('one'), ok('two')]);
      line.answer = () => no;
      expect((await client.authorised(CALL, read200)).ok).toBe(false);
      expect([bearers(line), refused]).toEqual([['Bearer one'], [undefined]]);
    },
  );

  test('without one nothing is asked', async () => {
    const { line, client } = withTokens([]);
    expect(await client.authorised(CALL, read200)).toEqual(err({ kind: 'notEnrolled' }));
    expect(line.asked).toEqual([]);
    const late = withTokens([ok('one')]);
    late.line.answer = () => page(401);
    expect(await late.client.authorised(CALL, read200)).toEqual(err({ kind: 'notEnrolled' }));
    expect(late.line.asked).toHaveLength(1);
  });
});
