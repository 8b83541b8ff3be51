import { err, ok, type Result } from '../../domain/result.ts';

/** One value as it came: its tag (RFC 8010, 3.5.2) and its bytes. */
export interface IppValue {
  readonly tag: number;
  readonly bytes: Buffer;
}

/** The attributes of one group by name. Collections keep their place and lose their members. */
export type IppAttributes = ReadonlyMap<string, readonly IppValue[]>;

/** A group: 1 operation, 2 job, 4 printer, 5 unsupported attributes. */
export interface IppGroup {
  readonly tag: number;
  readonly attributes: IppAttributes;
}

/** An IPP message, request or answer (RFC 8010). */
export interface IppMessage {
  readonly version: readonly [major: number, minor: number];
  /** The operation of a request, the status of an answer. */
  readonly code: number;
  readonly requestId: number;
  readonly groups: readonly IppGroup[];
  /** What follows the attributes: the document of a request. */
  readonly data: Buffer;
}

/** Tags of groups and of values that are read or written here. */
export const IPP_TAG = {
  operation: 0x01,
  job: 0x02,
  end: 0x03,
  printer: 0x04,
  unsupported: 0x05,
  integer: 0x21,
  boolean: 0x22,
  enum: 0x23,
  octets: 0x30,
  range: 0x33,
  collection: 0x34,
  collectionEnd: 0x37,
  text: 0x41,
  name: 0x42,
  keyword: 0x44,
  uri: 0x45,
  charset: 0x47,
  language: 0x48,
  mediaType: 0x49,
} as const;

const HEADER = 8;
/** Lowest tag of a value; lower ones begin a group. */
const FIRST_VALUE_TAG = 0x10;
const TEXT_WITH_LANGUAGE: readonly number[] = [0x35, 0x36];

/**
 * Takes a message apart. The error says where it stopped making sense. Every step goes forward, so that
 * it ends on any bytes; the library's parser does not.
 */
export function readIpp(bytes: Uint8Array): Result<IppMessage, string> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length <= HEADER) return err('shorter than a header');
  const groups: { tag: number; attributes: Map<string, IppValue[]> }[] = [];
  let values: IppValue[] | undefined;
  let depth = 0;
  let at = HEADER;
  const text = (): Buffer | undefined => {
    if (at + 2 > buffer.length) return undefined;
    const from = at + 2;
    const to = from + buffer.readUInt16BE(at);
    if (to > buffer.length) return undefined;
    at = to;
    return buffer.subarray(from, to);
  };
  while (at < buffer.length) {
    const tag = buffer.readUInt8(at);
    at += 1;
    if (tag < FIRST_VALUE_TAG) {
      if (depth > 0) return err(`group in a collection at ${at}`);
      if (tag === IPP_TAG.end) {
        return ok({
          version: [buffer.readUInt8(0), buffer.readUInt8(1)],
          code: buffer.readUInt16BE(2),
          requestId: buffer.readUInt32BE(4),
          groups,
          data: buffer.subarray(at),
        });
      }
      groups.push({ tag, attributes: new Map() });
      values = undefined;
      continue;
    }
    const name = text();
    const value = text();
    const group = groups.at(-1);
    if (name === undefined || value === undefined) return err(`cut off at ${at}`);
    if (group === undefined) return err(`attribute outside of a group at ${at}`);
    if (depth > 0 && name.length > 0) return err(`collection without an end at ${at}`);
    if (tag === IPP_TAG.collectionEnd) depth -= 1;
    if (depth < 0) return err(`end of no collection at ${at}`);
    if (depth === 0 && tag !== IPP_TAG.collectionEnd) {
      if (name.length > 0) {
        values = [];
        // An attribute that comes twice is a mistake of the printer's: the first one counts.
        const key = name.toString('latin1');
        if (!group.attributes.has(key)) group.attributes.set(key, values);
      }
      if (values === undefined) return err(`value without a name at ${at}`);
      values.push({ tag, bytes: value });
    }
    if (tag === IPP_TAG.collection) depth += 1;
  }
  return err('no end of attributes');
}

/** The first group with this tag; empty when there is none. */
export function group(message: IppMessage, tag: number): IppAttributes {
  return message.groups.find((one) => one.tag === tag)?.attributes ?? new Map();
}

/** Values that are text, keyword, name, URI, media type or octets. Other values are left out. */
export function strings(attributes: IppAttributes, name: string): readonly string[] {
  return (attributes.get(name) ?? []).flatMap(({ tag, bytes }) => {
    if (TEXT_WITH_LANGUAGE.includes(tag)) return withoutLanguage(bytes);
    return tag === IPP_TAG.octets || tag >= 0x40 ? [bytes.toString('utf8')] : [];
  });
}

/** Values that are integers or enums. Others, `no-value` among them, are left out. */
export function integers(attributes: IppAttributes, name: string): readonly number[] {
  return (attributes.get(name) ?? []).flatMap(({ tag, bytes }) =>
    (tag === IPP_TAG.integer || tag === IPP_TAG.enum) && bytes.length === 4
      ? [bytes.readInt32BE(0)]
      : [],
  );
}

/** The upper end of the first range. */
export function upperBound(attributes: IppAttributes, name: string): number | undefined {
  const value = attributes.get(name)?.find(({ tag, bytes }) => {
    return tag === IPP_TAG.range && bytes.length === 8;
  });
  return value?.bytes.readInt32BE(4);
}

/** The first value, if it is a boolean. */
export function boolean(attributes: IppAttributes, name: string): boolean | undefined {
  const value = attributes.get(name)?.[0];
  return value?.tag === IPP_TAG.boolean ? value.bytes[0] === 1 : undefined;
}

/** RFC 8010, 3.9: length and language, length and text. */
function withoutLanguage(bytes: Buffer): readonly string[] {
  if (bytes.length < 2) return [];
  const from = 2 + bytes.readUInt16BE(0);
  if (from + 2 > bytes.length) return [];
  return [bytes.subarray(from + 2, from + 2 + bytes.readUInt16BE(from)).toString('utf8')];
}
