import type { DriverClock } from '../device.ts';
import { postIpp } from '../document-printer/ipp-http.ts';
import { IPP_TAG, readIpp, strings } from '../document-printer/ipp-reader.ts';
import { systemClock } from '../transport/system-clock.ts';
import type { Candidate } from './contract.ts';

/** Where the print service of this machine listens, and for how long it is waited for, in ms. */
export interface CupsAddress {
  readonly host?: string;
  readonly port?: number;
  readonly limitMs?: number;
  readonly clock?: DriverClock;
}

/** CUPS-Get-Printers, an operation of CUPS's own (CUPS Implementation of IPP, "Get Printers"). */
const GET_PRINTERS = 0x4002;
/** More queues than any terminal has. */
const MOST_QUEUES = 20;

function attribute(tag: number, name: string, value: string): Buffer {
  const lengths = Buffer.alloc(5);
  lengths.writeUInt8(tag, 0);
  lengths.writeUInt16BE(name.length, 1);
  lengths.writeUInt16BE(value.length, 3);
  return Buffer.concat([
    lengths.subarray(0, 3),
    Buffer.from(name),
    lengths.subarray(3),
    Buffer.from(value),
  ]);
}

function question(): Uint8Array {
  return Buffer.concat([
    Buffer.from([1, 1, GET_PRINTERS >> 8, GET_PRINTERS & 0xff, 0, 0, 0, 1, IPP_TAG.operation]),
    attribute(IPP_TAG.charset, 'attributes-charset', 'utf-8'),
    attribute(IPP_TAG.language, 'attributes-natural-language', 'en'),
    attribute(IPP_TAG.keyword, 'requested-attributes', 'printer-name'),
    Buffer.from([IPP_TAG.end]),
  ]);
}

/** The queues of this machine's own CUPS, as candidates. Empty where there is no CUPS; never rejects. */
export async function listCupsQueues(address: CupsAddress = {}): Promise<readonly Candidate[]> {
  const { host = 'localhost', port = 631, limitMs = 3_000, clock = systemClock } = address;
  const at = `${host}:${String(port)}`;
  const post = { body: question(), limitMs, maxAnswerBytes: 256 * 1_024 };
  const answer = await postIpp(new URL(`http://${at}/`), post, clock);
  const message = answer.ok ? readIpp(answer.value) : undefined;
  if (message?.ok !== true) return [];
  return message.value.groups
    .filter(({ tag }) => tag === IPP_TAG.printer)
    .flatMap(({ attributes }) => strings(attributes, 'printer-name').slice(0, 1))
    .filter((name) => /^[\w.-]{1,127}$/.test(name))
    .slice(0, MOST_QUEUES)
    .map((name) => ({ type: 'url', url: `ipp://${at}/printers/${name}` }));
}
