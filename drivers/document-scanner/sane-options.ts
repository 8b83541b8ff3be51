import type { ScanRequest, ScanSource } from './contract.ts';

/** A scanner that SANE found. */
export interface SaneDevice {
  /** SANE's name for it: `fujitsu:ScanSnap iX500:1234`, `airscan:e0:Office`. */
  readonly name: string;
  readonly vendor: string;
  readonly model: string;
  /** `flatbed scanner`, `sheetfed scanner`, … */
  readonly type: string;
}

/** Format for `scanimage -f`: a tab does not occur in names. */
export const DEVICE_LIST_FORMAT = '%d\t%v\t%m\t%t%n';

/** Reads what `scanimage -f` gave; lines that are none of ours (backends chatter) are passed over. */
export function parseDeviceList(text: string): readonly SaneDevice[] {
  return text.split('\n').flatMap((line) => {
    const [name, vendor, model, type, ...more] = line.split('\t');
    if (!name || vendor === undefined || model === undefined || type === undefined) return [];
    return more.length > 0 ? [] : [{ name, vendor, model, type }];
  });
}

/** What an option of a backend takes: words or numbers by name, or numbers within bounds. */
export interface SaneOption {
  /** Empty where the option has a range or no constraint. */
  readonly choices: readonly string[];
  readonly range?: { readonly min: number; readonly max: number };
  readonly current?: string;
}

/** What `scanimage -A` told of a device: its active options by name, without dashes. */
export interface SaneCapabilities {
  readonly options: ReadonlyMap<string, SaneOption>;
  /** The backend's own name for each source. A device without a choice of source is a flatbed. */
  readonly sources: { readonly [source in ScanSource]?: string | null };
  /** Sensors that some backends have (fujitsu, canon_dr); absent where nobody can tell. */
  readonly pageLoaded?: boolean;
  readonly coverOpen?: boolean;
}

/** Reads what `scanimage -A` gave; undefined when that is no list of options. */
export function parseCapabilities(text: string): SaneCapabilities | undefined {
  if (!text.includes('options specific to device')) return undefined;
  const options = new Map<string, SaneOption>();
  for (const line of text.split('\n')) {
    // Names stand behind four blanks, their explanations behind eight.
    const found = /^ {4}--?([A-Za-z0-9][A-Za-z0-9-]*)(.*)$/.exec(line);
    if (found?.[1] === undefined) continue;
    const option = parseOption(found[2] ?? '');
    if (option) options.set(found[1], option);
  }
  const loaded = sensor(options, 'page-loaded') ?? sensor(options, 'adf-loaded');
  const open = sensor(options, 'cover-open');
  return {
    options,
    sources: sourcesOf(options.get('source')),
    ...(loaded === undefined ? {} : { pageLoaded: loaded }),
    ...(open === undefined ? {} : { coverOpen: open }),
  };
}

function sensor(options: ReadonlyMap<string, SaneOption>, name: string): boolean | undefined {
  const current = options.get(name)?.current;
  return current === 'yes' ? true : current === 'no' ? false : undefined;
}

/** ` 1..1200dpi (in steps of 1) [50]`, ` Flatbed|ADF [ADF]`, `[=(yes|no)] [no] [hardware]`. */
function parseOption(text: string): SaneOption | undefined {
  let rest = text.trimEnd();
  for (;;) {
    const flag = / \[(inactive|advanced|hardware|read-only|emulated)\]$/.exec(rest);
    if (!flag) break;
    if (flag[1] === 'inactive') return undefined;
    rest = rest.slice(0, flag.index).trimEnd();
  }
  // Brother's "24bit Color[Fast]" has brackets of its own: the current value follows a blank.
  const at = rest.endsWith(']') ? rest.lastIndexOf(' [') : -1;
  const current = at < 0 ? {} : { current: rest.slice(at + 2, -1) };
  const constraint = (at < 0 ? rest : rest.slice(0, at))
    .replace(/^\[=\((.*)\)\]/, '$1')
    .replace(/ \(in steps of .*$/, '')
    .replace(/^auto\|/, '')
    .trim();
  const range = /^(-?\d+(?:\.\d+)?)\.\.(-?\d+(?:\.\d+)?)/.exec(constraint);
  if (range) {
    return { choices: [], range: { min: Number(range[1]), max: Number(range[2]) }, ...current };
  }
  if (constraint === '' || constraint.startsWith('<')) return { choices: [], ...current };
  return { choices: constraint.split('|').map((one) => one.trim()), ...current };
}

function sourcesOf(option: SaneOption | undefined): SaneCapabilities['sources'] {
  if (!option || option.choices.length === 0) return { flatbed: null };
  const isFeeder = (name: string): boolean => /\badf\b|feeder|^automatic/i.test(name);
  const isTwoSided = (name: string): boolean => /duplex|both|back|rear|two/i.test(name);
  const flatbed = option.choices.find((name) => /flatbed|platen|glass|table|normal/i.test(name));
  const feeders = option.choices.filter(isFeeder);
  const feeder = feeders.find((name) => !isTwoSided(name)) ?? feeders[0];
  return {
    ...(flatbed === undefined ? {} : { flatbed }),
    ...(feeder === undefined ? {} : { feeder }),
  };
}

/** A4 in mm. */
const A4 = { width: 210, height: 297 };

/** The wish as options of this device; what it has no option for is left to it. */
export function settingsArguments(
  request: ScanRequest,
  { options, sources }: SaneCapabilities,
): readonly string[] {
  const args: string[] = [];
  const source = sources[request.source];
  // First: it may change what the others allow.
  if (typeof source === 'string') args.push(`--source=${source}`);
  const mode = chooseMode(request.colour, options.get('mode')?.choices ?? []);
  if (mode !== undefined) args.push(`--mode=${mode}`);
  // JPEG knows no other depth.
  if (options.get('depth')?.choices.some((one) => parseInt(one, 10) === 8)) args.push('--depth=8');
  const dpi = chooseResolution(request.resolutionDpi, options.get('resolution'));
  if (dpi !== undefined) args.push(`--resolution=${dpi}`);
  const within = (name: string, wanted: number): number | undefined => {
    const range = options.get(name)?.range;
    return range && Math.min(wanted, range.max);
  };
  // Feeders of Fujitsu cut at 11 inches unless told how long the paper is.
  const sizes = [
    ['--page-width=', within('page-width', A4.width)],
    ['--page-height=', within('page-height', A4.height)],
    ['-x', within('x', A4.width)],
    ['-y', within('y', A4.height)],
  ] as const;
  for (const [name, size] of sizes) if (size !== undefined) args.push(`${name}${size}`);
  return args;
}

function chooseMode(wanted: ScanRequest['colour'], offered: readonly string[]): string | undefined {
  const grey =
    offered.find((name) => /^gr[ae]y$/i.test(name)) ??
    offered.find((name) => /gr[ae]y/i.test(name) && !/error|halftone/i.test(name));
  const colour =
    offered.find((name) => /^colou?r$/i.test(name)) ??
    offered.find((name) => /colou?r/i.test(name));
  return wanted === 'grey' ? (grey ?? colour) : (colour ?? grey);
}

/** The next finer one that it has, else its finest. */
function chooseResolution(wanted: number, option: SaneOption | undefined): number | undefined {
  if (!option) return undefined;
  if (option.range) return Math.min(Math.max(wanted, option.range.min), option.range.max);
  const offered = option.choices
    .map((one) => parseFloat(one))
    .filter((one) => one > 0)
    .sort((a, b) => a - b);
  return offered.find((dpi) => dpi >= wanted) ?? offered.at(-1);
}

/** Options of scanimage itself that say what it does or where a picture goes: never a device's. */
const OWN_OPTIONS = [
  ...['output-file', 'format', 'icc-profile', 'device-name', 'formatted-device-list'],
  ...['batch', 'batch-start', 'batch-count', 'batch-increment', 'batch-double', 'batch-print'],
  ...['batch-prompt', 'list-devices', 'all-options', 'dont-scan', 'test', 'help', 'version'],
];

/** Whether a technician may set this option of a device. */
export function isDeviceOption(name: string): boolean {
  // scanimage takes an unambiguous beginning of a name for the name.
  return /^[a-z][a-z0-9-]{1,60}$/.test(name) && !OWN_OPTIONS.some((own) => own.startsWith(name));
}
