import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '../main/contract/contract.ts';
import type { SessionView } from '../main/contract/session-view.ts';
import type { TerminalView } from '../main/contract/shapes.ts';
import { inBackground } from './in-background.ts';

/** The core as the page calls it. */
export type CoreClient = ContractRouterClient<Contract>;

/** How the page stands towards the core. `lost`: was there, is being sought again. */
export type LinkState = 'connecting' | 'online' | 'lost';

/** What the link tells. */
export interface LinkEvents {
  onState(state: LinkState): void;
  onTerminal(view: TerminalView): void;
  onSession(view: SessionView | null): void;
}

/** Times in milliseconds. */
export interface LinkTimes {
  /** A call without an answer for so long is given up. */
  readonly callDeadline: number;
  /** So long may a connection take until both first views are there. */
  readonly openDeadline: number;
  /** So often the core is asked whether it is still there. */
  readonly heartbeat: number;
  /** Waits before the next try: the first, then doubled up to the longest. */
  readonly firstRetry: number;
  readonly longestRetry: number;
}

const TIMES: LinkTimes = {
  callDeadline: 10_000,
  openDeadline: 5_000,
  heartbeat: 10_000,
  firstRetry: 200,
  longestRetry: 2_000,
};

/** A call was not answered in time, or there was no connection. Nobody knows whether it was done. */
export class LinkError extends Error {
  override readonly name = 'LinkError';
}

/** The page's one line to the core. */
export interface CoreLink {
  start(): void;
  stop(): void;
  /**
   * Calls the core.
   *
   * @throws LinkError when there is no connection or no answer in time; ORPCError when the core refuses.
   */
  call<T>(run: (client: CoreClient) => Promise<T>, deadlineMs?: number): Promise<T>;
  /** Delivers a stream until it or the connection ends. Never rejects. */
  follow<V>(
    open: (client: CoreClient) => Promise<AsyncIterable<V>>,
    deliver: (value: V) => void,
  ): Promise<void>;
}

interface Connection {
  readonly socket: WebSocket;
  readonly client: CoreClient;
  /**
   * Ends with the connection: nothing may wait for an answer that cannot come. Not handed to oRPC, which
   * would send its farewell on the closed socket and fail where nobody listens.
   */
  readonly ended: AbortController;
}

async function within<T>(work: Promise<T>, ms: number, ended: AbortSignal): Promise<T> {
  let stop: () => void = () => undefined;
  const giveUp = new Promise<never>((_resolve, reject) => {
    const lost = (): void => reject(new LinkError('connection lost'));
    const timer = setTimeout(() => reject(new LinkError('no answer in time')), ms);
    if (ended.aborted) lost();
    ended.addEventListener('abort', lost);
    stop = () => {
      clearTimeout(timer);
      ended.removeEventListener('abort', lost);
    };
  });
  try {
    return await Promise.race([work, giveUp]);
  } finally {
    stop();
  }
}

/** Makes the line: it connects, watches terminal and session, and connects again for as long as it is started. */
export function createCoreLink(
  url: string,
  events: LinkEvents,
  times: LinkTimes = TIMES,
): CoreLink {
  let connection: Connection | undefined;
  let online = false;
  let everOnline = false;
  let started = false;
  let retry = times.firstRetry;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;

  const drop = (of: Connection): void => {
    if (connection !== of) return;
    connection = undefined;
    online = false;
    of.ended.abort();
    of.socket.close();
    if (!started) return;
    events.onState(everOnline ? 'lost' : 'connecting');
    retryTimer = setTimeout(connect, retry);
    retry = Math.min(retry * 2, times.longestRetry);
  };

  const watch = async <V>(
    of: Connection,
    open: () => Promise<AsyncIterable<V>>,
    deliver: (view: V) => void,
  ): Promise<void> => {
    try {
      for await (const view of await open()) {
        if (connection !== of) return;
        deliver(view);
      }
    } catch {
      // whatever ended the stream, the answer is the same: connect anew
    }
    drop(of);
  };

  const askAgain = async (of: Connection): Promise<void> => {
    while (connection === of) {
      await new Promise((resolve) => setTimeout(resolve, times.heartbeat));
      if (connection !== of) return;
      try {
        const view = await within(firstTerminalView(of), times.openDeadline, of.ended.signal);
        if (connection === of) events.onTerminal(view);
      } catch {
        drop(of);
      }
    }
  };

  const connect = (): void => {
    const socket = new WebSocket(url);
    const client: CoreClient = createORPCClient(new RPCLink({ websocket: socket }));
    const of: Connection = { socket, client, ended: new AbortController() };
    connection = of;
    const missing = new Set(['terminal', 'session']);
    const arrived = (what: string): void => {
      missing.delete(what);
      if (missing.size > 0 || online) return;
      online = true;
      everOnline = true;
      retry = times.firstRetry;
      clearTimeout(openTimer);
      events.onState('online');
      inBackground(askAgain(of));
    };
    const openTimer = setTimeout(() => drop(of), times.openDeadline);
    of.ended.signal.addEventListener('abort', () => clearTimeout(openTimer));
    socket.addEventListener('close', () => drop(of));
    socket.addEventListener('open', () => {
      inBackground(
        watch(
          of,
          () => client.terminal.watch(),
          (view) => {
            events.onTerminal(view);
            arrived('terminal');
          },
        ),
      );
      inBackground(
        watch(
          of,
          () => client.session.watch(),
          (view) => {
            events.onSession(view);
            arrived('session');
          },
        ),
      );
    });
  };

  return {
    start: () => {
      if (started) return;
      started = true;
      events.onState('connecting');
      connect();
    },
    stop: () => {
      started = false;
      clearTimeout(retryTimer);
      if (connection !== undefined) drop(connection);
    },
    follow: async (open, deliver) => {
      const of = connection;
      if (of === undefined || !online) return;
      try {
        for await (const value of await open(of.client)) {
          if (connection !== of) return;
          deliver(value);
        }
      } catch {
        // whoever follows sees that it ended
      }
    },
    call: async (run, deadlineMs = times.callDeadline) => {
      const of = connection;
      if (of === undefined || !online) throw new LinkError('no connection');
      return within(run(of.client), deadlineMs, of.ended.signal);
    },
  };
}

/** The state of the terminal right now. It stands for a heartbeat: a browser cannot send a WebSocket ping. */
async function firstTerminalView(of: Connection): Promise<TerminalView> {
  const views = await of.client.terminal.watch();
  for await (const view of views) return view;
  throw new LinkError('the stream ended');
}
