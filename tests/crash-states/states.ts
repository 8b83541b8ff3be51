import type { Chance } from '../page-images/chance.ts';
import type { Mark } from './marks.ts';
import type { Recording } from './recording.ts';
import { DISKS, type Disk, type LogEntry } from './write-log.ts';

/**
 * What a disk keeps, when the power goes, of the writes after its last flush: a legal disk may keep any of them.
 *
 * - `all`: as if they had been flushed
 * - `none`
 * - `some`: any of them, by chance, block for block: a longer write may be torn between two blocks
 */
export type Kept = 'all' | 'none' | 'some';

/** The disks as they may be after the power went at one place of a recording. */
export interface CrashState {
  /** How many entries of the log had happened. */
  readonly position: number;
  readonly kept: Readonly<Record<Disk, Kept>>;
  /** Good until the next state is asked for. */
  readonly images: Readonly<Record<Disk, Buffer>>;
  /** What was known outside. */
  readonly marks: readonly Mark[];
}

/** What a disk writes whole or not at all, bytes: the physical sector of a disk of today. */
const BLOCK = 4096;

type Write = LogEntry & { readonly kind: 'write' };

interface Bytes {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

function apply(image: Buffer, { offset, bytes }: Bytes): void {
  image.set(bytes, offset);
}

function blocksOf({ offset, bytes }: Write): readonly Bytes[] {
  const blocks: Bytes[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = Math.min(bytes.length, at + BLOCK - ((offset + at) % BLOCK));
    blocks.push({ offset: offset + at, bytes: bytes.subarray(at, end) });
    at = end;
  }
  return blocks;
}

/** One disk on its way through a recording. */
class DiskOnItsWay {
  private readonly durable: Buffer;
  private pending: Write[] = [];
  /** As `durable`, with what the last state kept besides. Millions of bytes are not copied for each state. */
  private readonly shown: Buffer;
  private besides: Bytes[] = [];

  constructor(before: Buffer) {
    this.durable = Buffer.from(before);
    this.shown = Buffer.from(before);
  }

  take(entry: LogEntry): void {
    if (entry.kind === 'write') this.pending.push(entry);
    if (entry.kind !== 'flush') return;
    this.forget();
    for (const write of this.pending) {
      apply(this.durable, write);
      apply(this.shown, write);
    }
    this.pending = [];
  }

  image(kept: Kept, chance: Chance): Buffer {
    this.forget();
    if (kept === 'all') this.besides = this.pending;
    if (kept === 'some') {
      const likely = chance.pick([0.1, 0.5, 0.9]);
      this.besides = this.pending.flatMap(blocksOf).filter(() => chance.next() < likely);
    }
    for (const bytes of this.besides) apply(this.shown, bytes);
    return this.shown;
  }

  private forget(): void {
    for (const { offset, bytes } of this.besides) {
      this.durable.copy(this.shown, offset, offset, offset + bytes.length);
    }
    this.besides = [];
  }
}

const PROMISES: ReadonlySet<Mark['mark']> = new Set(['printed', 'stored', 'acknowledged']);

/** Where somebody has just begun to count on something. */
function afterPromises(log: readonly LogEntry[]): readonly number[] {
  return log.flatMap((entry, at) =>
    entry.kind === 'mark' && PROMISES.has((JSON.parse(entry.text) as Mark).mark) ? [at + 1] : [],
  );
}

/** Half of the places lie evenly over the log, the others right behind a promise: there it is most in danger. */
function choose(log: readonly LogEntry[], states: number, chance: Chance): readonly number[] {
  const behind = afterPromises(log);
  const evenly = behind.length === 0 ? states : Math.ceil(states / 2);
  const step = log.length / evenly;
  const positions = Array.from(
    { length: evenly },
    (_, n) => 1 + Math.floor((n + chance.next()) * step),
  );
  for (let n = 0; positions.length < states; n++) {
    const place = behind[n % behind.length] ?? 1;
    positions.push(Math.min(log.length, place + Math.floor(chance.next() * 4)));
  }
  return positions.sort((one, other) => one - other);
}

/** Crash states of a recording, in the order of the log; the same ones for the same chance. */
export function* crashStates(
  { before, log }: Recording,
  states: number,
  chance: Chance,
): Generator<CrashState> {
  const disks = {
    terminal: new DiskOnItsWay(before.terminal),
    platform: new DiskOnItsWay(before.platform),
  };
  const marks: Mark[] = [];
  let at = 0;
  for (const position of choose(log, states, chance)) {
    for (; at < position; at++) {
      const entry = log[at];
      if (entry?.kind === 'mark') marks.push(JSON.parse(entry.text) as Mark);
      else if (entry) disks[entry.disk].take(entry);
    }
    const kept = {
      terminal: chance.pick<Kept>(['all', 'none', 'some', 'some']),
      platform: chance.pick<Kept>(['all', 'none', 'some', 'some']),
    };
    const images = {
      terminal: disks.terminal.image(kept.terminal, chance),
      platform: disks.platform.image(kept.platform, chance),
    };
    yield { position, kept, images, marks: [...marks] };
  }
}

/** How many writes and flushes each disk had. */
export function countsOf({ log }: Recording): string {
  return DISKS.map((disk) => {
    const of = log.filter((entry) => entry.kind !== 'mark' && entry.disk === disk);
    const writes = of.filter(({ kind }) => kind === 'write').length;
    return `${disk} ${String(writes)} writes and ${String(of.length - writes)} flushes`;
  }).join(', ');
}
