import fc from 'fast-check';
import ipp from '@sealsystems/ipp';
import { describe, expect, it } from 'vitest';
import { answerOf, jobOf } from './ipp-client.ts';
import { boolean, group, integers, IPP_TAG, readIpp, strings, upperBound } from './ipp-reader.ts';
import { deviceStatusOf, factsOf } from './ipp-status.ts';
import { suppliesOf } from './ipp-supplies.ts';
import { writeIpp, type IppAttribute } from './simulator/ipp-writer.ts';

const PRINTER: readonly IppAttribute[] = [
  ['printer-state', IPP_TAG.enum, 3],
  ['printer-state-reasons', IPP_TAG.keyword, 'media-low-warning', 'none'],
  ['printer-is-accepting-jobs', IPP_TAG.boolean, true],
  ['copies-supported', IPP_TAG.range, [1, 99]],
  ['marker-names', IPP_TAG.name, 'Schwarz', '青色'],
];
const ANSWER = writeIpp({
  version: [1, 1],
  code: 0,
  requestId: 7,
  groups: [
    [IPP_TAG.operation, [['attributes-charset', IPP_TAG.charset, 'utf-8']]],
    [IPP_TAG.printer, PRINTER],
  ],
});

/** Everything that the driver does with an answer. */
function digest(bytes: Uint8Array): void {
  const message = answerOf(bytes, 7);
  const job = jobOf(message);
  if (job.ok && !message.ok) throw new Error('a job out of nothing');
  if (!message.ok) return;
  for (const { tag } of message.value.groups) {
    const attributes = group(message.value, tag);
    deviceStatusOf(attributes);
    factsOf(attributes);
    suppliesOf(attributes);
    for (const name of attributes.keys()) {
      strings(attributes, name);
      integers(attributes, name);
      boolean(attributes, name);
      upperBound(attributes, name);
    }
  }
}

describe('reading IPP', () => {
  it('takes no value without a name for one of the group before', () => {
    const bytes = Buffer.concat([
      Buffer.from([1, 1, 0, 0, 0, 0, 0, 7, IPP_TAG.operation]),
      Buffer.from([IPP_TAG.keyword, 0, 1, 0x61, 0, 1, 0x78]),
      Buffer.from([IPP_TAG.printer, IPP_TAG.keyword, 0, 0, 0, 1, 0x79]),
      Buffer.from([IPP_TAG.end]),
    ]);
    expect(readIpp(bytes)).toMatchObject({
      ok: false,
      error: expect.stringContaining('value without a name') as string,
    });
  });

  it('reads texts, numbers, truth and ranges, one or many', () => {
    const message = readIpp(ANSWER);
    if (!message.ok) throw new Error(message.error);
    const printer = group(message.value, IPP_TAG.printer);
    expect(message.value).toMatchObject({ version: [1, 1], code: 0, requestId: 7 });
    expect(integers(printer, 'printer-state')).toEqual([3]);
    expect(strings(printer, 'printer-state-reasons')).toEqual(['media-low-warning', 'none']);
    expect(boolean(printer, 'printer-is-accepting-jobs')).toBe(true);
    expect(upperBound(printer, 'copies-supported')).toBe(99);
    expect(strings(printer, 'marker-names')).toEqual(['Schwarz', '青色']);
    expect(strings(printer, 'printer-state')).toEqual([]);
    expect(integers(printer, 'absent')).toEqual([]);
  });

  it('agrees with an independent reader on what our simulator writes', () => {
    expect(ipp.parse(ANSWER)).toMatchObject({
      version: '1.1',
      id: 7,
      statusCode: 'successful-ok',
      'printer-attributes-tag': {
        'printer-state': 'idle',
        'printer-state-reasons': ['media-low-warning', 'none'],
        'printer-is-accepting-jobs': true,
        'copies-supported': [1, 99],
        'marker-names': ['Schwarz', '青色'],
      },
    });
  });

  it('reads what an independent writer writes', () => {
    const request = readIpp(
      ipp.serialize({
        version: '1.1',
        operation: 'Print-Job',
        id: 9,
        'operation-attributes-tag': {
          'attributes-charset': 'utf-8',
          'attributes-natural-language': 'en',
          'job-name': 'bianmin',
        },
        'job-attributes-tag': { copies: 2, media: 'iso_a4_210x297mm' },
      }),
    );
    if (!request.ok) throw new Error(request.error);
    expect(request.value).toMatchObject({ code: 2, requestId: 9 });
    expect(strings(group(request.value, 1), 'job-name')).toEqual(['bianmin']);
    expect(integers(group(request.value, 2), 'copies')).toEqual([2]);
    expect(strings(group(request.value, 2), 'media')).toEqual(['iso_a4_210x297mm']);
  });

  it('steps over collections, also nested ones, and takes text with its language', () => {
    const at = (tag: number, name: string, value: Buffer): Buffer =>
      Buffer.concat([
        Buffer.of(tag, 0, name.length),
        Buffer.from(name),
        Buffer.of(0, value.length),
        value,
      ]);
    const none = Buffer.alloc(0);
    const bytes = Buffer.concat([
      Buffer.from('0101000000000007', 'hex'),
      Buffer.of(0x04),
      at(0x34, 'media-col', none),
      at(0x4a, '', Buffer.from('media-size')),
      at(0x34, '', none),
      at(0x4a, '', Buffer.from('x-dimension')),
      at(0x21, '', Buffer.from('00005208', 'hex')),
      at(0x37, '', none),
      at(0x37, '', none),
      at(0x36, 'printer-name', Buffer.from('\u0000\u0002zh\u0000\u0003A4!')),
      at(0x13, 'job-uuid', none),
      Buffer.of(0x03),
    ]);
    const message = readIpp(bytes);
    if (!message.ok) throw new Error(message.error);
    const attributes = group(message.value, 4);
    expect([...attributes.keys()]).toEqual(['media-col', 'printer-name', 'job-uuid']);
    expect(strings(attributes, 'printer-name')).toEqual(['A4!']);
    expect(strings(attributes, 'job-uuid')).toEqual([]);
  });

  it('takes no part of an answer for the whole', () => {
    const parts = Array.from({ length: ANSWER.length }, (_, n) => readIpp(ANSWER.subarray(0, n)));
    expect(parts.filter((part) => part.ok)).toEqual([]);
  });

  it('any bytes give a message or an error, and never an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        digest(bytes);
        digest(Buffer.concat([Buffer.from('0101000000000007', 'hex'), bytes, Buffer.of(3)]));
      }),
      { numRuns: 2_000 },
    );
  });

  it('neither does an answer with some bytes changed, cut off or put in', () => {
    const damage = fc.record({
      at: fc.nat(ANSWER.length - 1),
      byte: fc.nat(255),
      kind: fc.constantFrom('change', 'cut', 'insert'),
    });
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 6 }), (damages) => {
        let bytes = Buffer.from(ANSWER);
        for (const { at, byte, kind } of damages) {
          const here = Math.min(at, bytes.length);
          if (kind === 'cut') bytes = bytes.subarray(0, here);
          else {
            const rest = bytes.subarray(kind === 'change' ? here + 1 : here);
            bytes = Buffer.concat([bytes.subarray(0, here), Buffer.of(byte), rest]);
          }
        }
        digest(bytes);
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads well-formed attributes of every tag as the bytes that were written', () => {
    const attribute = fc.record({
      name: fc.stringMatching(/^[a-z-]{1,20}$/),
      tag: fc.integer({ min: 0x38, max: 0x49 }),
      text: fc.string({ maxLength: 40 }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(attribute, { selector: ({ name }) => name }), (attributes) => {
        const message = readIpp(
          writeIpp({
            version: [2, 0],
            code: 0,
            requestId: 1,
            groups: [[4, attributes.map(({ name, tag, text }) => [name, tag, text] as const)]],
          }),
        );
        if (!message.ok) throw new Error(message.error);
        const read = group(message.value, 4);
        for (const { name, text } of attributes) {
          expect(read.get(name)?.map(({ bytes }) => bytes.toString('utf8'))).toEqual([text]);
        }
      }),
    );
  });
});
