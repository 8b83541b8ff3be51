import type { Supply } from './contract.ts';
import { integers, strings, type IppAttributes } from './ipp-reader.ts';

/** Below this a supply is low where the printer names no limit of its own, in percent. */
const LOW_PERCENT = 10;
/** Special levels of RFC 3805: no limit, unknown, at least one unit left. */
const SOME_LEFT = -3;
const MOST_SUPPLIES = 32;

/** What is left of paper, toner and ink, by the words of CUPS (marker-…) or of PWG 5100.13 (printer-…). */
export function suppliesOf(attributes: IppAttributes): readonly Supply[] {
  const markers = markersOf(attributes);
  const named = strings(attributes, 'printer-supply-description');
  const others =
    markers.length > 0
      ? []
      : strings(attributes, 'printer-supply').map((text, i): Supply => {
          const field = fieldsOf(text);
          const level = percent(field);
          const kind = kindOf(field.get('type') ?? '', field.get('class') ?? '');
          const name = named[i] ?? field.get('colorantname') ?? kind;
          return supply(kind, name, level);
        });
  const trays = strings(attributes, 'printer-input-tray').map((text): Supply => {
    const field = fieldsOf(text);
    return supply('paper', field.get('name') ?? 'tray', percent(field));
  });
  return [...trays, ...markers, ...others].slice(0, MOST_SUPPLIES);
}

/** Levels of the trays in sheets, or -1 to -3. */
export function trayLevels(attributes: IppAttributes): readonly number[] {
  return strings(attributes, 'printer-input-tray').map((text) => {
    const level = Number.parseInt(fieldsOf(text).get('level') ?? '', 10);
    return Number.isNaN(level) ? -2 : level;
  });
}

function markersOf(attributes: IppAttributes): readonly Supply[] {
  const types = strings(attributes, 'marker-types');
  const levels = integers(attributes, 'marker-levels');
  const lows = integers(attributes, 'marker-low-levels');
  const highs = integers(attributes, 'marker-high-levels');
  return strings(attributes, 'marker-names').map((name, i) => {
    const kind = kindOf(types[i] ?? '', '');
    const high = highs[i];
    const limit = kind === 'waste' ? (high === undefined ? undefined : 100 - high) : lows[i];
    return supply(kind, name, levels[i] ?? -2, limit);
  });
}

/** `level`: percent, or -1 to -3. */
function supply(kind: Supply['kind'], name: string, level: number, low = LOW_PERCENT): Supply {
  const known = level >= 0 && level <= 100;
  const left = kind === 'waste' ? 100 - level : level;
  const state = known
    ? left === 0
      ? 'empty'
      : left <= low
        ? 'low'
        : 'ok'
    : level === SOME_LEFT
      ? 'ok'
      : 'unknown';
  return { kind, name: name.slice(0, 60), level: known ? level : 'unknown', state };
}

/** `type=toner;level=75;…` of PWG 5100.13. */
function fieldsOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split(';').flatMap((part): [string, string][] => {
      const at = part.indexOf('=');
      return at > 0 ? [[part.slice(0, at).trim(), part.slice(at + 1).trim()]] : [];
    }),
  );
}

function percent(field: ReadonlyMap<string, string>): number {
  const level = Number.parseInt(field.get('level') ?? '', 10);
  if (Number.isNaN(level)) return -2;
  if (level < 0 || field.get('unit') === 'percent') return level;
  const most = Number.parseInt(field.get('maxcapacity') ?? '', 10);
  return most > 0 ? Math.min(100, Math.round((100 * level) / most)) : level > 0 ? SOME_LEFT : level;
}

function kindOf(type: string, supplyClass: string): Supply['kind'] {
  if (/waste/i.test(type) || supplyClass === 'receptacleThatIsFilled') return 'waste';
  if (/toner/i.test(type)) return 'toner';
  if (/ink/i.test(type)) return 'ink';
  return 'other';
}
