import { renameSync, writeFileSync } from 'node:fs';
import { USB_PORTS } from '../profile.ts';
import type { LabResult } from '../results.ts';

/** What a test is given: its end puts away what it made, the last thing first. */
export class Trial {
  readonly #number: number;
  readonly #cleanups: (() => Promise<void>)[] = [];
  #ports = 0;

  constructor(number: number) {
    this.#number = number;
  }

  /** A name that no other test gives to a gadget. */
  name(what: string): string {
    return `${what}${String(this.#number)}`;
  }

  /** A port of the machine with nothing in it. */
  port(): number {
    const port = this.#ports;
    if (port >= USB_PORTS) throw new Error('no free USB port');
    this.#ports += 1;
    return port;
  }

  /** Runs at the end of the test, whatever became of it. */
  atEnd(cleanup: () => Promise<void>): void {
    this.#cleanups.push(cleanup);
  }

  /** Puts everything away; gives the first complaint. */
  async end(): Promise<unknown> {
    let complaint: unknown;
    for (const cleanup of this.#cleanups.reverse()) {
      try {
        await cleanup();
      } catch (error) {
        complaint ??= error;
      }
    }
    return complaint;
  }
}

/** A test of the lab, for the table: which device, what is expected of it. */
export interface LabTest {
  readonly device: string;
  readonly test: string;
  readonly body: (trial: Trial) => Promise<void>;
}

/** One test that takes longer has gone wrong: the next one begins. */
const LIMIT_MS = 90_000;

async function inTime(work: Promise<void>): Promise<void> {
  const limit = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => {
    limit.reject(new Error(`not done after ${String(LIMIT_MS / 1000)} s`));
  }, LIMIT_MS);
  await Promise.race([work, limit.promise]).finally(() => {
    clearTimeout(timer);
  });
}

function told(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Runs tests one after the other and writes after each what is known, for a machine that may stop. */
export class Lab {
  readonly #file: string;
  readonly #tests: readonly LabTest[];
  readonly #results: LabResult[];

  constructor(file: string, tests: readonly LabTest[]) {
    this.#file = file;
    this.#tests = tests;
    this.#results = tests.map(({ device, test }) => ({ device, test, outcome: 'planned' }));
    this.#write();
  }

  /** Gives whether all went well. */
  async run(say: (line: string) => void): Promise<boolean> {
    for (const [index, { device, test, body }] of this.#tests.entries()) {
      say(`lab: ${device}: ${test}`);
      const started = performance.now();
      const trial = new Trial(index);
      let failure: unknown;
      try {
        await inTime(body(trial));
      } catch (error) {
        failure = error ?? new Error('failed without a word');
      }
      const complaint = await trial.end();
      failure ??= complaint;
      const seconds = (performance.now() - started) / 1000;
      this.#results[index] =
        failure === undefined
          ? { device, test, outcome: 'passed', seconds }
          : { device, test, outcome: 'failed', seconds, why: told(failure) };
      say(`lab: ${failure === undefined ? 'passed' : `FAILED ${told(failure)}`}`);
      this.#write();
    }
    return this.#results.every(({ outcome }) => outcome === 'passed');
  }

  #write(): void {
    const next = `${this.#file}.next`;
    writeFileSync(next, JSON.stringify({ results: this.#results }, undefined, 2));
    renameSync(next, this.#file);
  }
}
