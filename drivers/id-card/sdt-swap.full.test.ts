import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../transport/system-clock.ts';
import { CONFORMANCE_TODAY, until } from './conformance.ts';
import type { IdCardEvent } from './contract.ts';
import { interpretReadAnswer } from './sdt-card.ts';
import { encodeFrame } from './sdt-frame.ts';
import { createSdtReader } from './sdt-reader.ts';
import { FAST_BACKOFF, FAST_TIMINGS, cardOf, farEnd, readAnswer } from './sdt-test-support.ts';
import { SimulatedSam } from './simulator/sam.ts';

/** Both have a newest address beside the printed one, and nothing else in common. */
const FIRST = 'proxy';
const SECOND = 'hk-permit';

/** What happens to one answer on its way. */
type Fate =
  | { readonly do: 'comes' }
  | { readonly do: 'lost' }
  /** The reader hangs: this answer and the next ones come, in their order, once so many were asked for. */
  | { readonly do: 'late'; readonly requests: number }
  | { readonly do: 'twice' }
  | { readonly do: 'damaged'; readonly at: number; readonly flip: number }
  | { readonly do: 'noise'; readonly before: Uint8Array; readonly after: Uint8Array };

const fate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Fate>({ do: 'comes' }) },
  { weight: 1, arbitrary: fc.constant<Fate>({ do: 'lost' }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('late' as const),
      requests: fc.integer({ min: 1, max: 5 }),
    }),
  },
  { weight: 2, arbitrary: fc.constant<Fate>({ do: 'twice' }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('damaged' as const),
      at: fc.nat(1_300),
      flip: fc.integer({ min: 1, max: 255 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('noise' as const),
      before: fc.uint8Array({ maxLength: 20 }),
      after: fc.uint8Array({ maxLength: 20 }),
    }),
  },
);

/** What may be told of a card: all of it, with the newest or the printed address. */
function readoutsOf(id: string): readonly string[] {
  const readout = interpretReadAnswer(readAnswer(id).subarray(3), CONFORMANCE_TODAY);
  if (!readout.ok) throw new Error(readout.error.detail);
  const { data } = readout.value;
  const addresses = {
    [FIRST]: '重庆市铜梁区巴川街道龙门街1号附3号',
    [SECOND]: '重庆市铜梁区东城街道中兴路10号',
  };
  const address = addresses[id as keyof typeof addresses];
  return [data, { ...data, address }].map((one) => JSON.stringify(one));
}

/** Reads two cards, the second laid down at the `swapAt`th request, while answers meet with these fates. */
async function readTwo(
  fates: readonly Fate[],
  swapAt: number,
  piece: number,
): Promise<IdCardEvent[]> {
  // Found again and again: a card whose answer was lost on the line must not have to be lifted here.
  const sam = new SimulatedSam({ refindsLyingCard: true, status: 0x90 });
  sam.insert(cardOf(FIRST));
  const rest = fates.values();
  let held: Uint8Array[] = [];
  let hangsUntil = 0;
  let requests = 0;
  const { transport } = farEnd((body, send) => {
    requests += 1;
    if (requests === swapAt) sam.insert(cardOf(SECOND));
    const answer = encodeFrame(sam.begin(body).finish());
    const scripted = rest.next();
    const meets: Fate = scripted.done === true ? { do: 'comes' } : scripted.value;
    const deliver = (frame: Uint8Array): void => {
      for (let at = 0; at < frame.length; at += piece) send(frame.subarray(at, at + piece));
    };
    if (meets.do === 'lost') return;
    if (meets.do === 'late') {
      hangsUntil = Math.max(hangsUntil, requests + meets.requests);
    }
    if (requests < hangsUntil) {
      held.push(answer);
      return;
    }
    for (const frame of held) deliver(frame);
    held = [];
    if (meets.do === 'damaged') {
      deliver(answer.map((byte, i) => (i === meets.at % answer.length ? byte ^ meets.flip : byte)));
    } else if (meets.do === 'noise') {
      deliver(Uint8Array.from([...meets.before, ...answer, ...meets.after]));
    } else {
      deliver(answer);
      // Nothing in an answer tells it from the same answer to the same request: only others come twice.
      if (meets.do === 'twice') deliver(answer);
    }
  });
  const reader = createSdtReader({
    transport,
    clock: systemClock,
    today: () => CONFORMANCE_TODAY,
    timings: {
      ...FAST_TIMINGS,
      pollMs: 1,
      commandMs: 25,
      readMs: 25,
      interByteMs: 5,
      brokenPollMs: 5,
      retryAfterMs: 10,
    },
    backoff: FAST_BACKOFF,
  });
  const events: IdCardEvent[] = [];
  reader.onEvent((event) => events.push(event));
  const last = (): string =>
    events.flatMap((e) => (e.type === 'card' ? [e.readout.data.name] : [])).at(-1) ?? '';
  await reader.open();
  await until(
    () => last() === '陳小文',
    () => `the second card; ${JSON.stringify([reader.status, events.map((e) => e.type)])}`,
  );
  await reader.close();
  return events;
}

/** No field of one card in a readout of the other, no first card after the second, and a story that makes sense. */
function check(events: readonly IdCardEvent[]): void {
  const told = events.flatMap((e) => (e.type === 'card' ? [JSON.stringify(e.readout.data)] : []));
  const [first, second] = [readoutsOf(FIRST), readoutsOf(SECOND)];
  for (const one of told) expect([...first, ...second]).toContain(one);
  const change = told.findIndex((one) => second.includes(one));
  for (const one of told.slice(change)) expect(second).toContain(one);
  let before = 'removed';
  for (const { type } of events) {
    if (type === 'reading') expect(['removed', 'failed']).toContain(before);
    else if (type === 'removed') expect(['card', 'failed']).toContain(before);
    else expect(before).toBe('reading');
    before = type;
  }
}

describe('a card exchanged in the middle of a bad line', () => {
  it('never lends a field to the next one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fate, { maxLength: 40 }),
        fc.integer({ min: 3, max: 30 }),
        fc.integer({ min: 1, max: 1_300 }),
        async (fates, swapAt, piece) => {
          check(await readTwo(fates, swapAt, piece));
        },
      ),
      { numRuns: Number(process.env['FUZZ_RUNS'] ?? 60) },
    );
  }, 600_000);
});
