import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adfFault, deviceStatusOf } from './escl-faults.ts';
import { scanSettings } from './escl-settings.ts';
import {
  capabilitiesXml,
  parseCapabilities,
  parseScanSettings,
  parseStatus,
  parseXml,
  pathOf,
  scanSettingsXml,
  statusXml,
} from './escl-xml.ts';

describe('eSCL XML', () => {
  it('reads what it writes: capabilities, status, settings', () => {
    const input = { resolutionsDpi: [150, 300], colourModes: ['RGB24'], maxWidth: 2550 };
    const caps = {
      version: '2.63',
      model: 'A B',
      inputs: { flatbed: { ...input, maxHeight: 3508 }, feeder: { ...input, maxHeight: 4200 } },
    };
    expect(parseCapabilities(capabilitiesXml(caps))).toEqual(caps);
    const status = {
      state: 'Processing',
      adfState: 'ScannerAdfLoaded',
      jobs: [
        { path: '/eSCL/ScanJobs/1', state: 'Aborted', reasons: ['a', 'b'] },
        { path: '/eSCL/ScanJobs/2', state: 'Processing', reasons: [], ageSeconds: 12 },
      ],
    } as const;
    expect(parseStatus(statusXml(status, '2.63'))).toEqual(status);
    const settings = {
      source: 'feeder',
      resolutionDpi: 200,
      colourMode: 'Grayscale8',
      width: 2480,
      height: 3508,
    } as const;
    expect(parseScanSettings(scanSettingsXml(settings, '2.63'))).toEqual(settings);
  });

  it('reads a device with a resolution range and other prefixes', () => {
    const caps = parseCapabilities(`<?xml version="1.0"?><x:ScannerCapabilities xmlns:x="u">
      <y:Version xmlns:y="v">2.5</y:Version><x:Platen><x:PlatenInputCaps><x:SettingProfiles>
      <x:SettingProfile><x:SupportedResolutions><x:ResolutionRange><x:XResolutionRange>
      <x:Min>75</x:Min><x:Max>600</x:Max></x:XResolutionRange></x:ResolutionRange>
      </x:SupportedResolutions></x:SettingProfile></x:SettingProfiles></x:PlatenInputCaps>
      </x:Platen></x:ScannerCapabilities>`);
    expect(caps?.inputs).toEqual({
      flatbed: { resolutionsDpi: [], rangeDpi: { min: 75, max: 600 }, colourModes: [] },
    });
  });

  it('refuses entities, and is not slowed or broken by deep or hostile documents', () => {
    const laughs = `<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><ScannerStatus><State>&b;</State></ScannerStatus>`;
    expect(parseXml(laughs)).toBeUndefined();
    expect(parseStatus(`${'<a>'.repeat(20_000)}${'</a>'.repeat(20_000)}`)).toBeUndefined();
    expect(parseStatus('<__proto__><State>Idle</State></__proto__>')).toBeUndefined();
    expect(
      parseStatus('<ScannerStatus><constructor>1</constructor></ScannerStatus>'),
    ).toBeUndefined();
  });

  it('never throws, whatever comes', () => {
    const piece = fc.constantFrom(
      '<ScannerStatus>',
      '</ScannerStatus>',
      '<pwg:State>Idle</pwg:State>',
      '<scan:AdfState>',
      '<![CDATA[',
      ']]>',
      '<!--',
      '<?',
      '&#0;',
      '&lt;',
      '<a b="',
      '<Jobs><JobInfo><JobUri>http://[</JobUri></JobInfo></Jobs>',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string())), (pieces) => {
        const xml = pieces.join('');
        parseStatus(xml);
        parseCapabilities(xml);
        parseScanSettings(xml);
      }),
      { numRuns: 500 },
    );
  });

  it('believes only the path of an address', () => {
    const base = 'http://127.0.0.1:80/eSCL/ScanJobs';
    expect(pathOf('http://evil.example/eSCL/ScanJobs/7?x#y', base)).toBe('/eSCL/ScanJobs/7');
    expect(pathOf('/eSCL/ScanJobs/7', base)).toBe('/eSCL/ScanJobs/7');
    expect(pathOf('//evil.example/j', base)).toBe('/j');
    expect(pathOf('http://[', base)).toBeUndefined();
  });
});

describe('eSCL words in the words of the terminal', () => {
  it.each([
    ['ScannerAdfJam', 'scanner.jam'],
    ['ScannerAdfMispick', 'scanner.jam'],
    ['ScannerAdfDoorOpen', 'scanner.coverOpen'],
    ['ScannerAdfHatchOpen', 'scanner.coverOpen'],
    ['ScannerAdfInputTrayFailed', 'scanner.hardware'],
    ['ScannerAdfLoaded', undefined],
    ['ScannerAdfWordOfTomorrow', undefined],
  ])('%s is %s', (adfState, code) => {
    expect(adfFault(adfState)?.code).toBe(code);
  });

  it('takes a stopped scanner for broken and a feeder word it does not know for unknown paper', () => {
    expect(deviceStatusOf({ state: 'Down', jobs: [] })).toMatchObject({
      state: 'hardwareError',
      fault: { code: 'scanner.hardware' },
    });
    expect(deviceStatusOf({ state: 'Idle', adfState: 'New', jobs: [] })).toEqual({
      state: 'online',
      paper: 'unknown',
    });
  });

  it('asks for the next finer resolution there is, else the finest', () => {
    const wish = { source: 'flatbed', resolutionDpi: 200, colour: 'grey', maxPages: 1 } as const;
    const dpi = (resolutionsDpi: readonly number[]) =>
      scanSettings(wish, { resolutionsDpi, colourModes: [] }).resolutionDpi;
    expect([dpi([75, 300, 600]), dpi([75, 100]), dpi([])]).toEqual([300, 100, 200]);
    const range = { min: 300, max: 600 };
    expect(
      scanSettings(wish, { resolutionsDpi: [], rangeDpi: range, colourModes: ['RGB24'] }),
    ).toMatchObject({ resolutionDpi: 300, colourMode: 'RGB24' });
  });
});
