import { boolean, group, integers, IPP_TAG, strings, type IppMessage } from '../ipp-reader.ts';
import { writeIpp, type IppAnswer, type IppAttribute } from './ipp-writer.ts';
import { JOB_STATE, type PrintEngine } from './print-engine.ts';
import type { SimulatedJob, SimulatedTicket } from './print-engine.ts';

/** Operations that the simulated printer has, RFC 8011 5.4.15. */
export const OPERATION = {
  printJob: 0x0002,
  validateJob: 0x0004,
  createJob: 0x0005,
  sendDocument: 0x0006,
  cancelJob: 0x0008,
  getJobAttributes: 0x0009,
  getJobs: 0x000a,
  getPrinterAttributes: 0x000b,
} as const;

const STATUS = {
  ok: 0x0000,
  okIgnored: 0x0001,
  badRequest: 0x0400,
  notPossible: 0x0404,
  notFound: 0x0406,
  formatNotSupported: 0x040a,
  operationNotSupported: 0x0501,
  busy: 0x0507,
} as const;

/** A printer as its answers show it. */
export interface SimulatedPrinter {
  readonly engine: PrintEngine;
  readonly formats: readonly string[];
  readonly sides: readonly string[];
  readonly createJob: boolean;
  readonly tellsImpressions: boolean;
  readonly reasonSuffix: '-error' | '-warning' | '';
  readonly forgetsJobs: boolean;
  readonly startedAt: number;
  isBusy: boolean;
}

type Reply = readonly [status: number, ...groups: IppAnswer['groups']];

/** Carries out one request. Strict where real printers are: order of the first attributes, formats, states. */
export function answerIpp(printer: SimulatedPrinter, request: IppMessage): Buffer {
  const [code, ...groups] = wellFormed(request) ? reply(printer, request) : [STATUS.badRequest];
  const head: readonly IppAttribute[] = [
    ['attributes-charset', IPP_TAG.charset, 'utf-8'],
    ['attributes-natural-language', IPP_TAG.language, 'en'],
  ];
  return writeIpp({
    version: [1, 1],
    code,
    requestId: request.requestId,
    groups: [[IPP_TAG.operation, head], ...groups],
  });
}

/** How a job is to be printed, as its request says. */
export function ticketOf(request: IppMessage): SimulatedTicket {
  const operation = group(request, IPP_TAG.operation);
  const job = group(request, IPP_TAG.job);
  return {
    name: strings(operation, 'job-name')[0] ?? '',
    user: strings(operation, 'requesting-user-name')[0] ?? '',
    copies: integers(job, 'copies')[0] ?? 1,
    sides: strings(job, 'sides')[0] ?? '',
    media: strings(job, 'media')[0] ?? '',
  };
}

/** RFC 8011 4.1.4: charset, language and the printer come first, in this order. */
function wellFormed(request: IppMessage): boolean {
  const names = [...group(request, IPP_TAG.operation).keys()];
  const wanted = ['attributes-charset', 'attributes-natural-language', 'printer-uri'];
  return (
    wanted.every((name, i) => names[i] === name) && request.groups[0]?.tag === IPP_TAG.operation
  );
}

function reply(printer: SimulatedPrinter, request: IppMessage): Reply {
  const { engine } = printer;
  const operation = group(request, IPP_TAG.operation);
  const job = engine.jobs.find((one) => one.id === integers(operation, 'job-id')[0]);
  switch (request.code) {
    case OPERATION.getPrinterAttributes:
      return [STATUS.ok, [IPP_TAG.printer, asked(request, printerAttributes(printer))]];
    case OPERATION.validateJob:
      return validate(printer, request);
    case OPERATION.createJob:
    case OPERATION.printJob: {
      if (request.code === OPERATION.createJob && !printer.createJob) {
        return [STATUS.operationNotSupported];
      }
      if (printer.isBusy) return [STATUS.busy];
      const [status, ...unsupported] = validate(printer, request);
      if (status > STATUS.okIgnored) return [status];
      const made = engine.create(ticketOf(request));
      if (request.code === OPERATION.printJob) engine.submit(made, Uint8Array.from(request.data));
      return [status, ...unsupported, [IPP_TAG.job, jobAttributes(printer, made)]];
    }
    case OPERATION.sendDocument: {
      if (job === undefined) return [STATUS.notFound];
      if (job.reason !== 'job-incoming' || boolean(operation, 'last-document') !== true) {
        return [STATUS.notPossible];
      }
      if (!takes(printer, request)) return [STATUS.formatNotSupported];
      engine.submit(job, Uint8Array.from(request.data));
      return [STATUS.ok, [IPP_TAG.job, jobAttributes(printer, job)]];
    }
    case OPERATION.getJobAttributes:
      if (job === undefined || (printer.forgetsJobs && job.state === JOB_STATE.completed)) {
        return [STATUS.notFound];
      }
      return [STATUS.ok, [IPP_TAG.job, asked(request, jobAttributes(printer, job))]];
    case OPERATION.getJobs: {
      const open = engine.jobs.filter(({ state }) => state < JOB_STATE.canceled);
      return [
        STATUS.ok,
        ...open.map((one) => [IPP_TAG.job, asked(request, jobAttributes(printer, one))] as const),
      ];
    }
    case OPERATION.cancelJob:
      if (job === undefined) return [STATUS.notFound];
      if (job.state >= JOB_STATE.canceled) return [STATUS.notPossible];
      engine.cancel(job);
      return [STATUS.ok];
    default:
      return [STATUS.operationNotSupported];
  }
}

function takes({ formats }: SimulatedPrinter, request: IppMessage): boolean {
  const [format] = strings(group(request, IPP_TAG.operation), 'document-format');
  return format === undefined || formats.includes(format);
}

function validate(printer: SimulatedPrinter, request: IppMessage): Reply {
  if (!takes(printer, request)) return [STATUS.formatNotSupported];
  const { sides } = ticketOf(request);
  if (sides === '' || printer.sides.includes(sides)) return [STATUS.ok];
  return [STATUS.okIgnored, [IPP_TAG.unsupported, [['sides', IPP_TAG.keyword, sides]]]];
}

function asked(request: IppMessage, all: readonly IppAttribute[]): readonly IppAttribute[] {
  const names = strings(group(request, IPP_TAG.operation), 'requested-attributes');
  return names.length === 0 ? all : all.filter(([name]) => names.includes(name));
}

function printerAttributes(printer: SimulatedPrinter): readonly IppAttribute[] {
  const { engine, reasonSuffix, createJob } = printer;
  const { keyword, mediaType, text, octets, integer } = IPP_TAG;
  const state = engine.isStopped ? 5 : printer.isBusy || engine.isWorking ? 4 : 3;
  const reasons = [
    ...(engine.jammed ? [`media-jam${reasonSuffix}`] : []),
    ...(engine.coverOpen ? [`door-open${reasonSuffix}`] : []),
    ...(engine.paper === 'out' ? [`media-empty${reasonSuffix}`] : []),
    ...(engine.paper === 'low' ? ['media-low-warning'] : []),
    ...(engine.tonerPercent === 0 ? [`marker-supply-empty${reasonSuffix}`] : []),
    ...(engine.tonerPercent > 0 && engine.tonerPercent < 10 ? ['marker-supply-low-warning'] : []),
  ];
  const { createJob: create, sendDocument: send, ...others } = OPERATION;
  const operations = [...Object.values(others), ...(createJob ? [create, send] : [])];
  const sheets = { full: 200, low: 10, out: 0 }[engine.paper];
  return [
    ['printer-state', IPP_TAG.enum, state],
    ['printer-state-reasons', keyword, ...(reasons.length === 0 ? ['none'] : reasons)],
    ['printer-is-accepting-jobs', IPP_TAG.boolean, true],
    ['printer-up-time', integer, 1 + Math.floor((performance.now() - printer.startedAt) / 1000)],
    ['operations-supported', IPP_TAG.enum, ...operations],
    ['document-format-supported', mediaType, ...printer.formats],
    ['sides-supported', keyword, ...printer.sides],
    ['copies-supported', IPP_TAG.range, [1, 99]],
    ['color-supported', IPP_TAG.boolean, false],
    ['media-supported', keyword, 'iso_a4_210x297mm', 'iso_a5_148x210mm'],
    ['media-ready', keyword, ...(engine.paper === 'out' ? [] : ['iso_a4_210x297mm'])],
    ['printer-name', IPP_TAG.name, 'Bianmin Simulated Printer'],
    ['printer-make-and-model', text, 'Bianmin Simulated A4'],
    ['printer-firmware-string-version', text, '1.0'],
    [
      'printer-input-tray',
      octets,
      `type=sheetFeedAutoRemovableTray;mediafeed=29700;mediaxfeed=21000;maxcapacity=250;level=${sheets};status=0;name=main`,
    ],
    [
      'printer-supply',
      octets,
      `index=1;class=supplyThatIsConsumed;type=toner;unit=percent;maxcapacity=100;level=${engine.tonerPercent};colorantname=black;`,
    ],
    ['printer-supply-description', text, 'Black Toner'],
  ];
}

function jobAttributes(printer: SimulatedPrinter, job: SimulatedJob): readonly IppAttribute[] {
  return [
    ['job-id', IPP_TAG.integer, job.id],
    ['job-uuid', IPP_TAG.uri, job.uuid],
    ['job-state', IPP_TAG.enum, job.state],
    ['job-state-reasons', IPP_TAG.keyword, job.reason],
    ['job-name', IPP_TAG.name, job.ticket.name],
    ['job-originating-user-name', IPP_TAG.name, job.ticket.user],
    ...(printer.tellsImpressions
      ? [['job-impressions-completed', IPP_TAG.integer, job.impressions] as const]
      : []),
  ];
}
