import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  asked,
  beats,
  codes,
  core,
  disk,
  events,
  open,
  passing,
  platform,
  problemOf,
  started,
  stateOf,
  stop,
  submit,
  useCore,
} from './platform-side.test-helper.ts';

useCore();

/** A platform that came back from a backup older than this terminal's enrolment. */
function forget(codeIsGood: () => boolean): { again: number } {
  const seen = { again: 0 };
  let known = false;
  platform.behave = ({ path }) => {
    if (path === '/v1/enrolments') {
      seen.again += 1;
      if (!codeIsGood()) return problemOf(401, 'unauthorised');
      known = true;
      return undefined;
    }
    return known || path === '/v1/time' ? undefined : problemOf(401, 'unauthorised');
  };
  return seen;
}

test('a platform that does not know this terminal any more is given its code again, with the same key', async () => {
  await started();
  const key = platform.terminalKey;
  const seen = forget(() => true);
  // a token of before is refused, too
  await stop();
  await open();
  core.start();
  const item = await submit();
  await passing('received', () => stateOf(item) === 'received');
  expect(seen.again).toBe(1);
  expect(platform.terminalKey).toBe(key);
  // it is the same terminal: nothing was learnt that is to be written down
  expect(events('terminalEnrolled')).toBe(1);
  expect(codes()).not.toContain('enrolmentRefused');
});

test('when it does not take the code either a technician is told, until it does', async () => {
  await started();
  let good = false;
  const seen = forget(() => good);
  await stop();
  await open();
  core.start();
  await passing('told', () => codes().includes('enrolmentRefused'));
  expect(core.problems()).toContainEqual({ code: 'enrolmentRefused', detail: 'unauthorised' });
  // not in each round, for wrong codes are counted for all that share an address
  const rounds = asked.length;
  await passing('some rounds', () => asked.length > rounds + 20);
  expect(seen.again).toBe(1);
  await passing('asked again', () => seen.again > 1, 60_000);
  // nothing is lost by it, and people go on handing in
  expect(core.outbox.taking()).toBe('yes');
  const item = await submit();
  good = true;
  await passing('received', () => stateOf(item) === 'received', 60_000);
  await passing('no trouble', () => !codes().includes('enrolmentRefused'));
  expect(events('enrolmentRefused')).toBe(1);
});

test('a code that is not taken keeps nobody from asking on: one refusal by chance is over with the next round', async () => {
  await started();
  let chance = true;
  platform.behave = ({ path }) => {
    if (path === '/v1/enrolments') return problemOf(401, 'unauthorised');
    return chance && path !== '/v1/time' ? problemOf(401, 'unauthorised') : undefined;
  };
  await stop();
  await open();
  core.start();
  await passing('told', () => codes().includes('enrolmentRefused'));
  chance = false;
  const before = beats().length;
  await passing('beats', () => beats().length > before);
  await passing('no trouble', () => !codes().includes('enrolmentRefused'));
});

test('that the key was revoked is told as that: no other code would help', async () => {
  platform.behave = ({ path }) =>
    path === '/v1/enrolments' ? problemOf(401, 'revoked') : undefined;
  await open();
  core.start();
  await passing('told', () => codes().includes('terminalRevoked'));
  expect(codes()).not.toContain('enrolmentRefused');
});

test('a terminal that holds a token learns in a round that it was revoked, and takes nothing more', async () => {
  await started();
  await submit();
  platform.behave = ({ path }) => (path === '/v1/time' ? undefined : problemOf(401, 'revoked'));
  await passing('told', () => codes().includes('terminalRevoked'));
  expect(core.outbox.taking()).toBe('notEnrolled');
});

test('how the key is kept is written down also where an earlier program enrolled', async () => {
  await started();
  await stop();
  const file = join(disk.folder, 'enrolment.json');
  const written = readFileSync(file, 'utf8');
  const { keyProtection, ...earlier } = JSON.parse(written) as { keyProtection: string };
  expect(keyProtection).toMatch(/^(protected|rootOnlyFile)$/);
  writeFileSync(file, JSON.stringify(earlier));
  await open();
  expect(readFileSync(file, 'utf8')).toBe(written);
});

test('without a code it is told as well, and ends when the platform knows the terminal again', async () => {
  await started();
  platform.behave = ({ path }) =>
    path === '/v1/time' ? undefined : problemOf(401, 'unauthorised');
  await stop();
  asked.length = 0;
  await open({ enrolmentCode: undefined });
  core.start();
  await passing('told', () => codes().includes('enrolmentRefused'));
  expect(asked.some(({ path }) => path === '/v1/enrolments')).toBe(false);
  platform.behave = () => undefined;
  await passing('no trouble', () => !codes().includes('enrolmentRefused'));
});
