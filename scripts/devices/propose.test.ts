import { describe, expect, it } from 'vitest';
import type { Proposal } from '../../drivers/detection/contract.ts';
import { DEFAULT_DEVICES, demoDevices, type DevicesConfig } from '../../kiosk-config/index.ts';
import { proposeLayer } from './propose.ts';

const evidence = { zh: '', en: '' };
const reader: Proposal = {
  class: 'idCard',
  protocol: 'sdt',
  transport: { type: 'serial', path: '/dev/ttyUSB0', baud: 115_200 },
  confidence: 'certain',
  evidence,
};
const printer: Proposal = {
  class: 'receiptPrinter',
  protocol: 'escpos',
  transport: { type: 'tcp', host: '10.0.0.5', port: 9_100 },
  confidence: 'likely',
  evidence,
};
const scanner: Proposal = {
  class: 'documentScanner',
  protocol: 'escl',
  transport: { type: 'url', url: 'http://10.0.0.7/eSCL' },
  confidence: 'certain',
  evidence,
};

function layerOf(current: DevicesConfig, found: readonly Proposal[]) {
  const proposed = proposeLayer(current, found);
  if (!proposed.ok) throw new Error(JSON.stringify(proposed.error));
  return proposed.value;
}

describe('a proposed devices layer', () => {
  it('has a scanner of codes and a PC/SC reader by the names that tell them from others', () => {
    const ids = { vendorId: '0c2e', productId: '0b61', serialNumber: 'S1' };
    const codes: Proposal = {
      class: 'codeScanner',
      protocol: 'hidPos',
      transport: { type: 'hid', ...ids, port: '1-2' },
      confidence: 'certain',
      evidence,
    };
    const cards: Proposal = {
      class: 'securityCard',
      protocol: 'pcsc',
      transport: { type: 'pcsc', reader: 'ACS ACR39U 00 00' },
      confidence: 'likely',
      evidence,
    };
    expect(layerOf(DEFAULT_DEVICES, [codes, cards]).layer.devices).toMatchObject({
      codeScanner: { driver: 'hidPos', ...ids },
      securityCard: { driver: 'pcsc', reader: 'ACS ACR39U 00 00' },
    });
  });

  it('has an A4 printer, a board and a scanner on a serial port, and no scanner that is only possible', () => {
    const a4: Proposal = {
      class: 'documentPrinter',
      protocol: 'ipp',
      transport: { type: 'url', url: 'ipp://10.0.0.8:631/ipp/print' },
      confidence: 'certain',
      evidence,
    };
    const board: Proposal = {
      class: 'terminalParts',
      protocol: 'partsLine',
      transport: { type: 'hid', vendorId: '1209', productId: '0001' },
      confidence: 'certain',
      evidence,
    };
    const codes: Proposal = {
      class: 'codeScanner',
      protocol: 'serialCodes',
      transport: { type: 'serial', path: '/dev/ttyACM0', baud: 9_600 },
      confidence: 'likely',
      evidence,
    };
    expect(layerOf(DEFAULT_DEVICES, [a4, board, codes]).layer.devices).toMatchObject({
      documentPrinter: { driver: 'ipp', url: 'ipp://10.0.0.8:631/ipp/print' },
      terminalParts: { driver: 'partsLine', transport: board.transport },
      codeScanner: { driver: 'serialCodes', transport: codes.transport, suffix: 'newline' },
    });
    const guess: Proposal = { ...codes, confidence: 'possible' };
    expect(layerOf(DEFAULT_DEVICES, [guess]).layer.devices.codeScanner).toBeNull();
  });

  it('has readers and printers on USB by their ids', () => {
    const ids = { vendorId: '0400', productId: 'c35a', port: '1-2.3' };
    const hid: Proposal = { ...reader, transport: { type: 'hid', ...ids } };
    const file: Proposal = { ...printer, transport: { type: 'usbPrinter', path: '/dev/usb/lp0' } };
    expect(layerOf(DEFAULT_DEVICES, [hid, file]).layer.devices).toMatchObject({
      idCard: { driver: 'sdt', transport: { type: 'hid', ...ids } },
      receiptPrinter: { transport: { type: 'usbPrinter', path: '/dev/usb/lp0' } },
    });
  });

  it('has what was found in the places that were empty, and passes the schema', () => {
    const { layer } = layerOf(DEFAULT_DEVICES, [reader, printer, scanner]);
    expect(layer.version).toBe(DEFAULT_DEVICES.version + 1);
    expect(layer.devices).toMatchObject({
      idCard: { driver: 'sdt', transport: reader.transport },
      receiptPrinter: { driver: 'escpos', profile: 'generic80', transport: printer.transport },
      documentScanner: { driver: 'escl', url: 'http://10.0.0.7/eSCL' },
    });
  });

  it('leaves what is set up as it is, and says so', () => {
    const current = demoDevices({ idCardPort: 5_000 });
    const { layer, notes } = layerOf(current, [reader, scanner]);
    expect(layer.devices.idCard).toEqual(current.devices.idCard);
    expect(layer.devices.documentScanner).not.toBeNull();
    expect(notes.map(({ en }) => en)).toContain('ID card reader: set up already, left as it is');
  });

  it('takes the surest of two, names the other, and never takes what is only possible or unknown', () => {
    const other: Proposal = {
      ...reader,
      transport: { type: 'serial', path: 'COM9', baud: 9_600 },
      confidence: 'likely',
    };
    const { layer, notes } = layerOf(DEFAULT_DEVICES, [
      other,
      reader,
      { ...printer, confidence: 'possible' },
      { ...scanner, class: 'unknown', protocol: 'unknown', confidence: 'possible' },
    ]);
    expect(layer.devices.idCard?.transport).toEqual(reader.transport);
    expect(layer.devices.receiptPrinter).toBeNull();
    expect(layer.devices.documentScanner).toBeNull();
    expect(notes.map(({ en }) => en)).toEqual(['ID card reader: another one is at COM9 @ 9600']);
  });
});
