import { expect, test } from 'vitest';
import { createAsk } from './ask.ts';

/** Where a request for `path` goes. */
async function addressOf(platform: string, path: string): Promise<string | undefined> {
  const went: string[] = [];
  const ask = createAsk({
    platform,
    token: 'token',
    fetch: (url) => {
      went.push(url.href);
      return Promise.resolve(Response.json({}));
    },
  });
  expect(await ask('PUT', path)).toEqual({ status: 200, body: {} });
  expect(went).toHaveLength(1);
  return went[0];
}

test.each([
  ['https://gov.example', 'https://gov.example'],
  ['https://gov.example/', 'https://gov.example'],
  ['https://gov.example:8443/bianmin', 'https://gov.example:8443/bianmin'],
  ['https://gov.example/a/bianmin/', 'https://gov.example/a/bianmin'],
  ['https://gov.example//other.example/', 'https://gov.example//other.example'],
])('of a platform at %s, all is asked below it and of no other host', async (platform, below) => {
  expect(await addressOf(platform, '/v1/admin/items/1?alsoRevoked=1')).toBe(
    `${below}/v1/admin/items/1?alsoRevoked=1`,
  );
});
