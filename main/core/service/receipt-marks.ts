import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { replaceDurably } from '../storage/durable-files.ts';

/** So many marks are kept; the oldest go first. */
const MOST = 2000;

const markSchema = z.object({
  /** ISO 8601: the paper printed until then is void. */
  cancelledAt: z.string().nullable(),
  /** ISO 8601: when staff last had it printed again, by the printer's own word. */
  reprintedAt: z.string().nullable(),
});
const fileSchema = z.object({
  v: z.literal(1),
  marks: z.array(z.tuple([z.string(), markSchema])),
});

/** What staff has said of a printed receipt. The application knows nothing of it. */
export type ReceiptMark = z.infer<typeof markSchema>;

const NONE: ReceiptMark = { cancelledAt: null, reprintedAt: null };

/**
 * Marks on printed receipts, by receipt number, in a file of the data folder: which paper is void, which
 * was printed again. What cannot be read counts as no marks.
 */
export class ReceiptMarks {
  readonly #path: string;
  #marks = new Map<string, ReceiptMark>();

  constructor(path: string) {
    this.#path = path;
    try {
      this.#marks = new Map(fileSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).marks);
    } catch {
      // none yet, or not ours to guess
    }
  }

  of(receiptNumber: string): ReceiptMark {
    return this.#marks.get(receiptNumber) ?? NONE;
  }

  /** Rejects when it cannot be written; it is then known until the core ends. */
  async mark(receiptNumber: string, change: Partial<ReceiptMark>): Promise<void> {
    const mark = { ...this.of(receiptNumber), ...change };
    this.#marks.delete(receiptNumber);
    this.#marks.set(receiptNumber, mark);
    for (const oldest of [...this.#marks.keys()].slice(0, -MOST)) this.#marks.delete(oldest);
    const file = { v: 1, marks: [...this.#marks] };
    await replaceDurably(this.#path, Buffer.from(`${JSON.stringify(file)}\n`));
  }
}
