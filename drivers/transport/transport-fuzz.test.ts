import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyText } from '../any-text-test-support.ts';
import { bytesOfReport } from '../terminal-parts/parts-hid.ts';
import { parseUsbId, usbIdText } from './usb-id.ts';
import { usbPortIn } from './usb-port.ts';

describe('any text of the system', () => {
  it('is the ids of a USB device only when it is written back the same', () => {
    const text = fc.oneof(
      anyText(12),
      fc
        .tuple(fc.nat(0x1ffff), fc.nat(0x1ffff))
        .map((ids) => ids.map((one) => one.toString(16).padStart(4, '0')).join(':')),
    );
    fc.assert(
      fc.property(text, (one) => {
        const ids = parseUsbId(one);
        if (ids === undefined) expect(one).not.toMatch(/^[0-9a-f]{4}:[0-9a-f]{4}$/i);
        else expect(usbIdText(ids)).toBe(one.toLowerCase());
      }),
      { numRuns: 300 },
    );
  });

  it('names a socket only when that stands in it', () => {
    const step = fc.oneof(
      fc.constantFrom('usb1', '1-2', '1-2.3:1.0', '1-2:1.0', 'ttyUSB0', '1-2.3:1', '..', '1-:1.0'),
      anyText(8),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), (steps) => {
        const port = usbPortIn(`/${steps.join('/')}`);
        if (port === undefined) return;
        expect(port).toMatch(/^\d+-\d+(\.\d+)*$/);
        expect(steps.join('/')).toContain(`${port}:`);
      }),
      { numRuns: 300 },
    );
  });
});

describe('any report of a board on HID', () => {
  it('gives bytes that stand in it, and no more than it has', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (report) => {
        const bytes = bytesOfReport(report);
        expect(bytes.length).toBeLessThanOrEqual(report.length);
        expect(Buffer.from(report).includes(Buffer.from(bytes))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
