import { err, ok, type Result } from '../../../domain/result.ts';
import type { HttpAnswer, HttpRequest, Network, NetworkFailure } from '../ports.ts';
import type { LinkState } from './contract.ts';
import { createPlatformClient, type ClientParts, type PlatformClient } from './platform-client.ts';

/** What comes over the line: an answer, or why none came. */
export type Answer = Result<HttpAnswer, NetworkFailure>;

/** A line in the process: a test says what comes back, request by request. */
export interface Line {
  readonly network: Network;
  readonly asked: HttpRequest[];
  /** Asked for every request. */
  answer: (request: HttpRequest) => Answer | Promise<Answer>;
  /** What the client said of the link, in order. */
  readonly link: LinkState[];
  /** The real client on this line; its token is always `token`. */
  readonly client: PlatformClient;
}

/** An answer with a body of JSON. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  const body = Buffer.from(JSON.stringify(value));
  return ok({ status, headers: { 'content-type': 'application/json', ...headers }, body });
}

/** A problem in the platform's own words. */
export function problemAnswer(
  status: number,
  code: string,
  headers: Record<string, string> = {},
  more: Readonly<Record<string, string>> = {},
): Answer {
  const type = { 'content-type': 'application/problem+json' };
  const body = { type: 'about:blank', title: '', status, code, ...more };
  return json(status, body, { ...type, ...headers });
}

/** A page of somebody on the way. */
export function page(status: number): Answer {
  return ok({ status, headers: { 'content-type': 'text/html' }, body: Buffer.from('<html>') });
}

/** No answer. */
export function noAnswer(kind: NetworkFailure['kind'], detail = 'ECONNRESET'): Answer {
  return err({ kind, detail });
}

/** Makes one that answers nothing yet. */
export function makeLine(change: Partial<ClientParts> = {}): Line {
  const link: LinkState[] = [];
  const asked: HttpRequest[] = [];
  const network: Network = {
    request: async (request) => {
      asked.push(request);
      return line.answer(request);
    },
  };
  const parts: ClientParts = {
    network,
    deadlineMs: 500,
    signal: new AbortController().signal,
    onLink: (state) => void link.push(state),
    certificateAt: () => undefined,
    clockDoubted: () => false,
    learnTime: () => Promise.resolve(false),
    wall: () => 0,
    ...change,
  };
  const tokens = { token: () => Promise.resolve(ok('token')) };
  const line: Line = {
    network,
    asked,
    answer: () => noAnswer('unreachable'),
    link,
    client: createPlatformClient(parts, () => tokens),
  };
  return line;
}

/** How long anything in this process may take; tests of mutants give up sooner. */
const LIMIT_MS = Number(process.env['BIANMIN_UNTIL_MS'] ?? 55_000);

/** Waits, turn by turn, until something in this process is so; fails after nearly a minute. */
export async function until(what: string, is: () => boolean): Promise<void> {
  const end = performance.now() + LIMIT_MS;
  while (!is()) {
    if (performance.now() > end) throw new Error(`never came: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
