import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fault } from '../../domain/device/fault-catalogue.ts';
import { demoPersona } from '../simulator-host/personas.ts';
import { CardPresence } from './card-presence.ts';
import { CONFORMANCE_TODAY } from './conformance.ts';
import type { CardReadout, IdCardEvent } from './contract.ts';
import { interpretReadAnswer } from './sdt-card.ts';
import { SDT, SW3 } from './sdt-commands.ts';
import { encodeCardText } from './simulator/encode-text.ts';
import { SimulatedCard, SimulatedSam } from './simulator/sam.ts';

const TIMINGS = { removalAfterMs: 800, retryAfterMs: 3_000 };
const POLL_MS = 300;
/** On a machine that is slow a property has fewer runs, rather than none in time. */
const LONGEST_MS = 6_000;

type Person = 'elder' | 'proxy' | 'ext-g';
const PEOPLE: readonly Person[] = ['elder', 'proxy', 'ext-g'];

/** The contents of a card that no driver accepts: a date of birth that no calendar has. */
const BAD = 'impossible-date';

function textOf(id: string): Uint8Array {
  return encodeCardText(demoPersona(id)!.card);
}

function readoutOf(id: Person): CardReadout {
  const lengths = [0x01, 0x00, 0x04, 0x00];
  const answer = Uint8Array.from([...lengths, ...textOf(id), ...new Uint8Array(1_024)]);
  const readout = interpretReadAnswer(answer, CONFORMANCE_TODAY);
  if (!readout.ok) throw new Error(readout.error.detail);
  return readout.value;
}

const READOUTS = new Map(PEOPLE.map((id) => [id, readoutOf(id)]));
const NUMBERS = new Map([...READOUTS].map(([id, { data }]) => [data.idNumber, id]));

/** What one event says, in one word; a card as its persona. */
function word(event: IdCardEvent): string {
  return event.type === 'card' ? (NUMBERS.get(event.readout.data.idNumber) ?? '?') : event.type;
}

/** A presence with what it told, and a clock that is moved by hand. */
class Bench {
  readonly told: string[] = [];
  now = 0;
  readonly presence = new CardPresence(TIMINGS, (event) => this.told.push(word(event)));

  read(who: Person): this {
    if (this.presence.found(this.now)) this.presence.read(READOUTS.get(who)!);
    return this;
  }

  failed(lies: boolean, code: 'idCard.unreadable' | 'idCard.unknownKind' = 'idCard.unreadable') {
    const what = fault(lies ? code : 'idCard.removedEarly');
    if (this.presence.found(this.now)) this.presence.failed(what, lies, this.now);
    return this;
  }

  absent(): this {
    this.presence.absent(this.now);
    return this;
  }

  after(ms: number): this {
    this.now += ms;
    return this;
  }

  get story(): string {
    return this.told.join(' ');
  }
}

describe('a card exchanged for another one', () => {
  it.each([
    ['within one look', (b: Bench) => b.read('elder').after(300)],
    ['after one look without a card', (b: Bench) => b.read('elder').after(300).absent().after(300)],
    [
      'at a reader that finds a lying card again',
      (b: Bench) => b.read('elder').after(300).read('elder').after(300),
    ],
  ])('%s is told: removed, reading, and the card or the failure', (_when, first) => {
    expect(first(new Bench()).read('proxy').story).toBe('reading elder removed reading proxy');
    expect(first(new Bench()).failed(true).story).toBe('reading elder removed reading failed');
  });

  it('and pulled too soon is told too', () => {
    const once = new Bench().read('elder').after(300);
    expect(once.failed(false).story).toBe('reading elder removed reading failed');
    const again = new Bench().read('elder').read('elder').absent().after(300);
    expect(again.failed(false).story).toBe('reading elder removed reading failed');
  });

  it('is read at once when the first could not be read', () => {
    const bench = new Bench().failed(true).after(300).absent().after(300).read('proxy');
    expect(bench.story).toBe('reading failed removed reading proxy');
  });

  it('is told as a failure of its own when neither can be read', () => {
    const bench = new Bench().failed(true).after(300).absent().after(300).failed(true);
    expect(bench.story).toBe('reading failed removed reading failed');
  });

  it('is told when it is the renewed card of the same person', () => {
    const bench = new Bench().read('elder');
    const { data, ...rest } = READOUTS.get('elder')!;
    bench.presence.found(300);
    bench.presence.read({ ...rest, data: { ...data, validFrom: '20260101' } });
    expect(bench.story).toBe('reading elder removed reading elder');
  });
});

describe('one card', () => {
  it('that lies there is told once, and its newest address makes no other card of it', () => {
    const bench = new Bench().read('elder').after(300).absent().after(300).read('elder');
    const { data, ...rest } = READOUTS.get('elder')!;
    bench.presence.found(900);
    bench.presence.read({ ...rest, data: { ...data, address: '重庆市铜梁区' } });
    expect(bench.story).toBe('reading elder');
  });

  it('that is lifted while it is read again is removed, and no failure', () => {
    const bench = new Bench().read('elder').after(300).read('elder').after(300).failed(false);
    expect(bench.story).toBe('reading elder');
    expect(bench.after(800).absent().story).toBe('reading elder removed');
  });

  it('that cannot be read is told once while it lies there, and tried again after a while', () => {
    const bench = new Bench().failed(true).after(3_000).failed(true).after(300);
    expect(bench.presence.found(bench.now)).toBe(false);
    expect(bench.after(3_000).failed(true, 'idCard.unknownKind').story).toBe(
      'reading failed reading failed',
    );
    expect(bench.after(3_000).read('elder').story).toBe(
      'reading failed reading failed reading elder',
    );
  });

  it('whose reading the loss of the reader ends is no card', () => {
    const bench = new Bench();
    bench.presence.found(0);
    bench.presence.interrupted(fault('device.offline'));
    expect(bench.story).toBe('reading failed');
    bench.presence.interrupted(fault('device.offline'));
    expect(bench.read('elder').story).toBe('reading failed reading elder');
  });
});

/** Holds a story to its grammar, and knows what a listener believes to lie there. */
class Listener {
  believes: Person | 'nothing' | 'failed' | 'reading' = 'nothing';
  #heard = 0;

  hear(told: readonly string[]): void {
    for (const said of told.slice(this.#heard)) {
      const before = this.believes;
      if (said === 'reading') expect(['nothing', 'failed']).toContain(before);
      else if (said === 'removed') expect(['nothing', 'reading']).not.toContain(before);
      else expect(before).toBe('reading');
      this.believes = said === 'removed' ? 'nothing' : (said as typeof this.believes);
    }
    this.#heard = told.length;
  }
}

const look = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('absent' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('read' as const), who: fc.constantFrom(...PEOPLE) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('failed' as const),
      lies: fc.boolean(),
      code: fc.constantFrom('idCard.unreadable' as const, 'idCard.unknownKind' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lost' as const) }) },
);
const looks = fc.array(fc.tuple(look, fc.constantFrom(0, 100, 300, 300, 799, 800, 3_000)), {
  maxLength: 40,
});

describe('whatever a reader finds', () => {
  it('the story makes sense, who was read is told, and who lies there is told once', () => {
    fc.assert(
      fc.property(looks, (sequence) => {
        const bench = new Bench();
        const listener = new Listener();
        let absentSince: number | undefined;
        let failedCardLies = false;
        for (const [step, ms] of sequence) {
          bench.after(ms);
          const before = listener.believes;
          const toldBefore = bench.told.length;
          // Within the wait of a card that could not be read nothing is asked of what was found.
          const asked =
            step.do === 'absent' || step.do === 'lost' || bench.presence.found(bench.now);
          if (step.do === 'absent') {
            absentSince ??= bench.now;
            bench.absent();
          } else if (step.do === 'lost') {
            if (bench.presence.found(bench.now))
              bench.presence.interrupted(fault('device.offline'));
          } else if (asked && step.do === 'read') {
            bench.presence.read(READOUTS.get(step.who)!);
          } else if (asked && step.do === 'failed') {
            const what = fault(step.lies ? step.code : 'idCard.removedEarly');
            bench.presence.failed(what, step.lies, bench.now);
          }
          listener.hear(bench.told);
          const told = bench.told.slice(toldBefore);
          if (step.do === 'absent') {
            const gone = bench.now - absentSince! >= TIMINGS.removalAfterMs;
            // Of a card that was gone when it failed, nobody hears that it is gone.
            const toldAlready = before === 'failed' && !failedCardLies;
            if (gone && !toldAlready) expect(listener.believes).toBe('nothing');
            if (toldAlready) expect(told).toEqual([]);
            if (!gone) expect(told).toEqual([]);
            continue;
          }
          absentSince = undefined;
          if (told.at(-1) === 'failed') failedCardLies = step.do === 'failed' && step.lies;
          if (step.do === 'read' && asked) {
            expect(listener.believes).toBe(step.who);
            expect(told.includes(step.who)).toBe(before !== step.who);
          }
          if (step.do === 'failed' && step.lies && asked) expect(listener.believes).toBe('failed');
          if (step.do === 'failed' && !step.lies && before === 'nothing') {
            expect(told).toEqual(['reading', 'failed']);
          }
          if (step.do === 'failed' && !step.lies && PEOPLE.includes(before as Person)) {
            // Either it is told, or the card counts as absent from now on.
            if (told.length === 0) absentSince = bench.now;
            else expect(told).toEqual(['removed', 'reading', 'failed']);
          }
        }
      }),
      { numRuns: 1_000, plugins: [fc.interruptAfterTimeLimit(LONGEST_MS)] },
    );
  });
});

/** Looks for a card as the driver does, at the simulated module of a reader. */
function poll(sam: SimulatedSam, bench: Bench): void {
  const ask = ({ frame }: { readonly frame: Uint8Array }): Uint8Array =>
    sam.begin(frame.subarray(7, 9)).finish();
  if (ask(SDT.find)[2] !== SW3.found) {
    bench.absent();
    return;
  }
  if (!bench.presence.found(bench.now)) return;
  ask(SDT.select);
  const readout = interpretReadAnswer(ask(SDT.readTextAndPhoto).subarray(3), CONFORMANCE_TODAY);
  if (readout.ok) bench.presence.read(readout.value);
  else bench.presence.failed(readout.error, true, bench.now);
}

const laying = fc.record({
  who: fc.constantFrom(...PEOPLE, BAD),
  /** Looks without a card before this one is laid down: 2 are within the hold-off, 4 are not. */
  gap: fc.constantFrom(0, 0, 1, 2, 4),
  /** Looks while it lies there; a card after a bad one may have to wait for ten. */
  lies: fc.integer({ min: 12, max: 15 }),
});

describe.each([
  ['that finds a card once', false],
  ['that finds a lying card again and again', true],
])('a family at a reader %s', (_name, refindsLyingCard) => {
  it('lays down one card after another, and each is told in its turn', () => {
    fc.assert(
      fc.property(fc.array(laying, { minLength: 1, maxLength: 8 }), (family) => {
        const sam = new SimulatedSam({ refindsLyingCard, status: 0x90 });
        const bench = new Bench();
        const listener = new Listener();
        const look = (): void => {
          bench.after(POLL_MS);
          poll(sam, bench);
          listener.hear(bench.told);
        };
        for (const { who, gap, lies } of family) {
          sam.remove();
          for (let i = 0; i < gap; i++) look();
          sam.insert(new SimulatedCard({ label: who, text: textOf(who) }));
          const before = bench.told.length;
          for (let i = 0; i < lies; i++) look();
          const outcome = who === BAD ? 'failed' : who;
          const told = bench.told.slice(before).filter((said) => said !== 'removed');
          // The same card laid down again at once may pass for one that lay there all the time.
          if (told.length > 0) expect(told).toEqual(['reading', outcome]);
          else expect(bench.told.findLast((said) => said !== 'removed')).toBe(outcome);
          if (refindsLyingCard) expect(listener.believes).toBe(outcome);
        }
        const outcomes = family.map(({ who }) => (who === BAD ? 'failed' : who));
        const told = bench.told.filter((said) => said !== 'removed' && said !== 'reading');
        const changes = (list: readonly string[]): string[] =>
          list.filter((said, i) => said !== list[i - 1]);
        expect(changes(told)).toEqual(changes(outcomes));
      }),
      { numRuns: 300, plugins: [fc.interruptAfterTimeLimit(LONGEST_MS)] },
    );
  });
});
