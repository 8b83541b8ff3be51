/** One attribute to write: its name, the tag of its values (RFC 8010, 3.5.2), and the values. */
export type IppAttribute = readonly [name: string, tag: number, ...values: IppPlainValue[]];

/** A text, an integer or enum, a boolean, or a range. */
export type IppPlainValue = string | number | boolean | readonly [from: number, to: number];

/** A message to write. */
export interface IppAnswer {
  readonly version: readonly [number, number];
  readonly code: number;
  readonly requestId: number;
  readonly groups: readonly (readonly [tag: number, attributes: readonly IppAttribute[]])[];
}

const END = 0x03;

/** The bytes of an IPP message, by RFC 8010. */
export function writeIpp({ version, code, requestId, groups }: IppAnswer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt8(version[0], 0);
  head.writeUInt8(version[1], 1);
  head.writeUInt16BE(code, 2);
  head.writeUInt32BE(requestId, 4);
  const parts: Buffer[] = [head];
  for (const [tag, attributes] of groups) {
    parts.push(Buffer.of(tag));
    for (const [name, valueTag, ...values] of attributes) {
      values.forEach((value, i) => {
        // Further values of an attribute have no name.
        parts.push(Buffer.of(valueTag), sized(Buffer.from(i === 0 ? name : '')), sized(raw(value)));
      });
    }
  }
  return Buffer.concat([...parts, Buffer.of(END)]);
}

function sized(bytes: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function raw(value: IppPlainValue): Buffer {
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  if (typeof value === 'boolean') return Buffer.of(value ? 1 : 0);
  const numbers = typeof value === 'number' ? [value] : value;
  const bytes = Buffer.alloc(4 * numbers.length);
  numbers.forEach((one, i) => bytes.writeInt32BE(one, 4 * i));
  return bytes;
}
