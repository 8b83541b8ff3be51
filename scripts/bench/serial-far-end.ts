/**
 * The far end of a serial line of 115200 baud, in a process of its own: to every request of 10 bytes it
 * gives an answer of 1295, and no byte of it before its time on such a line. Prints its port.
 */
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { encodeFrame } from '../../drivers/id-card/sdt-frame.ts';

/** A start bit, eight bits and a stop bit. */
const BYTE_MS = 10_000 / 115_200;
const REQUEST_BYTES = 10;
/** About what comes in a millisecond. */
const CHUNK = 12;

const body = new Uint8Array(3 + 4 + 256 + 1024);
body.set([0, 0, 0x90, 1, 0, 4, 0]);
const ANSWER = encodeFrame(body);
const never = new Int32Array(new SharedArrayBuffer(4));

/** Sleeps to a fraction of a millisecond, which timers cannot; it has nothing else to do. */
function sleepUntil(due: number): void {
  const left = due - performance.now();
  if (left > 0) Atomics.wait(never, 0, 0, left);
}

function answer(socket: Socket, heardAt: number): void {
  const beginsAt = heardAt + REQUEST_BYTES * BYTE_MS;
  for (let from = 0; from < ANSWER.length; from += CHUNK) {
    const chunk = ANSWER.subarray(from, from + CHUNK);
    sleepUntil(beginsAt + (from + chunk.length) * BYTE_MS);
    socket.write(chunk);
  }
}

const server = createServer({ noDelay: true }, (socket) => {
  let heard = 0;
  socket.on('error', () => undefined);
  socket.on('data', (bytes) => {
    heard += bytes.length;
    if (heard < REQUEST_BYTES) return;
    heard -= REQUEST_BYTES;
    answer(socket, performance.now());
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address !== 'string') console.log(address.port);
});
process.once('disconnect', () => process.exit(0));
