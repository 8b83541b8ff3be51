import { describe, expect, it } from 'vitest';
import type { DeviceView, TerminalView } from '../main/contract/shapes.ts';
import { canScanCodes, receiptHere } from './devices.ts';

const SILENT = { code: 'device.timeout', cause: 'hardware', remedy: 'reset' } as const;

describe('the receipt, before there is one', () => {
  it.each<[string, DeviceView, string]>([
    ['paper', { state: 'online', paper: 'full' }, 'printed'],
    ['little paper', { state: 'online', paper: 'low' }, 'printed'],
    ['something else to do', { state: 'deviceBusy', paper: 'full' }, 'printed'],
    ['no paper', { state: 'userError', paper: 'out' }, 'screen'],
    ['paper that is stuck', { state: 'userError', paper: 'jammed' }, 'screen'],
    ['no word for its paper', { state: 'online', paper: 'unknown' }, 'tried'],
    ['no word for anything', { state: 'unknown', paper: 'unknown' }, 'tried'],
    ['fallen silent', { state: 'unknown', paper: 'unknown', fault: SILENT }, 'screen'],
    ['no line', { state: 'offline', paper: 'unknown' }, 'screen'],
  ])('of a printer that has %s', (_what, printer, is) => {
    expect(receiptHere(printer)).toBe(is);
  });
});

describe('holding a receipt before the code scanner', () => {
  const here = (codeScanner: DeviceView, keyboardScanner = false): boolean =>
    canScanCodes({ devices: { codeScanner }, keyboardScanner } as unknown as TerminalView);

  it.each<[string, DeviceView, boolean]>([
    ['has read', { state: 'online' }, true],
    ['cannot be asked and has read nothing yet', { state: 'unknown' }, true],
    ['is on a line that is never quiet', { state: 'unknown', fault: SILENT }, false],
    ['is not there', { state: 'offline' }, false],
    ['is just being opened', { state: 'starting' }, false],
  ])('is offered or not where the scanner %s', (_what, scanner, offered) => {
    expect(here(scanner)).toBe(offered);
    expect(here(scanner, true)).toBe(true);
  });
});
