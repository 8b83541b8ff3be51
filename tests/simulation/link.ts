import { err, ok, type Result } from '../../domain/result.ts';
import type { HttpAnswer, HttpRequest, Network, NetworkFailure } from '../../main/core/ports.ts';
import type { Chance } from './chance.ts';
import type { Run } from './machine.ts';
import type { Owner, Scheduler } from './scheduler.ts';
import type { Weather } from './story.ts';
import type { FaultName } from './strikes.ts';

/** Hands a request to the platform; `undefined` when it is down or went down meanwhile. */
export type Deliver = (request: HttpRequest) => Promise<HttpAnswer | undefined>;

/** More requests of one terminal in an hour than any weather is a reason for. */
const MOST_AN_HOUR = 400;
const HOUR = 3_600_000;

/** Bytes on their way belong to nobody's run. */
const LINE: Owner = { name: 'line', alive: true };

/** What becomes of one request. Times in milliseconds; `undefined`: lost on the way. */
interface Fate {
  readonly up: number | undefined;
  readonly down: number | undefined;
  /** The same bytes arrive a second time, so long after the first. */
  readonly again?: number;
  /** Only a beginning of the body arrives. */
  readonly cut?: boolean;
  /** As many bytes arrive, and other ones. */
  readonly changed?: boolean;
  /** Somebody on the way answers in the platform's place. */
  readonly instead?: HttpAnswer | NetworkFailure['kind'];
  /** What of it is a fault. */
  readonly fault?: FaultName;
}

const answer = (
  status: number,
  type: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer => ({
  status,
  headers: { 'content-type': type, ...headers },
  body: Buffer.from(body),
});

const PORTAL = '<!doctype html><title>欢迎使用</title><form>手机号 <input name=phone></form>';
const PORTAL_SAYS: readonly HttpAnswer[] = [
  answer(200, 'text/html', PORTAL),
  answer(200, 'application/json', '{"result":"received"}'),
  answer(201, 'text/html', PORTAL),
  answer(201, 'application/json', '{"ok":true}'),
  answer(302, 'text/html', '', { location: 'http://portal.example/' }),
];
const problem = (status: number, code: string, headers: Readonly<Record<string, string>> = {}) =>
  answer(
    status,
    'application/problem+json; charset=utf-8',
    JSON.stringify({ type: 'about:blank', title: code, status, code }),
    headers,
  );

const ERRORS: readonly HttpAnswer[] = [
  problem(500, 'internal'),
  answer(500, 'text/plain', 'oops'),
  answer(502, 'text/html', '<h1>Bad Gateway</h1>'),
  answer(503, 'text/html', 'maintenance', { 'retry-after': '600' }),
  answer(504, 'text/html', ''),
  problem(429, 'slowDown', { 'retry-after': '120' }),
  answer(403, 'text/html', 'blocked by policy'),
  answer(404, 'text/html', 'no such host'),
  // what a proxy refuses is no word of the platform's, whatever it looks like: nothing is held for it
  answer(400, 'text/html', '<h1>Bad Request</h1>'),
  answer(409, 'application/json', '{"code":"conflict"}'),
  answer(413, 'text/html', 'too large for this proxy'),
  answer(413, 'application/json', '{"type":"about:blank","status":413,"code":"tooLarge"}'),
  problem(413, 'request-entity-too-large'),
  answer(422, 'application/json', '{"error":"scanner"}'),
];

/** The platform's own word that it has too much to do. */
const BUSY: readonly HttpAnswer[] = [
  problem(429, 'slowDown', { 'retry-after': '60' }),
  problem(429, 'slowDown', { 'retry-after': '900' }),
];

/** Whether a request brings sealed bytes. */
function brings({ method, path, body }: HttpRequest): boolean {
  const carries = method === 'PATCH' || (method === 'PUT' && path.startsWith('/v1/items/'));
  return carries && body !== undefined && body.length > 0;
}

/** Whether a beginning of it counts: of anything else the platform reads the whole or nothing. */
function isCut({ method, body }: HttpRequest): boolean {
  return method === 'PATCH' && body !== undefined && body.length > 0;
}

/** As many bytes, and other ones: a bit that flipped, or zeros from somewhere on. */
function otherBytes(body: Uint8Array, chance: Chance): Uint8Array {
  const other = new Uint8Array(body);
  const at = chance.between(0, body.length - 1);
  other[at] = (other[at] ?? 0) ^ (1 << chance.between(0, 7));
  if (chance.often(0.3)) other.fill(0, at + 1);
  return other;
}

function fateOf(weather: Weather, chance: Chance, request: HttpRequest): Fate {
  const quick = (): number => chance.between(10, 400);
  const usual: Fate = { up: quick(), down: quick() };
  switch (weather) {
    case 'calm':
      if (chance.often(0.01)) return { ...usual, down: undefined, fault: 'answer lost' };
      return chance.often(0.01) ? { ...usual, again: quick(), fault: 'bytes twice' } : usual;
    case 'lossy': {
      const slow = (): number => chance.between(10, 20_000);
      if (chance.often(0.2)) return { up: undefined, down: undefined, fault: 'request lost' };
      if (chance.often(0.25)) return { up: slow(), down: undefined, fault: 'answer lost' };
      if (chance.often(0.15)) {
        return { up: slow(), down: slow(), again: slow(), fault: 'bytes twice' };
      }
      if (chance.often(0.2)) {
        const cut = isCut(request);
        return { up: slow(), down: undefined, cut, fault: cut ? 'request cut' : 'answer lost' };
      }
      return { up: slow(), down: slow() };
    }
    case 'away':
      return chance.often(0.8)
        ? {
            ...usual,
            instead: chance.pick(['unreachable', 'unreachable', 'tls'] as const),
            fault: 'unreachable',
          }
        : { up: undefined, down: undefined, fault: 'request lost' };
    case 'captive':
      // lets through what comes before it, so that its own answer also meets the last request of many
      return chance.often(0.5)
        ? { ...usual, instead: chance.pick(PORTAL_SAYS), fault: 'portal answers' }
        : usual;
    case 'errors':
      // a HEAD has no body to name its problem with
      return chance.often(0.6) && request.method !== 'HEAD'
        ? { ...usual, instead: chance.pick(ERRORS), fault: 'error answers' }
        : usual;
    case 'busy':
      return request.method === 'HEAD'
        ? usual
        : { ...usual, instead: chance.pick(BUSY), fault: 'error answers' };
    case 'garbled':
      // TLS is ended in front of the platform, and what goes on from there passes through others' memory
      if (!chance.often(0.4) || !brings(request)) return usual;
      // what a proxy cuts short arrives as a whole request, and is answered
      return chance.often(0.25)
        ? { ...usual, cut: true, fault: 'request cut' }
        : { ...usual, changed: true, fault: 'bytes changed' };
    case 'slow':
      return {
        up: chance.between(1_000, 50_000),
        down: chance.between(1_000, 50_000),
        fault: 'slow line',
      };
  }
}

/** The line of one terminal. */
export class Link {
  weather: Weather = 'calm';
  requests = 0;
  readonly #scheduler: Scheduler;
  readonly #chance: Chance;
  readonly #deliver: Deliver;
  readonly #struck: (fault: FaultName) => void;
  readonly #hammers: () => void;
  #hour = 0;
  #inThisHour = 0;

  constructor(
    scheduler: Scheduler,
    chance: Chance,
    deliver: Deliver,
    /** Told of each request that does not simply come and go. */
    struck: (fault: FaultName) => void,
    /** Told when it asks without pause. */
    hammers: () => void,
  ) {
    this.#hammers = hammers;
    this.#scheduler = scheduler;
    this.#chance = chance;
    this.#deliver = deliver;
    this.#struck = struck;
  }

  /** The network port of one run. What it has sent arrives also when the run ends meanwhile. */
  networkOf(run: Run): Network {
    // one listener for all: a signal looks through those it has with each that is added
    const cancels = new Set<() => void>();
    const heard = new WeakSet<AbortSignal>();
    return {
      request: (request) => {
        const { signal } = request;
        if (signal && !heard.has(signal)) {
          heard.add(signal);
          signal.addEventListener('abort', () => cancels.forEach((cancel) => cancel()));
        }
        return this.#request(run, request, cancels);
      },
    };
  }

  #request(
    run: Run,
    request: HttpRequest,
    cancels: Set<() => void>,
  ): Promise<Result<HttpAnswer, NetworkFailure>> {
    const scheduler = this.#scheduler;
    const fate = fateOf(this.weather, this.#chance, request);
    this.requests++;
    const hour = Math.floor(scheduler.now / HOUR);
    this.#inThisHour = hour === this.#hour ? this.#inThisHour + 1 : 1;
    this.#hour = hour;
    if (this.#inThisHour === MOST_AN_HOUR) this.#hammers();
    if (fate.fault !== undefined) this.#struck(fate.fault);
    if (!run.instant('a request')) return new Promise(() => undefined);
    return new Promise((resolve) => {
      const cancel = (): void => fail('cancelled');
      const ended = (result: Result<HttpAnswer, NetworkFailure>): void => {
        patience();
        cancels.delete(cancel);
        resolve(result);
      };
      const fail = (kind: NetworkFailure['kind']): void => ended(err({ kind, detail: '' }));
      const answered = (after: number, done: () => void): void => {
        scheduler.after(run, after, 'hears an answer', () => {
          if (run.instant('an answer')) done();
        });
      };
      const patience = scheduler.after(run, request.deadlineMs, 'waits no longer', () =>
        fail('timeout'),
      );
      if (request.signal?.aborted === true) {
        fail('cancelled');
        return;
      }
      cancels.add(cancel);
      const { instead } = fate;
      if (instead !== undefined) {
        answered(fate.down ?? 0, () => {
          if (typeof instead === 'string') fail(instead);
          else ended(ok(instead));
        });
        return;
      }
      if (fate.up === undefined) return;
      let { body } = request;
      if (body && fate.changed === true) body = otherBytes(body, this.#chance);
      if (body && fate.cut === true) {
        body = body.subarray(0, this.#chance.between(0, body.length - 1));
      }
      const arrived: HttpRequest = body ? { ...request, body: new Uint8Array(body) } : request;
      const deliver = (down: number | undefined): void => {
        scheduler
          .foreign(this.#deliver(arrived))
          .then((heard) => {
            if (down === undefined) return;
            if (heard) answered(down, () => ended(ok(heard)));
            else answered(down, () => fail('unreachable'));
          })
          .catch(() => undefined);
      };
      const path = `${request.method} ${request.path.slice(0, 60)}`;
      scheduler.after(LINE, fate.up, `${run.name} ${path}`, () => deliver(fate.down));
      if (fate.again !== undefined) {
        scheduler.after(LINE, fate.up + fate.again, `${run.name} again ${path}`, () =>
          deliver(fate.down),
        );
      }
    });
  }
}
