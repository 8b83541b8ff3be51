import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { tcpTransport } from '../transport/tcp.ts';
import { systemClock } from '../transport/system-clock.ts';
import type { DriverClock } from '../device.ts';
import type { Transport } from '../transport/transport.ts';
import { CONFORMANCE_TODAY, until } from './conformance.ts';
import type { IdCardEvent, IdCardReader } from './contract.ts';
import { interpretReadAnswer } from './sdt-card.ts';
import { encodeFrame } from './sdt-frame.ts';
import { createSdtReader } from './sdt-reader.ts';
import { FAST_BACKOFF, FAST_TIMINGS, cardOf, farEnd, readAnswer } from './sdt-test-support.ts';
import { SimulatedSam } from './simulator/sam.ts';
import { SdtSimulator } from './simulator/sdt-simulator.ts';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function watch(
  transport: Transport,
  timings = FAST_TIMINGS,
  clock = systemClock,
): { reader: IdCardReader; events: IdCardEvent[] } {
  const reader = createSdtReader({
    transport,
    clock,
    today: () => CONFORMANCE_TODAY,
    timings,
    backoff: FAST_BACKOFF,
  });
  const events: IdCardEvent[] = [];
  reader.onEvent((event) => events.push(event));
  closers.push(() => reader.close());
  return { reader, events };
}

describe('the SDT driver', () => {
  it.each([0x60, 0x66] as const)(
    'says that the reader is broken when its SAM says %i',
    async (samStatus) => {
      const simulator = new SdtSimulator({ samStatus });
      const port = await simulator.listen(0);
      closers.push(() => simulator.close());
      const { reader, events } = watch(tcpTransport({ host: '127.0.0.1', port }));
      await reader.open();
      await until(
        () => reader.status.state === 'hardwareError',
        () => JSON.stringify(reader.status),
      );
      expect(reader.status.fault).toMatchObject({
        code: 'idCard.samFault',
        vendorCode: `00 00 ${samStatus.toString(16)}`,
      });
      // A module whose self-test failed answers nothing; one that is not authorised says who it is.
      expect(reader.hardware.details.samId !== undefined).toBe(samStatus === 0x66);
      expect(simulator.command({ do: 'insertCard', persona: 'elder' }).ok).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(events).toEqual([]);
    },
  );

  it('is offline from the start when nobody listens, and goes on trying', async () => {
    const simulator = new SdtSimulator();
    const port = await simulator.listen(0);
    await simulator.close();
    const { reader } = watch(tcpTransport({ host: '127.0.0.1', port }));
    await reader.open();
    await until(
      () => reader.status.state === 'offline',
      () => JSON.stringify(reader.status),
    );
    await simulator.listen(port);
    closers.push(() => simulator.close());
    await until(
      () => reader.status.state === 'online',
      () => JSON.stringify(reader.status),
    );
  });

  it('resets the SAM and then opens the line anew when a reader stays silent', async () => {
    const asked: string[] = [];
    const { transport, opened } = farEnd((body) => {
      asked.push(Buffer.from(body).toString('hex'));
    });
    const { reader } = watch(transport, { ...FAST_TIMINGS, commandMs: 30, interByteMs: 10 });
    await reader.open();
    await until(
      () => opened() >= 2,
      () => `a second line; asked ${asked.join(' ')}`,
    );
    expect(asked.slice(0, 4)).toEqual(['12ff', '12ff', '10ff', '12ff']);
    expect(reader.status).toMatchObject({ state: 'unknown', fault: { code: 'device.timeout' } });
  });

  it('never takes the late answer about one card for an answer about the next', async () => {
    const sam = new SimulatedSam({ refindsLyingCard: false, status: 0x90 });
    sam.insert(cardOf('elder'));
    let late: Uint8Array | undefined;
    let reads = 0;
    const { transport } = farEnd((body, send) => {
      const answer = encodeFrame(sam.begin(body).finish());
      if (body[0] === 0x30 && body[1] === 0x01 && ++reads === 1) {
        // The reader hangs over this read; it will answer it before the next request.
        late = answer;
        sam.insert(cardOf('ext-g'));
        return;
      }
      if (late !== undefined) send(late);
      late = undefined;
      send(answer);
    });
    const { reader, events } = watch(transport, { ...FAST_TIMINGS, readMs: 500 });
    await reader.open();
    await until(
      () => events.some((event) => event.type === 'card'),
      () => JSON.stringify(events.map((event) => event.type)),
    );
    const names = events.flatMap((e) => (e.type === 'card' ? [e.readout.data.name] : []));
    expect(names).toEqual(['欧阳\u{30EDD}']);
    expect(events.map((event) => event.type)).toEqual(['reading', 'failed', 'reading', 'card']);
  });

  it('drops an answer about the last card that comes twice', async () => {
    const sam = new SimulatedSam({ refindsLyingCard: false, status: 0x90 });
    sam.insert(cardOf('elder'));
    const doubled = encodeFrame(readAnswer('elder'));
    const { transport } = farEnd((body, send) => {
      const reads = body[0] === 0x30;
      if (!reads) send(doubled);
      send(encodeFrame(sam.begin(body).finish()));
    });
    const { reader, events } = watch(transport);
    await reader.open();
    const names = (): string[] =>
      events.flatMap((e) => (e.type === 'card' ? [e.readout.data.name] : []));
    await until(
      () => names().length === 1,
      () => JSON.stringify(events),
    );
    sam.insert(cardOf('latin'));
    await until(
      () => names().length === 2,
      () => JSON.stringify(events),
    );
    expect(names()).toEqual(['龚大福', 'EMMA JOHNSON']);
    expect(events.filter((event) => event.type === 'failed')).toEqual([]);
  });

  it.each([
    ['that finds a card once', false],
    ['that finds a lying card again', true],
  ])(
    'tells the card pulled too soon from the card lifted, at a reader %s',
    async (_name, refindsLyingCard) => {
      const sam = new SimulatedSam({ refindsLyingCard, status: 0x90 });
      sam.insert(cardOf('elder'));
      let pull = false;
      const { transport } = farEnd((body, send) => {
        const selects = body[0] === 0x20 && body[1] === 0x02;
        if (pull && selects) sam.remove();
        send(encodeFrame(sam.begin(body).finish()));
      });
      const { reader, events } = watch(transport);
      const story = (): string => events.map((event) => event.type).join(' ');
      const heard = (what: string): Promise<void> => until(() => story().startsWith(what), story);
      await reader.open();
      await heard('reading card');
      if (refindsLyingCard) {
        await until(
          () => sam.counts.reads > 3,
          () => 'the same card read again',
        );
        pull = true;
        await heard('reading card removed');
      } else {
        pull = true;
        sam.insert(cardOf('latin'));
        await heard('reading card removed reading failed');
      }
      pull = false;
      sam.insert(cardOf('latin'));
      await heard(`${story()} reading card`);
    },
  );

  describe('asked for the newest address', () => {
    const PROXY = [
      '重庆市铜梁区安居镇会龙村3组12号',
      '重庆市铜梁区巴川街道龙门街1号附3号',
    ] as const;
    const PERMIT = ['重庆市铜梁区巴川街道龙门街9号', '重庆市铜梁区东城街道中兴路10号'] as const;

    /** The two cards, one after the other, at a reader that does this with the questions for the newest address. */
    async function laidDown(
      times: number,
      answer: (question: number) => 'rightly' | 'notAtAll' | 'unknownCommand',
    ): Promise<{ readonly addresses: readonly string[]; readonly asked: readonly number[] }> {
      const sam = new SimulatedSam({ refindsLyingCard: false, status: 0x90 });
      const asked: number[] = [];
      let questions = 0;
      // the time for an answer is over when the reader has decided to give none, however slow the machine is
      const answerMs = 60_000;
      let timeIsOver = (): void => undefined;
      const clock: DriverClock = {
        ...systemClock,
        after(ms, callback) {
          if (ms !== answerMs) return systemClock.after(ms, callback);
          timeIsOver = callback;
          return () => undefined;
        },
      };
      const { transport } = farEnd((body, send) => {
        const right = encodeFrame(sam.begin(body).finish());
        if (body[0] === 0x30) asked.push(body[1] ?? -1);
        const how = body[0] === 0x30 && body[1] === 0x03 ? answer((questions += 1)) : 'rightly';
        if (how === 'rightly') send(right);
        if (how === 'unknownCommand') send(encodeFrame(Uint8Array.of(0, 0, 0x21)));
        if (how === 'notAtAll') setImmediate(() => timeIsOver());
      });
      const timings = { ...FAST_TIMINGS, commandMs: answerMs, readMs: answerMs };
      const { reader, events } = watch(transport, timings, clock);
      await reader.open();
      const addresses = (): string[] =>
        events.flatMap((e) => (e.type === 'card' ? [e.readout.data.address ?? ''] : []));
      for (let card = 0; card < times; card += 1) {
        sam.insert(cardOf(card % 2 === 0 ? 'proxy' : 'hk-permit'));
        await until(
          () => addresses().length === card + 1,
          () => JSON.stringify(events),
        );
      }
      return { addresses: addresses(), asked };
    }

    it('once without an answer, a reader is asked again at the next card', async () => {
      const { addresses, asked } = await laidDown(3, (question) =>
        question === 1 ? 'notAtAll' : 'rightly',
      );
      expect(addresses).toEqual([PROXY[0], PERMIT[1], PROXY[1]]);
      expect(asked).toEqual([1, 3, 1, 3, 1, 3]);
    });

    it('a reader that never answers keeps nobody waiting after the third card', async () => {
      const { addresses, asked } = await laidDown(5, () => 'notAtAll');
      expect(addresses).toEqual([PROXY[0], PERMIT[0], PROXY[0], PERMIT[0], PROXY[0]]);
      expect(asked).toEqual([1, 3, 1, 3, 1, 3, 1, 1]);
    });

    it('a reader that answers now and then is asked for ever, and so is one that says no', async () => {
      const seldom = await laidDown(6, (question) => (question === 3 ? 'rightly' : 'notAtAll'));
      expect(seldom.asked.filter((para) => para === 3)).toHaveLength(6);
      const unknown = await laidDown(5, () => 'unknownCommand');
      expect(unknown.asked.filter((para) => para === 3)).toHaveLength(5);
      expect(unknown.addresses[0]).toBe(PROXY[0]);
    });
  });

  it('survives any bytes in any pieces: no throw, no hang, and no card that was not sent whole', async () => {
    const right = interpretReadAnswer(readAnswer('elder').subarray(3), CONFORMANCE_TODAY);
    const whole = right.ok ? right.value : undefined;
    const rightly = (frame: Uint8Array): Uint8Array => frame;
    // Each answer of the script: the right one as it is, the right one damaged, or something else.
    const answers = fc.oneof(
      { weight: 3, arbitrary: fc.constant(rightly) },
      {
        weight: 3,
        arbitrary: fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })).map(
          ([at, flip]) =>
            (frame: Uint8Array) =>
              frame.map((byte, i) => (i === at % frame.length ? byte ^ flip : byte)),
        ),
      },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 80 }).map((bytes) => () => bytes) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(
            fc.constantFrom(0x90, 0x9f, 0x80, 0x41, 0x66, 0x10),
            fc.uint8Array({ maxLength: 40 }),
          )
          .map(
            ([sw3, data]) =>
              () =>
                encodeFrame(Uint8Array.of(0, 0, sw3, ...data)),
          ),
      },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(answers, { minLength: 5, maxLength: 40 }),
        fc.integer({ min: 1, max: 300 }),
        async (script, piece) => {
          const sam = new SimulatedSam({ refindsLyingCard: true, status: 0x90 });
          sam.insert(cardOf('elder'));
          const rest = script.values();
          const { transport } = farEnd((body, send) => {
            const scripted = rest.next();
            const answer = (scripted.done === true ? rightly : scripted.value)(
              encodeFrame(sam.begin(body).finish()),
            );
            for (let at = 0; at < answer.length; at += piece) send(answer.subarray(at, at + piece));
          });
          const { reader, events } = watch(transport, {
            ...FAST_TIMINGS,
            pollMs: 1,
            commandMs: 25,
            readMs: 25,
            interByteMs: 5,
            brokenPollMs: 5,
            retryAfterMs: 10,
          });
          await reader.open();
          // However bad the beginning, once the far end answers rightly the card is read.
          await until(
            () => events.some((event) => event.type === 'card'),
            () => JSON.stringify([reader.status, events.map((event) => event.type)]),
          );
          await reader.close();
          for (const event of events) {
            if (event.type === 'card') expect(event.readout).toEqual(whole);
          }
        },
      ),
      { numRuns: 25 },
    );
  }, 120_000);
});
