import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { group, IPP_TAG, readIpp, type IppAttributes } from './ipp-reader.ts';
import { deviceStatusOf, factsOf } from './ipp-status.ts';
import { suppliesOf } from './ipp-supplies.ts';
import { writeIpp, type IppAttribute } from './simulator/ipp-writer.ts';

const IDLE = 3;
const PROCESSING = 4;
const STOPPED = 5;

function attributes(...all: readonly IppAttribute[]): IppAttributes {
  const groups = [[IPP_TAG.printer, all]] as const;
  const message = readIpp(writeIpp({ version: [1, 1], code: 0, requestId: 1, groups }));
  if (!message.ok) throw new Error(message.error);
  return group(message.value, IPP_TAG.printer);
}

function status(state: number, ...reasons: readonly string[]) {
  return deviceStatusOf(
    attributes(
      ['printer-state', IPP_TAG.enum, state],
      ['printer-state-reasons', IPP_TAG.keyword, ...reasons],
      ['media-ready', IPP_TAG.keyword, 'iso_a4_210x297mm'],
    ),
  );
}

describe('what a printer says of itself', () => {
  it.each([
    [IDLE, ['none'], 'online', 'full', undefined],
    [PROCESSING, ['none'], 'deviceBusy', 'full', undefined],
    [IDLE, ['media-low-warning'], 'online', 'low', undefined],
    [IDLE, ['media-low-report'], 'online', 'low', undefined],
    [IDLE, ['marker-supply-low-warning'], 'online', 'full', undefined],
    // One tray of several; the printer itself goes on.
    [IDLE, ['media-empty-warning'], 'online', 'low', undefined],
    [STOPPED, ['media-empty-warning'], 'userError', 'out', 'printer.paperOut'],
    [STOPPED, ['media-empty-error'], 'userError', 'out', 'printer.paperOut'],
    [PROCESSING, ['media-needed'], 'userError', 'out', 'printer.paperOut'],
    [STOPPED, ['input-tray-missing'], 'userError', 'out', 'printer.paperOut'],
    [PROCESSING, ['media-jam-warning'], 'deviceBusy', 'jammed', undefined],
    [STOPPED, ['media-jam-error'], 'userError', 'jammed', 'printer.jam'],
    [STOPPED, ['media-empty', 'media-jam'], 'userError', 'jammed', 'printer.jam'],
    [IDLE, ['door-open-error'], 'userError', 'full', 'printer.coverOpen'],
    [IDLE, ['cover-open'], 'userError', 'full', 'printer.coverOpen'],
    [IDLE, ['interlock-open-error'], 'userError', 'full', 'printer.coverOpen'],
    [IDLE, ['output-area-full-error'], 'userError', 'full', 'printer.jam'],
    [IDLE, ['marker-supply-empty-error'], 'hardwareError', 'full', 'printer.hardware'],
    [IDLE, ['toner-empty'], 'hardwareError', 'full', 'printer.hardware'],
    [IDLE, ['marker-supply-empty-warning'], 'online', 'full', undefined],
    [IDLE, ['spool-area-full-error'], 'hardwareError', 'full', 'printer.hardware'],
    [IDLE, ['offline-report'], 'offline', 'full', 'device.offline'],
    [PROCESSING, ['connecting-to-device'], 'deviceBusy', 'full', undefined],
    [IDLE, ['shutdown'], 'powerOff', 'full', 'device.offline'],
    [STOPPED, ['paused'], 'hardwareError', 'full', 'device.misconfigured'],
    [STOPPED, ['none'], 'hardwareError', 'full', 'printer.hardware'],
    [IDLE, ['x-vendor-thing-error'], 'hardwareError', 'full', 'printer.hardware'],
    [IDLE, ['x-vendor-thing', 'power-save'], 'online', 'full', undefined],
    [IDLE, ['door-open-report'], 'online', 'full', undefined],
  ] as const)('%i %j is %s, paper %s, %s', (state, reasons, device, paper, code) => {
    const told = status(state, ...reasons);
    expect([told.state, told.paper, told.fault?.code]).toEqual([device, paper, code]);
    const word = reasons.find((one) => one === told.fault?.vendorCode);
    if (code !== undefined) expect(word, 'the printer’s own word').toBeDefined();
  });

  it('does not know what it was not told', () => {
    expect(deviceStatusOf(attributes())).toMatchObject({ state: 'unknown', paper: 'unknown' });
    const idle = attributes(['printer-state', IPP_TAG.enum, IDLE]);
    expect(deviceStatusOf(idle)).toEqual({ state: 'online', paper: 'unknown' });
    const closed = attributes(
      ['printer-state', IPP_TAG.enum, IDLE],
      ['printer-is-accepting-jobs', IPP_TAG.boolean, false],
    );
    expect(deviceStatusOf(closed).fault?.code).toBe('device.misconfigured');
  });

  it('any words at all give a status', () => {
    const word = fc.oneof(
      fc.string({ maxLength: 80 }),
      fc.stringMatching(/^[a-z]{1,8}(-[a-z]{1,8}){0,3}-(error|warning|report)$/),
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9 }), fc.array(word), (state, words) => {
        const told = status(state, ...words);
        expect(told.fault?.vendorCode?.length ?? 0).toBeLessThanOrEqual(60);
      }),
    );
  });

  it('knows toner, ink and waste by the words of CUPS', () => {
    const told = suppliesOf(
      attributes(
        ['marker-names', IPP_TAG.name, 'Black', 'Cyan', 'Waste', 'Drum'],
        ['marker-types', IPP_TAG.keyword, 'toner-cartridge', 'ink', 'waste-toner', 'opc'],
        ['marker-levels', IPP_TAG.integer, 0, 15, 97, -3],
        ['marker-low-levels', IPP_TAG.integer, 5, 20, 0, 5],
        ['marker-high-levels', IPP_TAG.integer, 100, 100, 95, 100],
      ),
    );
    expect(told).toEqual([
      { kind: 'toner', name: 'Black', level: 0, state: 'empty' },
      { kind: 'ink', name: 'Cyan', level: 15, state: 'low' },
      { kind: 'waste', name: 'Waste', level: 97, state: 'low' },
      { kind: 'other', name: 'Drum', level: 'unknown', state: 'ok' },
    ]);
  });

  it('knows trays and toner by the words of PWG 5100.13', () => {
    const told = suppliesOf(
      attributes(
        ['printer-input-tray', IPP_TAG.octets, 'maxcapacity=250;level=25;name=main', 'level=-2'],
        ['printer-supply', IPP_TAG.octets, 'type=toner;unit=percent;level=75;', 'type=wasteToner'],
        ['printer-supply-description', IPP_TAG.text, 'Black Toner'],
      ),
    );
    expect(told).toEqual([
      { kind: 'paper', name: 'main', level: 10, state: 'low' },
      { kind: 'paper', name: 'tray', level: 'unknown', state: 'unknown' },
      { kind: 'toner', name: 'Black Toner', level: 75, state: 'ok' },
      { kind: 'waste', name: 'waste', level: 'unknown', state: 'unknown' },
    ]);
  });

  it('takes colour from either word for it', () => {
    expect(factsOf(attributes(['color-supported', IPP_TAG.boolean, true])).colour).toBe(true);
    const modes = ['print-color-mode-supported', IPP_TAG.keyword, 'monochrome', 'color'] as const;
    expect(factsOf(attributes(modes)).colour).toBe(true);
    expect(factsOf(attributes()).colour).toBe(false);
  });
});
