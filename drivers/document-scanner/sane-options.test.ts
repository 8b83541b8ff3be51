import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyText } from '../any-text-test-support.ts';
import type { ScanRequest } from './contract.ts';
import { failureInLine, failureOfExit, saneFault } from './sane-faults.ts';
import {
  isDeviceOption,
  parseCapabilities,
  parseDeviceList,
  settingsArguments,
} from './sane-options.ts';
import { AIRSCAN_OPTIONS } from './simulator/simulated-scanimage.ts';

const A4_GREY: ScanRequest = {
  source: 'feeder',
  resolutionDpi: 200,
  colour: 'grey',
  maxPages: 1,
};

function told(...lines: readonly string[]): string {
  return ["All options specific to device `x:1':", ...lines.map((line) => `    ${line}`)].join(
    '\n',
  );
}

function argumentsFor(text: string, wish: Partial<ScanRequest> = {}): readonly string[] {
  const found = parseCapabilities(text);
  if (!found) throw new Error('no options');
  return settingsArguments({ ...A4_GREY, ...wish }, found);
}

describe('what scanimage -A tells', () => {
  it('of sane-airscan: sources, modes, resolutions, size', () => {
    expect(parseCapabilities(AIRSCAN_OPTIONS)?.sources).toEqual({
      flatbed: 'Flatbed',
      feeder: 'ADF',
    });
    expect(argumentsFor(AIRSCAN_OPTIONS, { resolutionDpi: 150, colour: 'colour' })).toEqual([
      ...['--source=ADF', '--mode=Color', '--resolution=150', '-x210', '-y297'],
    ]);
    // Inactive options cannot be set.
    expect(parseCapabilities(AIRSCAN_OPTIONS)?.options.has('adf-justification-x')).toBe(false);
  });

  it('of Brother: brackets within names, a table for the glass', () => {
    const brother = told(
      '--mode Black & White|Gray[Error Diffusion]|True Gray|24bit Color|24bit Color[Fast] [24bit Color[Fast]]',
      '--resolution 100|150|300|600dpi [200]',
      '--source FlatBed|Automatic Document Feeder(left aligned)|Automatic Document Feeder(left aligned,Duplex) [FlatBed]',
      '-x 0..211.9mm (in steps of 0.0999908) [211.881]',
    );
    expect(argumentsFor(brother)).toEqual([
      '--source=Automatic Document Feeder(left aligned)',
      ...['--mode=True Gray', '--resolution=300', '-x210'],
    ]);
    expect(argumentsFor(brother, { colour: 'colour' })).toContain('--mode=24bit Color');
  });

  it('of Fujitsu: one side of the feeder, and how long the paper is', () => {
    const fujitsu = told(
      '--source ADF Front|ADF Back|ADF Duplex [ADF Front]',
      '--mode Lineart|Halftone|Gray|Color [Lineart]',
      '--resolution 50..600dpi (in steps of 1) [600]',
      '--page-width 0..221.121mm (in steps of 0.0211639) [215.872] [advanced]',
      '--page-height 0..876.695mm (in steps of 0.0211639) [279.364] [advanced]',
    );
    expect(argumentsFor(fujitsu)).toEqual([
      ...['--source=ADF Front', '--mode=Gray', '--resolution=200'],
      ...['--page-width=210', '--page-height=297'],
    ]);
    expect(parseCapabilities(fujitsu)?.sources.flatbed).toBeUndefined();
  });

  it('of a plain flatbed, which has no choice of source', () => {
    const plain = told('--resolution auto||75|150|600dpi [75]', '--depth 8|16 [16]');
    expect(parseCapabilities(plain)?.sources).toEqual({ flatbed: null });
    expect(argumentsFor(plain, { source: 'flatbed' })).toEqual(['--depth=8', '--resolution=600']);
  });

  it('is nothing when it is no list of options', () => {
    expect(parseCapabilities('<html>')).toBeUndefined();
  });
});

describe('hostile words', () => {
  const word = anyText(40);
  const line = fc
    .tuple(fc.constantFrom('    --', '    -', '        ', ''), word)
    .map((t) => t.join(''));
  const option = fc
    .tuple(
      fc.constantFrom('source', 'mode', 'resolution', 'x', 'y', 'page-height', 'cover-open'),
      fc.array(
        fc.constantFrom(
          ' ',
          '|',
          '[',
          ']',
          '[=(',
          '(',
          ')',
          '.',
          '..',
          '-',
          '0',
          '7',
          '150',
          'dpi',
          'mm',
          'ADF',
          'Gray',
          'inactive',
        ),
        { maxLength: 30 },
      ),
    )
    .map(([name, rest]) => `    --${name} ${rest.join('')}`);

  it('never make the parsers throw, loop or send something that is no setting', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(line, option), { maxLength: 30 }), (lines) => {
        const found = parseCapabilities(["options specific to device `x'", ...lines].join('\n'));
        for (const source of ['flatbed', 'feeder'] as const) {
          for (const one of settingsArguments({ ...A4_GREY, source }, found!)) {
            expect(one).toMatch(
              /^(--(source|mode|depth|resolution|page-width|page-height)=|-[xy])/,
            );
            expect(one).not.toContain('NaN');
          }
        }
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.array(word), (lines) => {
        for (const device of parseDeviceList(lines.join('\n'))) {
          expect(device.name).not.toBe('');
        }
        for (const one of lines) failureInLine(one);
      }),
    );
  });
});

describe('devices and faults by name', () => {
  it('reads a list of devices, whatever a backend prints in between', () => {
    const list = 'test:0\tNoname\tfrontend-tester\tvirtual device\n[hpaio] warming up\n\n';
    expect(parseDeviceList(list)).toEqual([
      { name: 'test:0', vendor: 'Noname', model: 'frontend-tester', type: 'virtual device' },
    ]);
  });

  it.each([
    ['scanimage: sane_start: Document feeder jammed', 'scanner.jam'],
    ['scanimage: sane_read: Document feeder out of documents', 'scanner.noPaper'],
    ['scanimage: sane_start: Scanner cover is open', 'scanner.coverOpen'],
    ['scanimage: sane_start: Device busy', 'device.busy'],
    ['scanimage: sane_read: Error during device I/O', 'scanner.hardware'],
    ['scanimage: sane_start: Invalid argument', 'device.misconfigured'],
    ['scanimage: open of device net:a:b failed: Invalid argument', 'device.offline'],
    ['scanimage: open of device x:1 failed: Error during device I/O', 'device.offline'],
    [
      'scanimage: open of device x:1 failed: Access to resource has been denied',
      'device.misconfigured',
    ],
  ] as const)('%s: %s', (line, code) => {
    expect(saneFault(failureInLine(line)!).code).toBe(code);
  });

  it('reads the exit code where there are no words', () => {
    const of = (code: number) => failureOfExit({ code, signal: null })?.status;
    expect([0, 3, 6, 7, 8, 9, 11, 99].map(of)).toEqual([
      ...[undefined, 'DEVICE_BUSY', 'JAMMED', 'NO_DOCS', 'COVER_OPEN', 'IO_ERROR'],
      ...['ACCESS_DENIED', undefined],
    ]);
  });

  it('knows the beginnings of scanimage’s own options for what they are', () => {
    expect(['output-f', 'forma', 'bat', 'source', 'swcrop'].map(isDeviceOption)).toEqual([
      ...[false, false, false, true, true],
    ]);
  });
});
