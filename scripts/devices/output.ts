import { createInterface } from 'node:readline';
import { both, type Words } from './words.ts';

/** Where a command writes and whom it asks. */
export interface Output {
  readonly json: boolean;
  /** One thing: as a JSON line, or as text for people. */
  tell(value: Readonly<Record<string, unknown>>, text: string): void;
  /** Beside the result: for people on standard error, as JSON with the rest. */
  note(value: Readonly<Record<string, unknown>>, text: string): void;
  /** A yes or no of the person at the terminal; `undefined` when nobody answers. */
  confirm(question: Words): Promise<boolean | undefined>;
}

const YES = /^(y|yes|是|对|有|好|1)$/i;
const NO = /^(n|no|否|不|没|没有|0)$/i;
const TRIES = 3;

/** Writes to standard output and error, asks on standard input. */
export function processOutput(json: boolean): Output {
  const line = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
  return {
    json,
    tell(value, text) {
      if (json) line(value);
      else process.stdout.write(`${text}\n`);
    },
    note(value, text) {
      if (json) line(value);
      else process.stderr.write(`${text}\n`);
    },
    async confirm(question) {
      const input = createInterface({ input: process.stdin });
      const ask = (): void => {
        if (json) line({ type: 'question', question, answers: ['y', 'n'] });
        else process.stdout.write(`${both(question)} [y/n] `);
      };
      try {
        ask();
        let tries = 0;
        for await (const answer of input) {
          if (YES.test(answer.trim())) return true;
          if (NO.test(answer.trim())) return false;
          tries += 1;
          if (tries === TRIES) return undefined;
          ask();
        }
        return undefined;
      } finally {
        input.close();
      }
    },
  };
}
