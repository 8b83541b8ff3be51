import { connect, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { AddressInfo } from 'node:net';

/** How a line is. Everything left out is as loopback has it. */
export interface LineShape {
  /** Of each direction, shared by all connections. */
  readonly bytesPerSecond?: number;
  /** One way. */
  readonly delayMs?: number;
  /** Share of the segments that are lost and come again later, holding up what follows. */
  readonly loss?: number;
  /** Connections are taken and nothing ever passes. */
  readonly halfOpen?: boolean;
  /** Pieces longer than this vanish, and with them the connection's later ones. */
  readonly blackHoleAbove?: number;
  /** A connection breaks after so many bytes towards the platform. */
  readonly breakAfter?: number;
  /** A connection is closed, as if it were whole, after so many bytes of answers. */
  readonly truncateAnswersAfter?: number;
}

/** A line between terminal and platform that behaves as it is told. */
export interface ShapedLink {
  readonly url: string;
  /** Bytes that went through towards the platform since the shape was set. */
  readonly sent: number;
  readonly connections: number;
  /** From now on; breaks what is open. */
  shape(shape: LineShape): void;
  close(): Promise<void>;
}

const SEGMENT = 1460;
/** A lost segment is noticed and sent again after so long, and one round trip. */
const RETRANSMIT_MS = 200;
/** What a router holds back; more stops the sender. */
const QUEUE_BYTES = 64 * 1024;

/** Repeatable chance: the same losses in every run. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One direction of the line: when what is handed in comes out. */
class Direction {
  /** When the line has sent what it was given before. */
  private freeAt = 0;
  private readonly random: () => number;

  constructor(seed: number) {
    this.random = chance(seed);
  }

  /** Milliseconds of `performance.now()` at which so many bytes have arrived. */
  arrivalOf(bytes: number, shape: LineShape): number {
    const begins = Math.max(performance.now(), this.freeAt);
    const { bytesPerSecond, delayMs = 0, loss = 0 } = shape;
    this.freeAt = begins + (bytesPerSecond === undefined ? 0 : (bytes / bytesPerSecond) * 1000);
    let again = 0;
    while (loss > 0 && this.random() < loss) again += RETRANSMIT_MS + 2 * delayMs;
    return this.freeAt + delayMs + again;
  }
}

interface Passing {
  readonly from: Socket;
  readonly to: Socket;
  readonly direction: Direction;
  readonly shape: LineShape;
  /** Called before a segment is handed on; `false`: no more passes. */
  readonly pass: (bytes: number) => boolean;
}

/** Hands bytes on in segments, in order, when they have arrived. */
function carry({ from, to, direction, shape, pass }: Passing): void {
  const waiting: { readonly bytes: Buffer; readonly at: number }[] = [];
  let held = 0;
  let last = 0;
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  const deliver = (): void => {
    timer = undefined;
    for (let next = waiting[0]; next; next = waiting[0]) {
      const left = next.at - performance.now();
      if (left > 0) {
        timer = setTimeout(deliver, left);
        return;
      }
      waiting.shift();
      held -= next.bytes.length;
      if (to.destroyed || !pass(next.bytes.length)) return;
      to.write(next.bytes);
    }
    if (ended) to.end();
    else if (from.isPaused() && held < QUEUE_BYTES / 2) from.resume();
  };
  from.on('data', (chunk: Buffer) => {
    if (chunk.length > (shape.blackHoleAbove ?? Infinity)) {
      from.pause();
      return;
    }
    for (let at = 0; at < chunk.length; at += SEGMENT) {
      const bytes = chunk.subarray(at, at + SEGMENT);
      // what was lost holds up what follows on the same connection
      last = Math.max(last, direction.arrivalOf(bytes.length, shape));
      waiting.push({ bytes, at: last });
      held += bytes.length;
    }
    if (held > QUEUE_BYTES) from.pause();
    timer ??= setTimeout(deliver, 0);
  });
  from.on('end', () => {
    ended = true;
    timer ??= setTimeout(deliver, 0);
  });
  from.on('close', () => {
    if (!ended) to.destroy();
  });
  from.on('error', () => to.destroy());
}

/**
 * Opens one on loopback before `target`, an http address on loopback.
 * @param secret key and certificate, PEM: the terminal's side speaks TLS
 */
export async function openShapedLink(
  target: string,
  first: LineShape = {},
  secret?: { readonly key: string; readonly cert: string },
): Promise<ShapedLink> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  const up = new Direction(1);
  const down = new Direction(2);
  let shape = first;
  let sent = 0;
  let connections = 0;
  const serve = (near: Socket): void => {
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) {
      open.add(socket);
      socket.setNoDelay(true);
      socket.once('close', () => open.delete(socket));
      socket.on('error', () => undefined);
    }
    if (shape.halfOpen === true) {
      near.resume();
      return;
    }
    const { breakAfter = Infinity, truncateAnswersAfter = Infinity } = shape;
    let mine = 0;
    let answered = 0;
    carry({
      from: near,
      to: far,
      direction: up,
      shape,
      pass(bytes) {
        mine += bytes;
        sent += bytes;
        if (mine > breakAfter) {
          near.resetAndDestroy();
          far.end();
          return false;
        }
        return true;
      },
    });
    carry({
      from: far,
      to: near,
      direction: down,
      shape,
      pass(bytes) {
        answered += bytes;
        if (answered > truncateAnswersAfter) {
          near.end();
          far.destroy();
          return false;
        }
        return true;
      },
    });
  };
  const server = secret ? createTlsServer(secret, serve) : createServer(serve);
  server.on('connection', () => (connections += 1));
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  const breakAll = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    url: `${secret ? 'https' : 'http'}://${secret ? 'localhost' : '127.0.0.1'}:${String(address.port)}`,
    get sent() {
      return sent;
    },
    get connections() {
      return connections;
    },
    shape(next) {
      shape = next;
      sent = 0;
      connections = 0;
      breakAll();
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      breakAll();
      await closed;
    },
  };
}
