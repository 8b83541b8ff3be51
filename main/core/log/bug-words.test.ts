import { expect, it } from 'vitest';
import { bugWords } from './bug-words.ts';

it('says of a bug what it is called and where it was thrown, and nothing of its message', () => {
  const words = bugWords(new TypeError('张三丰\n    at 500199196609090011'));
  expect(words).toMatchObject({
    bug: 'TypeError',
    at: expect.stringContaining('bug-words.test') as unknown,
  });
  expect(JSON.stringify(words)).not.toMatch(/张三丰|500199/);
});

it('says no place where it cannot tell message and place apart', () => {
  const other = new Error('a message that was put in its place later');
  other.stack = 'Error: 张三丰\n    at 500199196609090011';
  expect(bugWords(other)).toEqual({ bug: 'Error', at: '' });
  expect(bugWords('张三丰')).toEqual({ bug: 'unknown', at: '' });
});
