import type Ipp from '@sealsystems/ipp';
import { err, ok, type Result } from '../../domain/result.ts';
import type { DriverClock } from '../device.ts';
import type { Sides } from './contract.ts';
import type { IppFailure } from './ipp-faults.ts';
import { ippAddress, postIpp, type IppAddress } from './ipp-http.ts';
import { group, integers, IPP_TAG, readIpp, strings, type IppMessage } from './ipp-reader.ts';
import type { IppAttributes } from './ipp-reader.ts';
import { PRINTER_ATTRIBUTES } from './ipp-status.ts';

/** How long the client waits and how much it takes. */
export interface IppLimits {
  /** One question with a small answer, in ms; a sleeping printer takes seconds. */
  readonly requestMs: number;
  /** Sending a document, in ms. */
  readonly transferMs: number;
  readonly maxAnswerBytes: number;
  readonly maxDocumentBytes: number;
}

/** Limits that suit a printer in the same house. */
export const IPP_LIMITS: IppLimits = {
  requestMs: 10_000,
  transferMs: 120_000,
  maxAnswerBytes: 1024 * 1024,
  maxDocumentBytes: 64 * 1024 * 1024,
};

/** How a document is to be printed, in the printer's words. What is absent is left to the printer. */
export interface IppTicket {
  /** Shown and logged by the printer: never anything of a person. */
  readonly name: string;
  readonly copies?: number;
  readonly sides?: Sides;
  readonly media?: string;
}

/** A job as the printer tells it. */
export interface IppJobView {
  readonly id: number;
  /** 3 pending, 4 held, 5 processing, 6 stopped, 7 cancelled, 8 aborted, 9 completed. */
  readonly state: number;
  readonly reasons: readonly string[];
  /** Sides that left the printer; many printers do not tell. */
  readonly impressions: number | undefined;
  /** Tells this job from a later one with the same number, after the printer was switched off. */
  readonly identity: string;
}

/** Who asks: printers show and log it. With an owner behind it, where several terminals share a queue. */
const USER = 'bianmin';
/** More jobs of ours than any terminal leaves behind. */
const MOST_JOBS = 100;
const PDF = 'application/pdf';
const JOB_ATTRIBUTES = [
  'job-id',
  'job-state',
  'job-state-reasons',
  'job-impressions-completed',
  'job-uuid',
  'job-name',
  'job-originating-user-name',
] as const;
/** What a printer must not quietly leave out. */
const BINDING = ['copies', 'sides', 'document-format'];
/** Below it a status is one of success, RFC 8011 B.1. */
const FIRST_ERROR = 0x0100;

interface Call {
  readonly operation: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly job?: Readonly<Record<string, unknown>>;
  readonly document?: Uint8Array;
  readonly signal?: AbortSignal | undefined;
}

/** The IPP operations that a print needs (RFC 8011), to one printer. Never throws and never rejects. */
export class IppClient {
  readonly #address: IppAddress;
  readonly #clock: DriverClock;
  readonly #limits: IppLimits;
  readonly #certificateSha256: string | undefined;
  readonly #user: string;
  #lastId = 0;

  constructor(
    url: string,
    clock: DriverClock,
    limits: IppLimits,
    { certificateSha256, owner }: { certificateSha256?: string; owner?: string } = {},
  ) {
    this.#user = owner === undefined ? USER : `${USER}-${owner}`;
    this.#address = ippAddress(url);
    this.#clock = clock;
    this.#limits = limits;
    this.#certificateSha256 = certificateSha256;
  }

  async printerAttributes(signal?: AbortSignal): Promise<Result<IppAttributes, IppFailure>> {
    const answer = await this.#call({
      operation: 'Get-Printer-Attributes',
      attributes: { 'requested-attributes': PRINTER_ATTRIBUTES },
      signal,
    });
    return answer.ok ? ok(group(answer.value, IPP_TAG.printer)) : answer;
  }

  /** Asks whether it would print this; the value names what it would leave out. */
  async validateJob(
    ticket: IppTicket,
    signal?: AbortSignal,
  ): Promise<Result<readonly string[], IppFailure>> {
    const answer = await this.#call({
      ...jobCall('Validate-Job', ticket),
      attributes: { ...jobNames(ticket), 'document-format': PDF },
      signal,
    });
    if (!answer.ok) return answer;
    const unsupported = group(answer.value, IPP_TAG.unsupported);
    return ok(BINDING.filter((name) => unsupported.has(name)));
  }

  /** Makes a job without its document. */
  async createJob(
    ticket: IppTicket,
    signal?: AbortSignal,
  ): Promise<Result<IppJobView, IppFailure>> {
    return jobOf(await this.#call({ ...jobCall('Create-Job', ticket), signal }));
  }

  /** Sends the only document of a job. */
  async sendDocument(
    jobId: number,
    document: Uint8Array,
    signal?: AbortSignal,
  ): Promise<Result<IppMessage, IppFailure>> {
    return this.#call({
      operation: 'Send-Document',
      attributes: { 'job-id': jobId, 'document-format': PDF, 'last-document': true },
      document,
      signal,
    });
  }

  /** Makes a job and sends its document in one call. */
  async printJob(
    ticket: IppTicket,
    document: Uint8Array,
    signal?: AbortSignal,
  ): Promise<Result<IppJobView, IppFailure>> {
    return jobOf(
      await this.#call({
        ...jobCall('Print-Job', ticket),
        attributes: { ...jobNames(ticket), 'document-format': PDF },
        document,
        signal,
      }),
    );
  }

  async job(jobId: number, signal?: AbortSignal): Promise<Result<IppJobView, IppFailure>> {
    return jobOf(
      await this.#call({
        operation: 'Get-Job-Attributes',
        attributes: { 'job-id': jobId, 'requested-attributes': JOB_ATTRIBUTES },
        signal,
      }),
    );
  }

  /** Jobs of the same user that have not ended yet, by their numbers. */
  async openJobs(signal?: AbortSignal): Promise<Result<readonly number[], IppFailure>> {
    const answer = await this.#call({
      operation: 'Get-Jobs',
      attributes: {
        limit: MOST_JOBS,
        'which-jobs': 'not-completed',
        'requested-attributes': JOB_ATTRIBUTES,
      },
      signal,
    });
    if (!answer.ok) return answer;
    const jobs = answer.value.groups.filter(({ tag }) => tag === IPP_TAG.job);
    return ok(
      jobs.flatMap(({ attributes }) => {
        const [user] = strings(attributes, 'job-originating-user-name');
        return user === this.#user ? integers(attributes, 'job-id').slice(0, 1) : [];
      }),
    );
  }

  async cancelJob(jobId: number, signal?: AbortSignal): Promise<Result<IppMessage, IppFailure>> {
    return this.#call({ operation: 'Cancel-Job', attributes: { 'job-id': jobId }, signal });
  }

  async #call(call: Call): Promise<Result<IppMessage, IppFailure>> {
    const { 'job-id': jobId, ...others } = call.attributes ?? {};
    this.#lastId = (this.#lastId % 0x7fff_fffe) + 1;
    const id = this.#lastId;
    const library = await loadLibrary();
    if (library === undefined) return err({ kind: 'missingLibrary' });
    // The order of the first ones is the standard's; some printers refuse any other.
    const head = library.serialize({
      version: '1.1',
      operation: call.operation,
      id,
      'operation-attributes-tag': {
        'attributes-charset': 'utf-8',
        'attributes-natural-language': 'en',
        'printer-uri': this.#address.printerUri,
        ...(jobId === undefined ? {} : { 'job-id': jobId }),
        'requesting-user-name': this.#user,
        ...others,
      },
      ...(call.job === undefined ? {} : { 'job-attributes-tag': call.job }),
    });
    const answer = await postIpp(
      this.#address.url,
      {
        body: call.document === undefined ? head : Buffer.concat([head, call.document]),
        limitMs: call.document === undefined ? this.#limits.requestMs : this.#limits.transferMs,
        maxAnswerBytes: this.#limits.maxAnswerBytes,
        signal: call.signal,
      },
      this.#clock,
      this.#certificateSha256,
    );
    return answer.ok ? answerOf(answer.value, id) : answer;
  }
}

/** What the bytes of an answer say. Total: any bytes give a message or a failure. */
export function answerOf(bytes: Uint8Array, requestId: number): Result<IppMessage, IppFailure> {
  const message = readIpp(bytes);
  if (!message.ok) return err({ kind: 'malformed', detail: `no IPP: ${message.error}` });
  const { code } = message.value;
  if (code >= FIRST_ERROR) return err({ kind: 'ipp', status: code });
  if (message.value.requestId !== requestId) {
    return err({ kind: 'malformed', detail: 'answer to another question' });
  }
  return message;
}

/** The job that an answer tells of. */
export function jobOf(answer: Result<IppMessage, IppFailure>): Result<IppJobView, IppFailure> {
  if (!answer.ok) return answer;
  const attributes = group(answer.value, IPP_TAG.job);
  const [id] = integers(attributes, 'job-id');
  const [state] = integers(attributes, 'job-state');
  if (id === undefined || id <= 0 || state === undefined) {
    return err({ kind: 'malformed', detail: 'job without id or state' });
  }
  const [uuid] = strings(attributes, 'job-uuid');
  const [name = ''] = strings(attributes, 'job-name');
  const [user = ''] = strings(attributes, 'job-originating-user-name');
  return ok({
    id,
    state,
    reasons: strings(attributes, 'job-state-reasons').map((reason) => reason.slice(0, 60)),
    impressions: integers(attributes, 'job-impressions-completed')[0],
    identity: uuid ?? `${name} ${user}`,
  });
}

function jobNames({ name }: IppTicket): Readonly<Record<string, unknown>> {
  return { 'job-name': name };
}

function jobCall(operation: string, ticket: IppTicket): Omit<Call, 'signal'> {
  const { name, ...template } = ticket;
  const call = { operation, attributes: jobNames({ name }) };
  return Object.keys(template).length === 0 ? call : { ...call, job: template };
}

let loaded: typeof Ipp | undefined;

/** The library is loaded where a printer is configured, and its lack takes away only the printer. */
async function loadLibrary(): Promise<typeof Ipp | undefined> {
  try {
    loaded ??= (await import('@sealsystems/ipp')).default;
    return loaded;
  } catch {
    return undefined;
  }
}
