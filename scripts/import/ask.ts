import { setTimeout as pause } from 'node:timers/promises';
import { isNotProvedCode } from '../../main/core/adapters/certificate.ts';

/** What is read of an answer. */
interface Heard {
  readonly status: number;
  readonly headers: Pick<Headers, 'get'>;
  text(): Promise<string>;
}

/** Where the platform is and who asks. */
export interface AskOptions {
  /** Its address, with a path where it stands under one. */
  readonly platform: string;
  readonly token: string;
  /** In the place of the runtime's own. */
  readonly fetch?: (
    url: URL,
    init: {
      readonly method: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly redirect: 'manual';
      readonly body?: string | Uint8Array<ArrayBuffer>;
    },
  ) => Promise<Heard>;
  /** Waits before something is asked again, milliseconds; in the place of the runtime's own. */
  readonly pause?: (ms: number) => Promise<unknown>;
}

/**
 * Whoever answered did not prove to be the platform, by this word of Node's: nothing was sent. Asking again changes
 * nothing, what is trusted must change, or the address (`NO_TLS`). A connection that TLS ends in another way has dropped.
 */
export interface NotTrusted {
  readonly notTrusted: string;
}

/** Status and body of an answer (`undefined`: no JSON), or that none came however often it was asked. */
export type Answer = { readonly status: number; readonly body: unknown } | 'noAnswer' | NotTrusted;

/** One request; a line that drops and a platform that asks for patience are tried again, who is not trusted is not. */
export type Ask = (
  method: string,
  path: string,
  type?: string,
  body?: string | Uint8Array<ArrayBuffer>,
) => Promise<Answer>;

/** How often a platform that asks for patience is asked again, for one request. */
const MOST_WAITS = 10;
const LONGEST_WAIT_S = 60;
/** After a line that dropped, milliseconds: a router that starts anew takes some seconds. */
const AFTER_A_DROP_MS = [1000, 2000, 4000];

/** JSON, or `undefined`. */
export function safeJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Whether the same request may well be answered otherwise later: nothing was heard, too early, or the platform failed. */
export function mayPass(answer: number | 'noAnswer' | NotTrusted): boolean {
  return answer === 'noAnswer' || (typeof answer === 'number' && (answer === 429 || answer >= 500));
}

/** `fetch` rejects with an error of its own, whose cause is the connection's. */
function notTrusted(error: unknown): NotTrusted | undefined {
  const { cause } = error instanceof Error ? error : {};
  const code = cause instanceof Error ? (cause as NodeJS.ErrnoException).code : undefined;
  return isNotProvedCode(code) ? { notTrusted: code } : undefined;
}

function secondsToWait(answer: Heard): number {
  const asked = Number(answer.headers.get('retry-after') ?? '1');
  return Number.isFinite(asked) ? Math.min(Math.max(asked, 1), LONGEST_WAIT_S) : 1;
}

/** `path` of the platform; a path of its own address is put before every path, as the terminal does. */
function addressOf(platform: string, path: string): URL {
  const { origin, pathname } = new URL(platform);
  return new URL(origin + pathname.replace(/\/$/, '') + path);
}

/** Asks a platform by the admin token. Never rejects for the line's sake. */
export function createAsk({
  platform,
  token,
  fetch: send = fetch,
  pause: rest = pause,
}: AskOptions): Ask {
  return async (method, path, type, body) => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(type === undefined ? {} : { 'content-type': type }),
    };
    let waits = 0;
    let drops = 0;
    for (;;) {
      try {
        const answer = await send(addressOf(platform, path), {
          method,
          headers,
          // what is sealed is meant for the platform only, wherever an answer points
          redirect: 'manual',
          ...(body && { body }),
        });
        const text = await answer.text();
        if (answer.status !== 429 || waits === MOST_WAITS) {
          return { status: answer.status, body: safeJson(text) };
        }
        waits += 1;
        await rest(secondsToWait(answer) * 1000);
      } catch (error) {
        const untrusted = notTrusted(error);
        if (untrusted) return untrusted;
        const wait = AFTER_A_DROP_MS[drops];
        if (wait === undefined) return 'noAnswer';
        drops += 1;
        await rest(wait);
      }
    }
  };
}
