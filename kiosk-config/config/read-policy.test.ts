import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_POLICY } from './policy.ts';
import { problemText } from './problem.ts';
import { readPolicy } from './read-policy.ts';

const RIGHT = {
  environment: 'demo',
  backlog: { maxItems: 5 },
  session: { idleByService: { long: { quietSeconds: 240 } } },
};
const read = (content: unknown) => {
  const result = readPolicy(content);
  return result.ok ? result.value : result.error.map(({ path }) => path);
};

test('what a newer platform says and this program does not know undoes nothing, and is named', () => {
  const newer = {
    ...RIGHT,
    newerWord: { deep: [1] },
    backlog: { maxItems: 5, maxItms: 4 },
    session: { idleByService: { long: { quietSeconds: 240, noisySeconds: 1 } }, 'a b': 1 },
  };
  const known = readPolicy(RIGHT);
  expect(known).toMatchObject({
    value: { unknownWords: [], policy: { backlog: { maxItems: 5 } } },
  });
  expect(read(newer)).toEqual({
    policy: known.ok && known.value.policy,
    unknownWords: [
      '$.session.idleByService.long.noisySeconds',
      // names come from elsewhere and could hold anything
      '$.session.?',
      '$.backlog.maxItms',
      '$.newerWord',
    ],
  });
});

test('a wrong value of a setting that is known makes the whole wrong, whatever else is unknown', () => {
  expect(read({ ...RIGHT, backlog: { maxItems: 'five' } })).toEqual(['$.backlog.maxItems']);
  expect(read({ ...RIGHT, newerWord: 1, backlog: 5 })).toEqual(['$.backlog']);
  expect(read({ environment: 'test' })).toEqual(['$.environment']);
  const refused = readPolicy({ retention: { auditDays: 30, more: 'SECRET' } });
  expect(refused.ok).toBe(false);
  expect(refused.ok ? '' : refused.error.map(problemText).join()).not.toContain('SECRET');
});

test('settings that were taken out are no news to anybody', () => {
  const earlier = {
    ...RIGHT,
    assurance: { viewDetails: 'L3' },
    link: { connectTimeoutMs: 1 },
    retention: { logDays: 30, archivedRowDays: 'any', auditDays: 200 },
  };
  expect(read(earlier)).toMatchObject({
    unknownWords: [],
    policy: { backlog: { maxItems: 5 }, retention: { auditDays: 200 } },
  });
});

test('one that says nothing is the one that holds before any came', () => {
  expect(read({})).toEqual({ policy: DEFAULT_POLICY, unknownWords: [] });
});

test('nothing throws, whatever comes', () => {
  for (const content of [undefined, null, 1, 'text', [RIGHT]]) {
    expect(readPolicy(content).ok).toBe(false);
  }
  const keys = fc.constantFrom('backlog', 'session', 'idleByService', 'maxItems', '__proto__', 'x');
  const part = fc.dictionary(keys, fc.oneof(fc.jsonValue(), fc.constant(5)));
  fc.assert(
    fc.property(fc.dictionary(keys, fc.oneof(fc.jsonValue(), part)), (content) => {
      const once = readPolicy(content);
      // what was read is a policy with nothing unknown
      if (once.ok) expect(read(once.value.policy)).toEqual({ ...once.value, unknownWords: [] });
    }),
  );
});
