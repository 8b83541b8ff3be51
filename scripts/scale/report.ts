import type { Exchange } from './fleet.ts';

/** Events of each second after the platform was back. */
export type PerSecond = readonly number[];

/** What a return after an outage looked like. Seconds count from the platform's readiness. */
export interface ReturnReport {
  readonly terminals: number;
  readonly capSeconds: number;
  /** When the last item was acknowledged. */
  readonly doneSeconds: number;
  /** First contact of each terminal. */
  readonly contacts: PerSecond;
  /** Items that were asked to be received. */
  readonly items: PerSecond;
  readonly requests: PerSecond;
  /** Answers 429 and 5xx, and requests without an answer. */
  readonly refused: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** The highest of all seconds. */
export const peak = (perSecond: PerSecond): number => Math.max(0, ...perSecond);

function count(times: readonly number[], since: number, seconds: number): number[] {
  const counts = Array.from({ length: seconds }, () => 0);
  for (const time of times) {
    const at = Math.floor((time - since) / 1000);
    if (at >= 0 && at < seconds) counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
}

/**
 * Reads what the terminals saw.
 * @param since when the platform was ready; what began earlier belongs to the outage
 */
export function reportOf(
  exchanges: readonly Exchange[],
  since: number,
  of: { readonly terminals: number; readonly capMs: number; readonly doneAt: number },
): ReturnReport {
  const after = exchanges.filter((each) => each.began >= since);
  const first = new Map<number, number>();
  for (const { terminal, began } of after) {
    first.set(terminal, Math.min(began, first.get(terminal) ?? Infinity));
  }
  const took = after.map(({ began, ended }) => ended - began).sort((a, b) => a - b);
  const at = (share: number): number => took[Math.floor((took.length - 1) * share)] ?? NaN;
  const seconds = Math.ceil((of.doneAt - since) / 1000) + 1;
  const began = (what?: string): number[] =>
    after.filter((each) => what === undefined || each.what === what).map((each) => each.began);
  return {
    terminals: of.terminals,
    capSeconds: of.capMs / 1000,
    doneSeconds: (of.doneAt - since) / 1000,
    contacts: count([...first.values()], since, seconds),
    items: count(began('PUT /v1/items'), since, seconds),
    requests: count(began(), since, seconds),
    refused: after.filter(
      ({ outcome }) => typeof outcome === 'string' || outcome === 429 || outcome >= 500,
    ).length,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  };
}

/** The report as the lines of a table. */
export function tableOf(report: ReturnReport): string {
  const { terminals, capSeconds } = report;
  const most = (2.5 * terminals) / capSeconds;
  const verdict = (fine: boolean): string => (fine ? '' : ' (missed)');
  const row = (what: string, seen: string, goal: string, fine: boolean): string =>
    `| ${what} | ${seen} | ${goal}${verdict(fine)} |`;
  return [
    '| what | seen | goal |',
    '| --- | --- | --- |',
    row(
      'terminals that come back in the busiest second',
      String(peak(report.contacts)),
      `<= ${most.toFixed(0)} (2.5 x terminals / cap)`,
      peak(report.contacts) <= most,
    ),
    row(
      'items in the busiest second',
      String(peak(report.items)),
      `<= ${most.toFixed(0)}`,
      peak(report.items) <= most,
    ),
    row('requests in the busiest second', String(peak(report.requests)), '', true),
    row('refused or without an answer', String(report.refused), '0', report.refused === 0),
    row(
      'last item received after',
      `${report.doneSeconds.toFixed(1)} s`,
      `<= ${String(capSeconds)} s (the cap)`,
      report.doneSeconds <= capSeconds,
    ),
    row(
      'answer of the platform, p50 / p99',
      `${report.p50Ms.toFixed(0)} / ${report.p99Ms.toFixed(0)} ms`,
      '',
      true,
    ),
  ].join('\n');
}

const WIDTH = 720;
const HEIGHT = 260;
const LEFT = 48;
const BOTTOM = 36;

/** The report as a picture: first contacts and items of each second, and the limit. */
export function plotOf(report: ReturnReport): string {
  const limit = (2.5 * report.terminals) / report.capSeconds;
  const seconds = report.contacts.length;
  const top = Math.max(limit, peak(report.contacts), peak(report.items)) * 1.1;
  const x = (second: number): string => (LEFT + (second / seconds) * (WIDTH - LEFT - 8)).toFixed(1);
  const y = (value: number): string =>
    (HEIGHT - BOTTOM - (value / top) * (HEIGHT - BOTTOM - 24)).toFixed(1);
  const line = (values: PerSecond, colour: string): string =>
    `<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${values
      .map((value, second) => `${x(second + 0.5)},${y(value)}`)
      .join(' ')}"/>`;
  const text = (atX: string | number, atY: string | number, words: string, anchor = 'start') =>
    `<text x="${String(atX)}" y="${String(atY)}" text-anchor="${anchor}">${words}</text>`;
  const ticks = Array.from({ length: Math.floor(seconds / 10) + 1 }, (_, at) => at * 10);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(WIDTH)} ${String(HEIGHT)}" font-family="sans-serif" font-size="12">`,
    `<rect width="${String(WIDTH)}" height="${String(HEIGHT)}" fill="#fff"/>`,
    text(LEFT, 14, `${String(report.terminals)} terminals after an outage: each second`),
    text(WIDTH - 8, 14, 'first contact (blue), items (orange), limit (red)', 'end'),
    `<path d="M${x(0)} ${y(0)}H${x(seconds)}M${x(0)} ${y(0)}V${y(top)}" stroke="#444" fill="none"/>`,
    `<path d="M${x(0)} ${y(limit)}H${x(seconds)}" stroke="#c00" stroke-dasharray="6 4"/>`,
    text(LEFT - 6, Number(y(limit)) + 4, limit.toFixed(0), 'end'),
    text(LEFT - 6, y(0), '0', 'end'),
    ...ticks.map((second) =>
      text(x(second), HEIGHT - BOTTOM + 16, `${String(second)} s`, 'middle'),
    ),
    line(report.contacts, '#1557b0'),
    line(report.items, '#d9730d'),
    '</svg>',
    '',
  ].join('\n');
}
