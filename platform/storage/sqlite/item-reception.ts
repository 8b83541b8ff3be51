import type { DatabaseSync } from 'node:sqlite';
import type { CaseState } from '../../../domain/application-state.ts';
import type { ItemReceived } from '../../../domain/wire/platform.ts';
import type { NewItem } from '../port.ts';

/**
 * The statements of a reception, prepared once: after an outage many terminals hand over at once, and putting
 * a query into words costs more than SQLite takes to answer it.
 */
export interface ItemReception {
  /** What was answered when the item was received. */
  answer(submissionId: string): ItemReceived | undefined;
  /** Adds an item with its case; to be called in a transaction, with an id that is not there. */
  insert(item: NewItem, caseDay: string): ItemReceived;
}

const RECEIVED: CaseState = 'received';

/** Prepares them on a connection. */
export function createItemReception(database: DatabaseSync): ItemReception {
  const answerOf = database.prepare('SELECT answer FROM items WHERE submissionId = ?');
  const nextOfDay = database.prepare(
    `INSERT INTO caseSequences (prefix, last) VALUES (?, 1)
      ON CONFLICT (prefix) DO UPDATE SET last = last + 1 RETURNING last`,
  );
  const addEvent = database.prepare(
    `INSERT INTO caseEvents (submissionId, place, receiptNumber, caseNumber, state, at, reasons)
      VALUES (?, ?, ?, ?, '${RECEIVED}', ?, '[]') RETURNING cursor`,
  );
  const addItem = database.prepare(
    `INSERT INTO items (submissionId, kind, receiptNumber, serviceId, handleItemCode, terminalId, place,
        envelopeSha256, createdAt, receivedAt, caseNumber, cursor, answer, state, problems)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '${RECEIVED}', '[]')`,
  );
  const addAttachment = database.prepare(
    'INSERT INTO itemAttachments (submissionId, position, sha256, size) VALUES (?, ?, ?, ?)',
  );

  /** Case number: region, day, and a sequence of that region and day. */
  const nextCaseNumber = (item: NewItem, day: string): string => {
    const prefix = `${item.place.slice(0, 9)}-${day.replaceAll('-', '')}`;
    const last = Number(nextOfDay.get(prefix)?.['last']);
    return `${prefix}-${String(last).padStart(6, '0')}`;
  };

  return {
    answer(submissionId) {
      const row = answerOf.get(submissionId);
      return row && (JSON.parse(String(row['answer'])) as ItemReceived);
    },
    insert(item, caseDay) {
      const { submissionId, place, receiptNumber, envelopeSha256, receivedAt } = item;
      const caseNumber = nextCaseNumber(item, caseDay);
      const event = addEvent.get(submissionId, place, receiptNumber, caseNumber, receivedAt);
      const cursor = Number(event?.['cursor']);
      const answer: ItemReceived = {
        result: 'received',
        submissionId,
        envelopeSha256,
        caseNumber,
        cursor,
        receivedAt,
      };
      addItem.run(
        submissionId,
        item.kind,
        receiptNumber,
        item.serviceId,
        item.handleItemCode,
        item.terminalId,
        place,
        envelopeSha256,
        item.createdAt,
        receivedAt,
        caseNumber,
        cursor,
        JSON.stringify(answer),
      );
      item.attachments.forEach(({ sha256, size }, position) => {
        addAttachment.run(submissionId, position, sha256, size);
      });
      return answer;
    },
  };
}
