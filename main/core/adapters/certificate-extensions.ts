/** What a certificate says of its own use, beside what Node's `X509Certificate` tells (RFC 5280, 4.2). */
export interface CertificateLimits {
  /** Its subject's certificates may be for some names only. */
  readonly constrainsNames: boolean;
  /** How many authorities may stand between it and the end of a chain; `undefined`: any number. */
  readonly pathLength: number | undefined;
  /** The first byte of its key usage, from digitalSignature (0x80) to encipherOnly (0x01); `undefined`: any use. */
  readonly keyUsage: number | undefined;
  /** It has a critical extension that is not known here: whoever does not understand it must refuse the certificate. */
  readonly hasUnknownCritical: boolean;
}

interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
}

const BOOLEAN = 0x01;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT_IDENTIFIER = 0x06;
const SEQUENCE = 0x30;
/** `[3] EXPLICIT Extensions` of a TBSCertificate. */
const EXTENSIONS = 0xa3;

/** Object identifiers, hexadecimal as they are encoded. */
const BASIC_CONSTRAINTS = '551d13';
const KEY_USAGE = '551d0f';
const NAME_CONSTRAINTS = '551d1e';
const KNOWN: ReadonlySet<string> = new Set([
  BASIC_CONSTRAINTS,
  KEY_USAGE,
  NAME_CONSTRAINTS,
  '551d11', // subjectAltName
  '551d1f', // cRLDistributionPoints: neither this check nor Node's looks for lists of what was revoked
  '551d20', // certificatePolicies, which no check here asks for
  '551d25', // extKeyUsage
]);

const wrong = (): never => {
  throw new RangeError('not DER');
};

/** The elements one after another that fill the bytes to the last one. */
function elements(bytes: Uint8Array): readonly Element[] {
  const found: Element[] = [];
  let at = 0;
  const byte = (): number => {
    const value = bytes[at] ?? wrong();
    at += 1;
    return value;
  };
  while (at < bytes.length) {
    const tag = byte();
    if ((tag & 0x1f) === 0x1f) wrong(); // of more than one byte: a certificate has none
    let length = byte();
    if (length >= 0x80) {
      const count = length - 0x80;
      if (count === 0 || count > 3) wrong(); // without a length, or longer than 16 MB
      length = 0;
      for (let n = 0; n < count; n += 1) length = length * 256 + byte();
      if (length < 0x80 || length < 256 ** (count - 1)) wrong(); // not the shortest way to say it
    }
    if (at + length > bytes.length) wrong();
    found.push({ tag, content: bytes.subarray(at, at + length) });
    at += length;
  }
  return found;
}

/** The only element that the bytes are. */
function only(bytes: Uint8Array, tag: number): Uint8Array {
  const [first, ...more] = elements(bytes);
  return first?.tag === tag && more.length === 0 ? first.content : wrong();
}

function pathLengthOf(value: Uint8Array): number | undefined {
  const parts = [...elements(only(value, SEQUENCE))];
  if (parts[0]?.tag === BOOLEAN) parts.shift();
  const [length, ...more] = parts;
  if (length === undefined) return undefined;
  const [number = wrong(), ...further] = length.content;
  // 127 authorities are more than any chain has
  if (length.tag !== INTEGER || more.length > 0 || further.length > 0 || number > 127) wrong();
  return number;
}

function extension(bytes: Uint8Array): { id: string; isCritical: boolean; value: Uint8Array } {
  const parts = [...elements(bytes)];
  const id = parts.shift();
  const critical = parts[0]?.tag === BOOLEAN ? parts.shift() : undefined;
  const [value = wrong(), ...more] = parts;
  if (id?.tag !== OBJECT_IDENTIFIER || value.tag !== OCTET_STRING || more.length > 0) wrong();
  return {
    id: Buffer.from(id?.content ?? wrong()).toString('hex'),
    isCritical: critical !== undefined && critical.content[0] !== 0,
    value: value.content,
  };
}

function limitsIn(der: Uint8Array): CertificateLimits {
  const [tbs] = elements(only(der, SEQUENCE));
  if (tbs?.tag !== SEQUENCE) wrong();
  const list = elements(tbs?.content ?? wrong()).find(({ tag }) => tag === EXTENSIONS);
  const extensions = list ? elements(only(list.content, SEQUENCE)) : [];
  const values = new Map<string, Uint8Array>();
  let hasUnknownCritical = false;
  for (const { tag, content } of extensions) {
    const { id, isCritical, value } = extension(tag === SEQUENCE ? content : wrong());
    if (values.has(id)) wrong();
    values.set(id, value);
    hasUnknownCritical ||= isCritical && !KNOWN.has(id);
  }
  const constraints = values.get(BASIC_CONSTRAINTS);
  const usage = values.get(KEY_USAGE);
  return {
    constrainsNames: values.has(NAME_CONSTRAINTS),
    pathLength: constraints && pathLengthOf(constraints),
    // the byte before it says how many of the last bits do not count
    keyUsage: usage && (only(usage, BIT_STRING)[1] ?? 0),
    hasUnknownCritical,
  };
}

/** Reads them from a certificate's DER; `undefined` where it is not exactly as DER and RFC 5280 have it. */
export function limitsOf(der: Uint8Array): CertificateLimits | undefined {
  try {
    return limitsIn(der);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
