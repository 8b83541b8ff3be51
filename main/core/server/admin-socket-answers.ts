/** What a tool asked, besides `do`; every command checks it by itself. */
export type AdminRequest = Readonly<Record<string, unknown>>;

/**
 * A command: gives a value, a promise of one, or events one by one. Its signal aborts when the tool hangs
 * up. A refusal is given back as an {@link AdminRefusal}.
 */
export type AdminCommand = (request: AdminRequest, signal: AbortSignal) => unknown;

/** What the admin socket answers to, by name. */
export type AdminCommands = Readonly<Record<string, AdminCommand>>;

/** One line that a tool gets. */
export type AdminAnswer =
  | { readonly ok: true; readonly value: unknown }
  /** One of several; after the last comes `done`. */
  | { readonly ok: true; readonly event: unknown }
  | { readonly ok: true; readonly done: true }
  /**
   * `malformed`: no request at all. `unknown`: no such command, `known` names them. `badRequest`: a command
   * that does not take what stands beside it. `failed`: a bug. Commands have words of their own.
   */
  | { readonly ok: false; readonly error: string; readonly [more: string]: unknown };

/** A command's no, with its word for it. */
export class AdminRefusal {
  readonly error: string;
  readonly more: Readonly<Record<string, unknown>>;

  constructor(error: string, more: Readonly<Record<string, unknown>> = {}) {
    this.error = error;
    this.more = more;
  }
}

/** The answers to one line of JSON, in order. Never throws: what a command throws is answered as `failed`. */
export async function* answersTo(
  line: string,
  commands: AdminCommands,
  signal: AbortSignal,
): AsyncGenerator<AdminAnswer, void> {
  const request = requestOf(line);
  if (request === undefined) {
    yield { ok: false, error: 'malformed' };
    return;
  }
  const name = typeof request['do'] === 'string' ? request['do'] : '';
  const run = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (run === undefined) {
    yield { ok: false, error: 'unknown', known: Object.keys(commands) };
    return;
  }
  const { do: _do, ...rest } = request;
  try {
    const given: unknown = await run(rest, signal);
    if (!isStream(given)) {
      yield refusal(given) ?? { ok: true, value: given };
      return;
    }
    for await (const event of given) {
      const refused = refusal(event);
      yield refused ?? { ok: true, event };
      if (refused !== undefined) return;
    }
    yield { ok: true, done: true };
  } catch {
    yield { ok: false, error: 'failed' };
  }
}

function requestOf(line: string): AdminRequest | undefined {
  try {
    const asked: unknown = JSON.parse(line);
    const isObject = typeof asked === 'object' && asked !== null && !Array.isArray(asked);
    return isObject ? (asked as AdminRequest) : undefined;
  } catch {
    return undefined;
  }
}

function isStream(given: unknown): given is AsyncIterable<unknown> {
  return typeof given === 'object' && given !== null && Symbol.asyncIterator in given;
}

function refusal(given: unknown): AdminAnswer | undefined {
  if (!(given instanceof AdminRefusal)) return undefined;
  return { ok: false, error: given.error, ...given.more };
}
