import { describe, expect, it } from 'vitest';
import { MAX_CODE_BYTES } from './contract.ts';
import { DATA_REPORT, HidReportJoiner } from './hid-report.ts';
import { dataReports } from './simulator/hid-scanner-simulator.ts';

/** Gives reports one after the other; `…` is a pause. */
function read(reports: readonly (Uint8Array | '…')[]): readonly string[] {
  const joiner = new HidReportJoiner();
  const assembled = reports.flatMap((report) =>
    report === '…' ? joiner.paused() : joiner.push(report),
  );
  return assembled.map((one) => {
    if (one.type === 'dropped') return `(${one.why})`;
    return `${Buffer.from(one.aimId ?? []).toString('latin1')} ${Buffer.from(one.bytes).toString()}`;
  });
}

const reports = (text: string, aimId = ']Q1', ended = true): readonly Uint8Array[] =>
  dataReports(Buffer.from(text), aimId, ended);

/** A report of a code, spoilt in one place. */
function changed(report: Uint8Array | undefined, at: number, value: number): Uint8Array {
  const spoilt = Uint8Array.from(report ?? []);
  spoilt[at] = value;
  return spoilt;
}

describe('reports of an HID POS scanner', () => {
  it('are read byte by byte: id, length, symbology identifier, data, flags', () => {
    const report = Buffer.alloc(64);
    Buffer.from('02055d51316e756d303103', 'hex').copy(report);
    report[61] = 0x77;
    report[62] = 0xff;
    expect(read([report])).toEqual([']Q1 num01']);
    expect(dataReports(Buffer.from('num01'), ']Q1')[0]?.subarray(0, 10)).toEqual(
      Uint8Array.from(Buffer.from('02055d51316e756d3031', 'hex')),
    );
  });

  it('are joined to one code, of whatever length', () => {
    for (const length of [1, 55, 56, 57, 112, 113, MAX_CODE_BYTES]) {
      const text = 'x'.repeat(length);
      expect(reports(text)).toHaveLength(Math.ceil(length / 56));
      expect(read(reports(text))).toEqual([`]Q1 ${text}`]);
    }
    const chinese = '码'.repeat(40);
    expect(read([...reports(chinese), ...reports('next', ']C0')])).toEqual([
      `]Q1 ${chinese}`,
      ']C0 next',
    ]);
  });

  it('may end with an empty one, or be empty altogether', () => {
    const [empty] = reports('');
    expect(read([...reports('x'.repeat(56), ']Q1', false), empty ?? '…'])).toEqual([
      `]Q1 ${'x'.repeat(56)}`,
    ]);
    expect(read([empty ?? '…', '…', ...reports('a')])).toEqual([']Q1 a']);
  });

  it('of other ids are none of our business, also between two of ours', () => {
    const [first, second] = reports('x'.repeat(60));
    const other = changed(first, 0, 0x01);
    expect(read([other, first ?? '…', other, second ?? '…', new Uint8Array()])).toEqual([
      `]Q1 ${'x'.repeat(60)}`,
    ]);
  });

  it('that claim more data than they have room for spoil their code and no other', () => {
    const [first, second, third] = reports('x'.repeat(150));
    for (const length of [57, 64, 255]) {
      const claims = `(a report that claims ${length} bytes of data)`;
      expect(read([changed(reports('a')[0], DATA_REPORT.length, length), ...reports('b')])).toEqual(
        [claims, ']Q1 b'],
      );
      const spoilt = changed(second, DATA_REPORT.length, length);
      expect(read([first ?? '…', spoilt, third ?? '…', ...reports('b')])).toEqual([
        claims,
        ']Q1 b',
      ]);
    }
  });

  it('of a wrong size spoil what comes up to the end of their code or a pause', () => {
    const [first, second] = reports('x'.repeat(60));
    const short = (second ?? new Uint8Array()).subarray(0, 20);
    const size = '(a report of 20 bytes)';
    expect(read([first ?? '…', short, ...reports('end'), ...reports('b')])).toEqual([
      size,
      ']Q1 b',
    ]);
    expect(read([first ?? '…', short, '…', ...reports('b')])).toEqual([size, ']Q1 b']);
    expect(read([Uint8Array.of(2), '…', ...reports('b')])).toEqual([
      '(a report of 1 bytes)',
      ']Q1 b',
    ]);
  });

  it('without their last one are thrown away after a pause, or with the code that takes its place', () => {
    const begun = reports('x'.repeat(60), ']Q1', false);
    expect(read([...begun, '…', ...reports('b')])).toEqual([
      '(the last report did not come)',
      ']Q1 b',
    ]);
    expect(read([...begun, ...reports('b', ']C0'), ...reports('c')])).toEqual([
      '(reports of two codes in one)',
      ']Q1 c',
    ]);
  });

  it('of a code that is too long are thrown away to its end', () => {
    const tooLong = reports('x'.repeat(MAX_CODE_BYTES + 1));
    expect(read([...tooLong, ...reports('b')])).toEqual([
      `(longer than ${MAX_CODE_BYTES} bytes)`,
      ']Q1 b',
    ]);
    const endless = Array.from({ length: 10_000 }, () => reports('x'.repeat(56), ']Q1', false));
    expect(read([...endless.flat(), '…', ...reports('b')])).toHaveLength(2);
  });
});
