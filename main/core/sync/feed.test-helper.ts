import { parseReceiptToken } from '../../../domain/receipt/token.ts';
import type { Feed, FeedEvent, ReceiptVerification } from '../../../domain/wire/platform.ts';
import { makeDisk, type Disk } from '../outbox/disk.test-helper.ts';
import { moveItem } from '../outbox/move-item.ts';
import type { ItemRow } from '../storage/item-rows.ts';
import { createChunkPace } from './chunk-pace.ts';
import { readFeed, type FeedParts } from './feed.ts';
import { json, makeLine, noAnswer, type Line } from './line.test-helper.ts';
import type { CallFailure } from './platform-client.ts';

/** The platform's time in each answer. */
export const TIME = '2026-11-02T04:00:09.000Z';

/** What a case state is told with; of an item that was received under cursor 1. */
export const eventOf = (item: ItemRow, change: Partial<FeedEvent> = {}): FeedEvent => ({
  cursor: 1,
  receiptNumber: item.receiptNumber,
  submissionId: item.submissionId,
  state: 'accepted',
  caseNumber: 'CASE-1',
  at: TIME,
  ...change,
});

/** The platform takes an item in, under a cursor. */
export function receive({ db, audit }: Disk, { submissionId }: ItemRow, cursor: number): void {
  moveItem(db, audit, submissionId, { type: 'attemptBegun' });
  const along = { platformCursor: cursor, caseNumber: `CASE-${cursor}` };
  moveItem(db, audit, submissionId, { type: 'received' }, along);
}

/** A terminal's disk and a platform that a test lets speak: page by page of its feed, and of envelopes. */
export class FeedBench {
  readonly disk: Disk;
  readonly line = makeLine();
  /** What happened to those who listen. */
  readonly heard: string[] = [];
  readonly cutOff: FeedParts['cutOff'] = new Map();
  /** The next pages of the feed; empty ones afterwards. */
  pages: Partial<Feed>[] = [];
  /** What an envelope is answered that is handed over once more. */
  envelope: Line['answer'] = () => noAnswer('timeout');
  /** What it is answered that asks by a receipt. */
  receipt: Line['answer'] = () => noAnswer('timeout');
  /** What it is answered that asks where the platform stands with an attachment. */
  attachment: Line['answer'] = () => noAnswer('timeout');

  private constructor(disk: Disk) {
    this.disk = disk;
    this.line.answer = (request) => {
      if (request.method === 'PUT') return this.envelope(request);
      if (request.method === 'HEAD') return this.attachment(request);
      if (request.path.startsWith('/v1/receipts/')) return this.receipt(request);
      const empty = { events: [], cursor: 0, more: false, archivedThrough: 0, serverTime: TIME };
      return json(200, { ...empty, ...this.pages.shift() });
    };
  }

  static async make(): Promise<FeedBench> {
    return new FeedBench(await makeDisk());
  }

  /** Reads the feed to its end. */
  async read(change: Partial<FeedParts> = {}): Promise<true | CallFailure> {
    const { disk, line, heard } = this;
    const result = await readFeed({
      db: disk.db,
      audit: disk.audit,
      blobs: disk.blobs,
      client: line.client,
      clock: disk.clock,
      pace: createChunkPace(disk.clock, () => 1_000_000),
      crashPoint: disk.ports.crashPoint,
      onPlatformTime: (iso) => void heard.push(`time ${iso}`),
      onChange: (id) => void heard.push(`changed ${id}`),
      onError: (error) => void heard.push(String(error)),
      wall: () => disk.clock.wall(),
      linkIsAway: () => false,
      cutOff: this.cutOff,
      ...change,
    });
    return result.ok ? result.value : result.error;
  }

  /** An item that the platform has received under a cursor. */
  async receivedItem(cursor: number, sizes: readonly number[] = []): Promise<ItemRow> {
    const item = await this.disk.store(sizes);
    receive(this.disk, item, cursor);
    return this.disk.row(item);
  }

  /** The platform still has it, under this cursor. */
  has(cursor: number, caseNumber = `CASE-${cursor}`): Line['answer'] {
    return ({ path }) => {
      const submissionId = path.split('/').at(-1) ?? '';
      const { envelopeSha256 } = this.disk.row({ submissionId });
      const said = { submissionId, envelopeSha256, caseNumber, cursor, receivedAt: TIME };
      return json(201, { result: 'received', ...said });
    };
  }

  /** The platform answers a receipt, by its own number unless the test says another. */
  says(
    item: ReceiptVerification['item'],
    change: Partial<ReceiptVerification> = {},
  ): Line['answer'] {
    return ({ path }) => {
      const receiptNumber = parseReceiptToken(path.split('/').at(-1) ?? '')?.token.receiptNumber;
      const state = item === 'arrived' ? 'received' : null;
      return json(200, { signature: 'valid', item, receiptNumber, state, ...change });
    };
  }

  /** What was asked, `METHOD path`. */
  asked(): string[] {
    return this.line.asked.map(({ method, path }) => `${method} ${path}`);
  }

  /** How many envelopes were handed over once more. */
  puts(): number {
    return this.line.asked.filter(({ method }) => method === 'PUT').length;
  }
}
