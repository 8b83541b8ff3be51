import { describe, expect, it } from 'vitest';
import { DEFAULT_DEVICES } from './devices.ts';
import { parseConfig } from './load.ts';

const transport = { type: 'serial', path: '/dev/ttyUSB0', baud: 9600 };

function withRelays(relays: object) {
  return parseConfig('devices', {
    ...DEFAULT_DEVICES,
    devices: {
      ...DEFAULT_DEVICES.devices,
      terminalParts: { driver: 'lcusRelays', transport, ...relays },
    },
  });
}

describe('a relay board in the devices configuration', () => {
  it('answers nothing unless the technician says so', () => {
    expect(withRelays({ lamps: { scanner: 2, keypad: 8 } })).toMatchObject({
      ok: true,
      value: { devices: { terminalParts: { answers: false, lamps: { scanner: 2, keypad: 8 } } } },
    });
  });

  it.each([
    ['no lamp', {}, '$.devices.terminalParts.lamps'],
    ['one relay for two lamps', { scanner: 2, keypad: 2 }, '$.devices.terminalParts.lamps'],
    ['a ninth relay', { scanner: 9 }, '$.devices.terminalParts.lamps.scanner'],
    ['a lamp nobody knows', { scanner: 1, toilet: 2 }, '$.devices.terminalParts.lamps.toilet'],
  ])('is refused with %s, at its place', (_what, lamps, path) => {
    const parsed = withRelays({ lamps });
    expect(parsed.ok ? [] : parsed.error.map((problem) => problem.path)).toEqual([path]);
  });

  it('says what is wanted of lamps', () => {
    const parsed = withRelays({ lamps: {} });
    expect(parsed.ok ? [] : parsed.error[0]?.remedy).toMatchObject({
      zh: expect.stringContaining('不同的继电器') as string,
      en: expect.stringContaining('a relay of its own') as string,
    });
  });
});
