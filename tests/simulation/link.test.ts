import { expect, test } from 'vitest';
import type { HttpRequest } from '../../main/core/ports.ts';
import { chanceOf } from './chance.ts';
import { Link } from './link.ts';
import { Machine } from './machine.ts';
import { Scheduler } from './scheduler.ts';
import { DAY, type Weather } from './story.ts';
import type { FaultName } from './strikes.ts';

const SIZE = 5_000;
const at = { path: '/v1/attachments/00', deadlineMs: 60_000 };
const body = new Uint8Array(SIZE);

/** What strikes so many requests in some weather, how often less arrives than was sent, and how many are answered. */
async function under(
  weather: Weather,
  request: HttpRequest,
): Promise<{ struck: FaultName[]; cut: number; answered: number }> {
  const chance = chanceOf(weather);
  const scheduler = new Scheduler(chance.fork('turns'), () => undefined);
  const where = { name: 't0', home: '/simulation/t0', scheduler, chance: chance.fork('machine') };
  const machine = new Machine({ ...where, onCrash: () => undefined });
  const struck: FaultName[] = [];
  let cut = 0;
  const link = new Link(
    scheduler,
    chance.fork('line'),
    (arrived) => {
      if ((arrived.body?.length ?? 0) < (request.body?.length ?? 0)) cut++;
      return Promise.resolve({ status: 204, headers: {}, body: new Uint8Array() });
    },
    (fault) => struck.push(fault),
    () => undefined,
  );
  link.weather = weather;
  const network = link.networkOf(machine.powerOn());
  const heard = Array.from({ length: 300 }, () => network.request(request));
  while (await scheduler.step(DAY));
  const answers = await Promise.all(heard);
  return { struck, cut, answered: answers.filter(({ ok }) => ok).length };
}

test('a request counts as cut when bytes of it were, as often as that', async () => {
  const { struck, cut } = await under('lossy', { ...at, method: 'PATCH', body });
  expect(cut).toBeGreaterThan(10);
  expect(struck.filter((fault) => fault === 'request cut')).toHaveLength(cut);
});

test.each<HttpRequest>([
  { ...at, method: 'GET' },
  { ...at, method: 'PATCH', body: new Uint8Array() },
  { ...at, method: 'PUT', body },
])('nothing else is cut, it is its answer that is lost: $method', async (request) => {
  const { struck, cut } = await under('lossy', request);
  expect(cut).toBe(0);
  expect(struck).not.toContain('request cut');
  expect(struck).toContain('answer lost');
});

test.each<HttpRequest>([
  { ...at, method: 'PATCH', body },
  { ...at, path: `/v1/items/${'0'.repeat(32)}`, method: 'PUT', body },
])('what a proxy cuts short is answered, and not changed besides: $method', async (request) => {
  const { struck, cut, answered } = await under('garbled', request);
  expect(cut).toBeGreaterThan(10);
  expect(struck.filter((fault) => fault === 'request cut')).toHaveLength(cut);
  expect(struck).toContain('bytes changed');
  expect(answered).toBe(300);
});
