import { XMLParser } from 'fast-xml-parser';
import type { ScanSource } from './contract.ts';

/** What one input of a scanner can do. */
export interface EsclInputCaps {
  /** Resolutions offered, in dpi, ascending; empty when the device gave only a range or nothing. */
  readonly resolutionsDpi: readonly number[];
  /** Whole range in dpi, of devices that take any value between. */
  readonly rangeDpi?: { readonly min: number; readonly max: number };
  /** eSCL colour modes: `RGB24`, `Grayscale8`, `BlackAndWhite1`. */
  readonly colourModes: readonly string[];
  /** Largest region, in 1/300 inch. */
  readonly maxWidth?: number;
  readonly maxHeight?: number;
}

/** A scanner's own description (GET ScannerCapabilities). */
export interface EsclCapabilities {
  readonly version: string;
  readonly model: string;
  readonly serialNumber?: string;
  readonly inputs: Partial<Readonly<Record<ScanSource, EsclInputCaps>>>;
}

/** State of one job as ScannerStatus lists it. */
export interface EsclJobInfo {
  /** Path of the job, without host. */
  readonly path: string;
  readonly state: string;
  readonly reasons: readonly string[];
  /** Seconds since it was made, of devices that tell it. */
  readonly ageSeconds?: number;
}

/** Answer to GET ScannerStatus. */
export interface EsclStatus {
  readonly state: 'Idle' | 'Processing' | 'Testing' | 'Stopped' | 'Down';
  /** For example `ScannerAdfLoaded`; absent on devices without a feeder. */
  readonly adfState?: string;
  readonly jobs: readonly EsclJobInfo[];
}

/** What a job is asked for. */
export interface EsclScanSettings {
  readonly source: ScanSource;
  readonly resolutionDpi: number;
  readonly colourMode: 'RGB24' | 'Grayscale8';
  /** Region in 1/300 inch; A4 is 2480 x 3508. */
  readonly width: number;
  readonly height: number;
}

const NAMESPACES =
  'xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03" xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm"';

/** Parses XML of a stranger into plain objects; undefined when it is not XML we take. Never throws. */
export function parseXml(text: string): unknown {
  // No answer of eSCL has a DOCTYPE; who sends one wants entities expanded.
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) return undefined;
  try {
    return new XMLParser({
      removeNSPrefix: true,
      ignoreAttributes: true,
      processEntities: false,
      parseTagValue: false,
      trimValues: true,
      ignoreDeclaration: true,
    }).parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The node or nodes under a path of element names, however often each comes. */
function all(node: unknown, ...path: readonly string[]): unknown[] {
  let nodes: unknown[] = [node];
  for (const name of path) {
    nodes = nodes.flatMap((one) => {
      if (typeof one !== 'object' || one === null || !Object.hasOwn(one, name)) return [];
      const found = (one as Readonly<Record<string, unknown>>)[name];
      return Array.isArray(found) ? (found as unknown[]) : [found];
    });
  }
  return nodes;
}

function texts(node: unknown, ...path: readonly string[]): string[] {
  return all(node, ...path).filter((one): one is string => typeof one === 'string' && one !== '');
}

function text(node: unknown, ...path: readonly string[]): string | undefined {
  return texts(node, ...path)[0];
}

function numbers(node: unknown, ...path: readonly string[]): number[] {
  return texts(node, ...path)
    .filter((one) => /^\d{1,6}$/.test(one))
    .map(Number);
}

function inputCaps(node: unknown): EsclInputCaps {
  const profile = ['SettingProfiles', 'SettingProfile'] as const;
  const resolutions = [...profile, 'SupportedResolutions'] as const;
  const range = [...resolutions, 'ResolutionRange', 'XResolutionRange'] as const;
  const min = numbers(node, ...range, 'Min')[0];
  const max = numbers(node, ...range, 'Max')[0];
  const maxWidth = numbers(node, 'MaxWidth')[0];
  const maxHeight = numbers(node, 'MaxHeight')[0];
  const discrete = numbers(
    node,
    ...resolutions,
    'DiscreteResolutions',
    'DiscreteResolution',
    'XResolution',
  );
  return {
    resolutionsDpi: [...new Set(discrete)].filter((dpi) => dpi > 0).sort((a, b) => a - b),
    ...(min !== undefined && max !== undefined && min <= max ? { rangeDpi: { min, max } } : {}),
    colourModes: texts(node, ...profile, 'ColorModes', 'ColorMode'),
    ...(maxWidth ? { maxWidth } : {}),
    ...(maxHeight ? { maxHeight } : {}),
  };
}

/** Reads ScannerCapabilities; undefined when the text is no such document. Never throws. */
export function parseCapabilities(xml: string): EsclCapabilities | undefined {
  const root = all(parseXml(xml), 'ScannerCapabilities')[0];
  if (root === undefined) return undefined;
  const serialNumber = text(root, 'SerialNumber');
  const platen = all(root, 'Platen', 'PlatenInputCaps')[0];
  // Some devices speak of their feeder only in its duplex part.
  const feeder = [
    ...all(root, 'Adf', 'AdfSimplexInputCaps'),
    ...all(root, 'Adf', 'AdfDuplexInputCaps'),
  ][0];
  return {
    version: text(root, 'Version') ?? '2.0',
    model: text(root, 'MakeAndModel') ?? '',
    ...(serialNumber === undefined ? {} : { serialNumber }),
    inputs: {
      ...(platen === undefined ? {} : { flatbed: inputCaps(platen) }),
      ...(feeder === undefined ? {} : { feeder: inputCaps(feeder) }),
    },
  };
}

/** The path of an address that may be absolute, relative or foreign; its host is never believed. */
export function pathOf(address: string, base: string): string | undefined {
  try {
    return new URL(address, base).pathname;
  } catch {
    return undefined;
  }
}

/** Reads ScannerStatus; undefined when the text is no such document. Never throws. */
export function parseStatus(xml: string): EsclStatus | undefined {
  const root = all(parseXml(xml), 'ScannerStatus')[0];
  const state = text(root, 'State');
  const known = (['Idle', 'Processing', 'Testing', 'Stopped', 'Down'] as const).find(
    (one) => one === state,
  );
  if (known === undefined) return undefined;
  const adfState = text(root, 'AdfState');
  const jobs = all(root, 'Jobs', 'JobInfo').map((job) => {
    const age = text(job, 'Age') ?? '';
    return {
      path: pathOf(text(job, 'JobUri') ?? '/', 'http://scanner.invalid/') ?? '/',
      state: text(job, 'JobState') ?? '',
      reasons: texts(job, 'JobStateReasons', 'JobStateReason'),
      ...(/^\d+$/.test(age) ? { ageSeconds: Number(age) } : {}),
    };
  });
  return { state: known, ...(adfState === undefined ? {} : { adfState }), jobs };
}

/** The body of POST ScanJobs. */
export function scanSettingsXml(settings: EsclScanSettings, version: string): string {
  const safeVersion = /^\d+(\.\d+)?$/.test(version) ? version : '2.0';
  return `<?xml version="1.0" encoding="UTF-8"?>
<scan:ScanSettings ${NAMESPACES}>
  <pwg:Version>${safeVersion}</pwg:Version>
  <scan:Intent>Document</scan:Intent>
  <pwg:ScanRegions>
    <pwg:ScanRegion>
      <pwg:ContentRegionUnits>escl:ThreeHundredthsOfInches</pwg:ContentRegionUnits>
      <pwg:XOffset>0</pwg:XOffset>
      <pwg:YOffset>0</pwg:YOffset>
      <pwg:Width>${settings.width}</pwg:Width>
      <pwg:Height>${settings.height}</pwg:Height>
    </pwg:ScanRegion>
  </pwg:ScanRegions>
  <pwg:InputSource>${settings.source === 'flatbed' ? 'Platen' : 'Feeder'}</pwg:InputSource>
  <scan:ColorMode>${settings.colourMode}</scan:ColorMode>
  <pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat>
  <scan:DocumentFormatExt>image/jpeg</scan:DocumentFormatExt>
  <scan:XResolution>${settings.resolutionDpi}</scan:XResolution>
  <scan:YResolution>${settings.resolutionDpi}</scan:YResolution>
</scan:ScanSettings>
`;
}

/** Reads the body of POST ScanJobs, as a scanner does; undefined when it is none. Never throws. */
export function parseScanSettings(xml: string): EsclScanSettings | undefined {
  const root = all(parseXml(xml), 'ScanSettings')[0];
  if (root === undefined) return undefined;
  const source = text(root, 'InputSource') ?? 'Platen';
  const colour = text(root, 'ColorMode') ?? 'RGB24';
  const format = text(root, 'DocumentFormatExt') ?? text(root, 'DocumentFormat') ?? 'image/jpeg';
  const region = ['ScanRegions', 'ScanRegion'] as const;
  const dpi = numbers(root, 'XResolution')[0] ?? 300;
  const colourMode = (['RGB24', 'Grayscale8'] as const).find((one) => one === colour);
  if (source !== 'Platen' && source !== 'Feeder') return undefined;
  if (colourMode === undefined || format !== 'image/jpeg') return undefined;
  return {
    source: source === 'Platen' ? 'flatbed' : 'feeder',
    resolutionDpi: dpi,
    colourMode,
    width: numbers(root, ...region, 'Width')[0] ?? 2480,
    height: numbers(root, ...region, 'Height')[0] ?? 3508,
  };
}

function escapeXml(value: string): string {
  return value.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

function inputXml(name: string, caps: EsclInputCaps): string {
  const resolutions = caps.resolutionsDpi
    .map(
      (dpi) =>
        `<scan:DiscreteResolution><scan:XResolution>${dpi}</scan:XResolution><scan:YResolution>${dpi}</scan:YResolution></scan:DiscreteResolution>`,
    )
    .join('');
  const colours = caps.colourModes
    .map((mode) => `<scan:ColorMode>${escapeXml(mode)}</scan:ColorMode>`)
    .join('');
  return `<scan:${name}>
<scan:MinWidth>16</scan:MinWidth><scan:MaxWidth>${caps.maxWidth ?? 2550}</scan:MaxWidth>
<scan:MinHeight>16</scan:MinHeight><scan:MaxHeight>${caps.maxHeight ?? 3508}</scan:MaxHeight>
<scan:MaxScanRegions>1</scan:MaxScanRegions>
<scan:SettingProfiles><scan:SettingProfile>
<scan:ColorModes>${colours}</scan:ColorModes>
<scan:DocumentFormats><pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat><scan:DocumentFormatExt>image/jpeg</scan:DocumentFormatExt></scan:DocumentFormats>
<scan:SupportedResolutions><scan:DiscreteResolutions>${resolutions}</scan:DiscreteResolutions></scan:SupportedResolutions>
</scan:SettingProfile></scan:SettingProfiles>
<scan:SupportedIntents><scan:Intent>Document</scan:Intent></scan:SupportedIntents>
<scan:MaxOpticalXResolution>300</scan:MaxOpticalXResolution>
</scan:${name}>`;
}

/** A scanner's description as it sends it. */
export function capabilitiesXml(caps: EsclCapabilities): string {
  const { flatbed, feeder } = caps.inputs;
  return `<?xml version="1.0" encoding="UTF-8"?>
<scan:ScannerCapabilities ${NAMESPACES}>
<pwg:Version>${escapeXml(caps.version)}</pwg:Version>
<pwg:MakeAndModel>${escapeXml(caps.model)}</pwg:MakeAndModel>
<scan:UUID>6f1d1b1e-0000-4000-8000-000000500199</scan:UUID>
${flatbed ? `<scan:Platen>${inputXml('PlatenInputCaps', flatbed)}</scan:Platen>` : ''}
${feeder ? `<scan:Adf>${inputXml('AdfSimplexInputCaps', feeder)}<scan:FeederCapacity>50</scan:FeederCapacity><scan:AdfOptions><scan:AdfOption>DetectPaperLoaded</scan:AdfOption></scan:AdfOptions></scan:Adf>` : ''}
</scan:ScannerCapabilities>
`;
}

/** A scanner's state as it sends it. */
export function statusXml(status: EsclStatus, version: string): string {
  const jobs = status.jobs
    .map(
      (job) =>
        `<scan:JobInfo><pwg:JobUri>${escapeXml(job.path)}</pwg:JobUri>${job.ageSeconds === undefined ? '' : `<scan:Age>${job.ageSeconds}</scan:Age>`}<pwg:JobState>${escapeXml(job.state)}</pwg:JobState><pwg:JobStateReasons>${job.reasons
          .map((reason) => `<pwg:JobStateReason>${escapeXml(reason)}</pwg:JobStateReason>`)
          .join('')}</pwg:JobStateReasons></scan:JobInfo>`,
    )
    .join('');
  return `<?xml version="1.0" encoding="UTF-8"?>
<scan:ScannerStatus ${NAMESPACES}>
<pwg:Version>${escapeXml(version)}</pwg:Version>
<pwg:State>${status.state}</pwg:State>
${status.adfState === undefined ? '' : `<scan:AdfState>${escapeXml(status.adfState)}</scan:AdfState>`}
<scan:Jobs>${jobs}</scan:Jobs>
</scan:ScannerStatus>
`;
}
