import type { Transport } from '../transport/transport.ts';
import type { ClaimedInterface, UsbAddress } from '../transport/usb-claim.ts';
import type { UsbEndpointInfo } from '../transport/usb-library.ts';
import { bulkPipes, packetReader, pieceWriter, type UsbPipes } from '../transport/usb-line.ts';
import { usbTransport } from '../transport/usb.ts';
import { MAX_LENGTH } from './sdt-frame.ts';

/** Bytes of preamble and length, which have ends of their own in a reader of the split form. */
const HEAD_BYTES = 7;
/** The rest of an answer follows its head at once; a longer pause means that it will not come, in ms. */
const BODY_TURN_MS = 200;
/** Pause after which nothing of an answer is left in a reader that is out of step, in ms. */
const DRAIN_MS = 30;

/**
 * Lines to SDT readers on USB. Most have one way in and one way out. Those after the document of the SAM_V
 * module have two: preamble and length go by 02 and come by 81, the rest goes by 06 and comes by 85. What numbers
 * they have is the chip's business: of two ways the one with the lower number is for preamble and length.
 */
export function sdtUsbTransport(address: UsbAddress): Transport {
  return usbTransport(
    address,
    (claimed, turnMs) => splitPipes(claimed, turnMs) ?? bulkPipes(claimed, turnMs),
  );
}

function splitPipes({ handle, endpoints }: ClaimedInterface, turnMs: number): UsbPipes | undefined {
  const ways = (direction: 'in' | 'out'): readonly UsbEndpointInfo[] =>
    endpoints
      .filter((one) => one.type === 'bulk' && one.direction === direction)
      .toSorted((one, other) => one.endpointNumber - other.endpointNumber);
  const [headOut, bodyOut, ...moreOut] = ways('out');
  const [headIn, bodyIn, ...moreIn] = ways('in');
  if (!headOut || !bodyOut || !headIn || !bodyIn) return undefined;
  if (moreOut.length > 0 || moreIn.length > 0) return undefined;
  const writeHead = pieceWriter(handle, headOut);
  const writeBody = pieceWriter(handle, bodyOut);
  const reader = new SplitReader({
    head: packetReader(handle, headIn, turnMs),
    body: packetReader(handle, bodyIn, Math.min(turnMs, BODY_TURN_MS)),
    drain: [packetReader(handle, headIn, DRAIN_MS), packetReader(handle, bodyIn, DRAIN_MS)],
  });
  return {
    read: () => reader.read(),
    write: async (bytes, timeoutMs) => {
      await writeHead(bytes.subarray(0, HEAD_BYTES), timeoutMs);
      await writeBody(bytes.subarray(HEAD_BYTES), timeoutMs);
    },
  };
}

type Read = NonNullable<UsbPipes['read']>;

interface SplitPipes {
  readonly head: Read;
  readonly body: Read;
  /** The same two, with less patience. */
  readonly drain: readonly Read[];
}

/** Joins the two ways in: a head says how much of the other way belongs to it. */
class SplitReader {
  readonly #pipes: SplitPipes;
  #head: number[] = [];

  constructor(pipes: SplitPipes) {
    this.#pipes = pipes;
  }

  async read(): Promise<Uint8Array | undefined> {
    const packet = await this.#pipes.head();
    if (packet === undefined) return undefined;
    this.#head.push(...packet);
    const length = takeLength(this.#head);
    if (length === undefined) return undefined;
    this.#head = [];
    const body = await this.#body(length);
    const frame = Uint8Array.from([...PREAMBLE, length >> 8, length & 0xff, ...body]);
    // a head and a rest that are not of one answer: nothing tells where the next one begins
    if (body.length !== length || frame.subarray(5).reduce((sum, byte) => sum ^ byte, 0) !== 0) {
      for (const drain of this.#pipes.drain) await untilNothing(drain);
    }
    return frame;
  }

  async #body(length: number): Promise<readonly number[]> {
    const body: number[] = [];
    while (body.length < length) {
      const packet = await this.#pipes.body();
      if (packet === undefined) break;
      body.push(...packet);
    }
    return body.slice(0, length);
  }
}

const PREAMBLE = [0xaa, 0xaa, 0xaa, 0x96, 0x69];

/** The length behind a preamble, which may have lost its first bytes; drops what cannot be a head. */
function takeLength(head: number[]): number | undefined {
  for (let at = 0; at + 1 < head.length; at += 1) {
    if (head[at] !== 0x96 || head[at + 1] !== 0x69 || head[at - 1] !== 0xaa) continue;
    const [high, low] = [head[at + 2], head[at + 3]];
    if (high === undefined || low === undefined) return undefined;
    const length = (high << 8) | low;
    if (length >= 4 && length <= MAX_LENGTH) return length;
  }
  if (head.length > HEAD_BYTES) head.splice(0, head.length - HEAD_BYTES);
  return undefined;
}

/** Reads on until nothing comes, but no more than the longest answer has. */
async function untilNothing(read: Read): Promise<void> {
  for (let left = MAX_LENGTH; left > 0;) {
    const packet = await read();
    if (packet === undefined) return;
    left -= Math.max(1, packet.length);
  }
}
