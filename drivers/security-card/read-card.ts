import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import { securityCardDoubts } from '../../domain/identity/security-card.ts';
import type { Result } from '../../domain/result.ts';
import { err, ok } from '../../domain/result.ts';
import { exchange, statusText, SW, type CardAnswer } from './apdu.ts';
import { parseRecord, readFields, TAG } from './card-fields.ts';
import type { CardLink } from './connection.ts';
import type { SecurityCardReadout } from './contract.ts';

/** "sx1.sh.社会保障" in GBK: the environment of social security, by which a card is known. */
export const ENVIRONMENT = Uint8Array.from([
  0x73, 0x78, 0x31, 0x2e, 0x73, 0x68, 0x2e, 0xc9, 0xe7, 0xbb, 0xe1, 0xb1, 0xa3, 0xd5, 0xcf,
]);

/** A file that is free to read, and what is wanted of it, with the length that the rules give. */
interface WantedFile {
  readonly id: number;
  /** Short identifier, for cards that do not let a file be selected. */
  readonly short: number;
  readonly wanted: readonly (readonly [tag: number, length: number])[];
  /** Records that the file may have; looked through where they cannot be asked for by tag. */
  readonly records: number;
}

const FILES: readonly WantedFile[] = [
  {
    id: 0xef05,
    short: 0x05,
    wanted: [
      [TAG.institution, 12],
      [TAG.issuedOn, 4],
      [TAG.validTo, 4],
      [TAG.cardNumber, 9],
    ],
    records: 7,
  },
  {
    id: 0xef06,
    short: 0x06,
    wanted: [
      [TAG.number, 18],
      [TAG.name, 30],
      [TAG.nameExtension, 20],
      [TAG.birthDate, 4],
    ],
    records: 8,
  },
];

/** Without these two there is no card; all else an issuer may have left out. */
const NEEDED: readonly number[] = [TAG.number, TAG.name];

/** What a card says when it has no such thing, or does not give it to everybody. */
const ABSENT: ReadonlySet<number> = new Set<number>([
  SW.securityNotSatisfied,
  SW.conditionsNotSatisfied,
  SW.notSupported,
  SW.fileNotFound,
  SW.recordNotFound,
  SW.wrongP1P2,
  SW.dataNotFound,
]);

/** How to read. */
export interface CardReadingOptions {
  /** For one command. */
  readonly commandMs: number;
  /** YYYYMMDD */
  readonly today: string;
}

/**
 * Reads the card: the environment, then the two files that need no PIN. Everything of the readout comes
 * from this one reading. Faults: `securityCard.unknownKind`, `securityCard.invalidContent`,
 * `securityCard.unreadable`, and those of the link.
 */
export async function readSecurityCard(
  link: CardLink,
  { commandMs, today }: CardReadingOptions,
): Promise<Result<SecurityCardReadout, Fault>> {
  const selected = await exchange(
    link,
    { ins: 0xa4, p1: 0x04, p2: 0, data: ENVIRONMENT },
    commandMs,
  );
  if (!selected.ok) return selected;
  // Whatever else it says: a card that has the environment selects it.
  if (selected.value.sw !== SW.success) {
    return err(fault('securityCard.unknownKind', { vendorCode: statusText(selected.value.sw) }));
  }
  const fields = new Map<number, Uint8Array>();
  for (const file of FILES) {
    const failed = await readFile(link, file, fields, commandMs);
    if (failed !== undefined) return err(failed);
  }
  const data = readFields(fields);
  if (!data.ok) return data;
  return ok({ data: data.value, doubts: securityCardDoubts(data.value, today) });
}

/** Reads one file into `fields`; gives what kept it from being read. */
async function readFile(
  link: CardLink,
  file: WantedFile,
  fields: Map<number, Uint8Array>,
  commandMs: number,
): Promise<Fault | undefined> {
  const id = Uint8Array.of(file.id >> 8, file.id & 0xff);
  const selected = await exchange(link, { ins: 0xa4, p1: 0x02, p2: 0, data: id }, commandMs);
  if (!selected.ok) return selected.error;
  if (selected.value.sw === SW.success) {
    const failed = await readByTag(link, file, fields, commandMs);
    if (failed !== undefined) return failed;
  } else if (!ABSENT.has(selected.value.sw)) {
    return unreadable(selected.value);
  }
  const lacks = file.wanted.some(([tag]) => NEEDED.includes(tag) && !fields.has(tag));
  const nothing = file.wanted.every(([tag]) => !fields.has(tag));
  return lacks || nothing ? readByNumber(link, file, fields, commandMs) : undefined;
}

/** P2 = 0: the first record with the identifier P1, in the file that was selected. */
async function readByTag(
  link: CardLink,
  { wanted }: WantedFile,
  fields: Map<number, Uint8Array>,
  commandMs: number,
): Promise<Fault | undefined> {
  for (const [tag, length] of wanted) {
    const apdu = { ins: 0xb2, p1: tag, p2: 0, le: length + 2 };
    const answer = await exchange(link, apdu, commandMs);
    if (!answer.ok) return answer.error;
    if (answer.value.sw === SW.success) keep(answer.value.data, tag, fields);
    else if (!ABSENT.has(answer.value.sw)) return unreadable(answer.value);
  }
  return undefined;
}

/** P2 = short identifier and 100: record number P1. Where which tag lies differs from card to card. */
async function readByNumber(
  link: CardLink,
  file: WantedFile,
  fields: Map<number, Uint8Array>,
  commandMs: number,
): Promise<Fault | undefined> {
  for (let record = 1; record <= file.records; record++) {
    const apdu = { ins: 0xb2, p1: record, p2: (file.short << 3) | 4, le: 256 };
    const answer = await exchange(link, apdu, commandMs);
    if (!answer.ok) return answer.error;
    const { sw, data } = answer.value;
    if (sw === SW.success) {
      const tag = data[0] ?? 0;
      if (file.wanted.some(([wanted]) => wanted === tag)) keep(data, tag, fields);
    } else if (sw === SW.recordNotFound || sw === SW.fileNotFound) {
      return undefined;
    } else if (!ABSENT.has(sw)) {
      return unreadable(answer.value);
    }
  }
  return undefined;
}

/** An answer that carries another tag than the one asked for is not taken. */
function keep(data: Uint8Array, tag: number, fields: Map<number, Uint8Array>): void {
  const record = parseRecord(data);
  if (record?.tag === tag && !fields.has(tag)) fields.set(tag, record.value);
}

function unreadable({ sw }: CardAnswer): Fault {
  return fault('securityCard.unreadable', { vendorCode: statusText(sw) });
}
