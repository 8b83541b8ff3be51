import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyText } from '../any-text-test-support.ts';
import { ok } from '../../domain/result.ts';
import type { ChildProcesses } from '../transport/child-process.ts';
import { systemClock } from '../transport/system-clock.ts';
import { adfFault, deviceStatusOf } from './escl-faults.ts';
import { isJpeg } from './jpeg.ts';
import { failureInLine, failureOfExit, strangeInLine } from './sane-faults.ts';
import type { PagePipes } from './sane-page-pipes.ts';
import { startBatch, type BatchEnd } from './sane-run.ts';

const JPEG = Uint8Array.of(0xff, 0xd8, 1, 2, 3, 0xff, 0xd9);
const PAGES = 3;

/** What scanimage and backends say, whole and in ruins. */
const word = fc.oneof(
  anyText(30),
  fc.constantFrom(
    ...['Progress: 12.5%', 'Progress: 100.0%', 'Progress: 999%', 'Progress: x%', '\r', '\n'],
    ...['scanimage: sane_start: Document feeder jammed', 'scanimage: sane_read: Success'],
    ...['scanimage: open of device test:0 failed: Invalid argument', 'Batch terminated, 1 pages'],
    ...['sane_get_parameters: Unknown SANE status code 1886559984', 'received signal 13'],
  ),
  fc
    .tuple(fc.integer({ min: -1, max: 5 }), fc.constantFrom(0, 5, 6, 7, 99, 1_886_559_984))
    .map(([page, status]) => `Scanned page ${page}. (scanner status = ${status})`),
);
const speech = fc
  .array(fc.tuple(word, fc.constantFrom('\n', '\r', '')), { maxLength: 14 })
  .map((words) => Uint8Array.from(Buffer.from(words.flat().join(''), 'latin1')));
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
const exits = fc.record({
  code: fc.oneof(fc.constant(null), fc.nat(12), fc.nat(255)),
  signal: fc.constantFrom(null, 'SIGKILL', 'SIGSEGV'),
});

/** A batch with a scanimage that says this in these pieces as soon as it is told to scan, and ends. */
async function batch(
  said: Uint8Array,
  pieces: readonly number[],
  exit: { readonly code: number | null; readonly signal: string | null },
): Promise<{ readonly end: BatchEnd; readonly pages: number; readonly progress: number[] }> {
  const exited = Promise.withResolvers<typeof exit>();
  let asked = false;
  const processes: ChildProcesses = {
    start: (_program, _args, { onStderr }) =>
      Promise.resolve(
        ok({
          exited: exited.promise,
          write: () => {
            if (asked) return;
            asked = true;
            for (let at = 0, i = 0; at < said.length; i++) {
              const size = pieces[i % pieces.length] ?? 1;
              onStderr?.(said.subarray(at, at + size));
              at += size;
            }
            exited.resolve(exit);
          },
          endInput: () => undefined,
          kill: () => undefined,
        }),
      ),
  };
  const pipes: PagePipes = {
    format: '%d.jpg',
    open: () =>
      Promise.resolve({
        bytes: Promise.resolve(JPEG),
        tooBig: new Promise(() => undefined),
        drop: () => undefined,
      }),
    remove: () => Promise.resolve(),
  };
  let pages = 0;
  const progress: number[] = [];
  const started = await startBatch({
    processes,
    clock: systemClock,
    environment: {},
    settings: [],
    pipes,
    pages: PAGES,
    maxPageBytes: 1_000,
    stalledMs: 600_000,
    onPage: () => {
      pages += 1;
    },
    onProgress: ({ fraction }) => progress.push(fraction),
    signal: new AbortController().signal,
  });
  if (!started.ok) throw new Error(started.error.code);
  return { end: await started.value.end, pages, progress };
}

describe('whatever scanimage says in whatever pieces', () => {
  it('ends the batch, the same way however it is cut, with no page that it did not name', async () => {
    await fc.assert(
      fc.asyncProperty(speech, sizes, exits, async (said, pieces, exit) => {
        const cut = await batch(said, pieces, exit);
        expect(cut).toEqual(await batch(said, [said.length + 1], exit));
        expect(cut.pages).toBe(cut.end.pages);
        const text = Buffer.from(said).toString('latin1');
        for (let page = 1; page <= cut.pages; page++) {
          expect(text).toMatch(new RegExp(`Scanned page 0*${page}\\. \\(scanner status = [05]\\)`));
        }
        for (const fraction of cut.progress) {
          expect(fraction).toBeGreaterThanOrEqual(0);
          expect(fraction).toBeLessThanOrEqual(1);
        }
        if (cut.pages < PAGES && cut.end.fault === undefined) expect(cut.pages).toBeGreaterThan(0);
      }),
      { numRuns: 200 },
    );
  });

  it('names a failure of SANE, or nothing, and never more than a few words of its own', () => {
    fc.assert(
      fc.property(fc.oneof(word, anyText(10)), exits, (line, exit) => {
        const failure = failureInLine(line);
        if (failure) expect(failure.status).toMatch(/^[A-Z_]+$/);
        const strange = strangeInLine(line);
        if (strange !== undefined) {
          expect(line).toContain(strange);
          expect(strange.length).toBeLessThanOrEqual(60);
        }
        expect(failureOfExit(exit)?.status).not.toBe('GOOD');
      }),
      { numRuns: 300 },
    );
  });
});

describe('any bytes of a page', () => {
  it('are a JPEG only by their own first and last bytes, never by those of a page beside them', () => {
    const mark = fc.constantFrom([0xff, 0xd8], [0xff, 0xd9], [0xff], [0xd9]);
    const some = fc
      .array(fc.oneof(mark, fc.uint8Array({ maxLength: 70 })), { maxLength: 6 })
      .map((parts) => parts.flatMap((part) => [...part]));
    fc.assert(
      fc.property(some, some, some, (before, page, after) => {
        const memory = Uint8Array.from([...before, ...page, ...after]);
        const view = memory.subarray(before.length, before.length + page.length);
        const hex = Buffer.from(page).toString('hex');
        const tail = page.slice(-64);
        const ends = tail.some((byte, i) => byte === 0xff && tail[i + 1] === 0xd9);
        expect(isJpeg(view)).toBe(hex.startsWith('ffd8') && ends);
      }),
      { numRuns: 400 },
    );
  });
});

describe('any word of a feeder', () => {
  it('makes a status, and a fault of the scanner or none', () => {
    const names = fc.oneof(
      anyText(90),
      fc
        .array(
          fc.constantFrom('ScannerAdf', 'Jam', 'Mispick', 'DoorOpen', 'Empty', 'Loaded', 'Failed'),
          { maxLength: 3 },
        )
        .map((parts) => parts.join('')),
    );
    const states = fc.constantFrom('Idle', 'Processing', 'Testing', 'Stopped', 'Down');
    fc.assert(
      fc.property(names, states, (adfState, state) => {
        const named = adfFault(adfState);
        if (named) expect(named.code).toMatch(/^scanner\.(jam|coverOpen|hardware)$/);
        const status = deviceStatusOf({ state, adfState, jobs: [] });
        if (named) expect(status.fault).toEqual(named);
        if (status.state === 'online') expect(state).toBe('Idle');
      }),
      { numRuns: 300 },
    );
  });
});
