import { Agent, request } from 'undici';
import type { DriverClock } from '../device.ts';
import { sleep } from '../transport/system-clock.ts';
import { isJpeg } from './jpeg.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import {
  parseCapabilities,
  parseStatus,
  pathOf,
  scanSettingsXml,
  type EsclCapabilities,
  type EsclScanSettings,
  type EsclStatus,
} from './escl-xml.ts';

/** Why a call to the scanner gave nothing. `detail` is technical and holds nothing of a person. */
export type EsclFailure =
  | { readonly kind: 'http'; readonly status: number }
  | { readonly kind: 'unreachable'; readonly detail: string }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'malformed'; readonly detail: string };

/** Why no job was told. */
export type EsclNoJob = EsclFailure & {
  /** The request may have reached a scanner that was busy for nobody: it may have made the job all the same. */
  readonly mayStand?: boolean;
};

/** Errors of lines over which nothing was sent. */
const NEVER_SENT: readonly string[] = [
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
];

/** How long the client waits and how much it takes. */
export interface EsclLimits {
  /** One question with a small answer, in ms. */
  readonly requestMs: number;
  /** One page: the scanner answers when the light bar has passed, in ms. */
  readonly pageMs: number;
  /** Pause before asking again after 503, in ms. */
  readonly retryMs: number;
  /** Tries of NextDocument; HP devices answer 503 right after a job was made. */
  readonly pageTries: number;
  /** Tries of ScanJobs while the device is busy. */
  readonly jobTries: number;
  readonly maxXmlBytes: number;
  readonly maxPageBytes: number;
}

/** Limits that suit devices on one desk; the numbers of tries are those of sane-airscan. */
export const ESCL_LIMITS: EsclLimits = {
  requestMs: 5_000,
  pageMs: 60_000,
  retryMs: 1_000,
  pageTries: 30,
  jobTries: 10,
  maxXmlBytes: 1024 * 1024,
  maxPageBytes: 48 * 1024 * 1024,
};

interface Answer {
  readonly status: number;
  readonly mediaType: string;
  readonly location: string | undefined;
  readonly body: Uint8Array;
}

interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly body?: string;
  readonly limitMs: number;
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The calls of eSCL (Mopria, AirScan) to one scanner over HTTP. Never throws and never rejects;
 * follows no redirect and never leaves the host it was given, whatever the scanner answers.
 */
export class EsclClient {
  readonly #base: URL;
  readonly #clock: DriverClock;
  readonly #limits: EsclLimits;
  // Cheap devices drop idle connections without a word; a new one for each call costs nothing here.
  readonly #agent = new Agent({ pipelining: 0 });

  /** `baseUrl` is the eSCL root, for example `http://10.0.0.7/eSCL`. */
  constructor(baseUrl: URL, clock: DriverClock, limits: EsclLimits) {
    this.#base = new URL(baseUrl);
    this.#clock = clock;
    this.#limits = limits;
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async capabilities(signal?: AbortSignal): Promise<Result<EsclCapabilities, EsclFailure>> {
    const xml = await this.#getXml('ScannerCapabilities', signal);
    if (!xml.ok) return xml;
    const parsed = parseCapabilities(xml.value);
    return parsed ? ok(parsed) : err({ kind: 'malformed', detail: 'ScannerCapabilities' });
  }

  async status(signal?: AbortSignal): Promise<Result<EsclStatus, EsclFailure>> {
    const xml = await this.#getXml('ScannerStatus', signal);
    if (!xml.ok) return xml;
    const parsed = parseStatus(xml.value);
    return parsed ? ok(parsed) : err({ kind: 'malformed', detail: 'ScannerStatus' });
  }

  /** Makes a job; the value is its path on this scanner. Waits a while for a busy device. */
  async createJob(
    settings: EsclScanSettings,
    version: string,
    signal?: AbortSignal,
  ): Promise<Result<string, EsclNoJob>> {
    if (signal?.aborted === true) return err({ kind: 'cancelled' });
    let busy = false;
    const answer = await this.#patiently(
      this.#limits.jobTries,
      signal,
      {
        method: 'POST',
        url: this.#under('ScanJobs'),
        body: scanSettingsXml(settings, version),
        limitMs: this.#limits.requestMs,
        maxBytes: this.#limits.maxXmlBytes,
        signal,
      },
      () => (busy = true),
    );
    if (!answer.ok) {
      const { error } = answer;
      const sent = error.kind !== 'unreachable' || !NEVER_SENT.includes(error.detail);
      // what a busy scanner does afterwards may be for whoever kept it busy
      return err({ ...error, mayStand: sent && !busy });
    }
    if (answer.value.status !== 201) return err({ kind: 'http', status: answer.value.status });
    const path = pathOf(answer.value.location ?? '', this.#under('ScanJobs').href);
    if (path === undefined || !answer.value.location) {
      return err({ kind: 'malformed', detail: 'ScanJobs without Location', mayStand: !busy });
    }
    return ok(path.replace(/\/+$/, ''));
  }

  /** The next page of a job; `undefined` when there are no more (404). */
  async nextPage(
    jobPath: string,
    signal?: AbortSignal,
  ): Promise<Result<Uint8Array | undefined, EsclFailure>> {
    const answer = await this.#patiently(this.#limits.pageTries, signal, {
      method: 'GET',
      url: this.#at(`${jobPath}/NextDocument`),
      limitMs: this.#limits.pageMs,
      maxBytes: this.#limits.maxPageBytes,
      signal,
    });
    if (!answer.ok) return answer;
    const { status, mediaType, body } = answer.value;
    if (status === 404) return ok(undefined);
    if (status !== 200) return err({ kind: 'http', status });
    if (!isJpeg(body)) {
      return err({ kind: 'malformed', detail: `page is no whole JPEG (${mediaType})` });
    }
    return ok(body);
  }

  /** Tells the scanner that the job is over, also to stop it. True when it answered, whatever it said. */
  async deleteJob(jobPath: string): Promise<boolean> {
    // Not tied to the caller's signal: a cancelled scan is just what must still be taken back.
    const answer = await this.#call({
      method: 'DELETE',
      url: this.#at(jobPath),
      limitMs: this.#limits.requestMs,
      maxBytes: this.#limits.maxXmlBytes,
    });
    return answer.ok;
  }

  #under(name: string): URL {
    return this.#at(`${this.#base.pathname.replace(/\/+$/, '')}/${name}`);
  }

  #at(path: string): URL {
    const url = new URL(this.#base);
    url.pathname = path;
    url.search = '';
    return url;
  }

  async #getXml(name: string, signal?: AbortSignal): Promise<Result<string, EsclFailure>> {
    const answer = await this.#call({
      method: 'GET',
      url: this.#under(name),
      limitMs: this.#limits.requestMs,
      maxBytes: this.#limits.maxXmlBytes,
      signal,
    });
    if (!answer.ok) return answer;
    if (answer.value.status !== 200) return err({ kind: 'http', status: answer.value.status });
    return ok(new TextDecoder().decode(answer.value.body));
  }

  /** Asks again after 503, a limited number of times. */
  async #patiently(
    tries: number,
    signal: AbortSignal | undefined,
    call: Call,
    onBusy: () => void = () => undefined,
  ): Promise<Result<Answer, EsclFailure>> {
    let answer = await this.#call(call);
    for (let tried = 1; tried < tries && answer.ok && answer.value.status === 503; tried += 1) {
      onBusy();
      await sleep(this.#clock, this.#limits.retryMs, signal);
      answer = await this.#call(call);
    }
    return answer;
  }

  async #call(call: Call): Promise<Result<Answer, EsclFailure>> {
    if (call.signal?.aborted) return err({ kind: 'cancelled' });
    const stop = new AbortController();
    let why: EsclFailure = { kind: 'cancelled' };
    const cancel = () => stop.abort();
    call.signal?.addEventListener('abort', cancel, { once: true });
    const noTimeout = this.#clock.after(call.limitMs, () => {
      why = { kind: 'timeout' };
      stop.abort();
    });
    try {
      const response = await request(call.url, {
        method: call.method,
        dispatcher: this.#agent,
        signal: stop.signal,
        headersTimeout: 0,
        bodyTimeout: 0,
        ...(call.body === undefined
          ? {}
          : { body: call.body, headers: { 'content-type': 'text/xml; charset=utf-8' } }),
      });
      const chunks: Uint8Array[] = [];
      let size = 0;
      for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
        size += chunk.byteLength;
        if (size > call.maxBytes) {
          return err({ kind: 'malformed', detail: `answer above ${call.maxBytes} bytes` });
        }
        chunks.push(chunk);
      }
      return ok({
        status: response.statusCode,
        mediaType: single(response.headers['content-type']) ?? '',
        location: single(response.headers['location']),
        body: new Uint8Array(Buffer.concat(chunks)),
      });
    } catch (error) {
      if (stop.signal.aborted) return err(why);
      return err({ kind: 'unreachable', detail: errorCode(error) });
    } finally {
      noTimeout();
      call.signal?.removeEventListener('abort', cancel);
    }
  }
}

function single(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.[0];
}

function errorCode(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    return error.code;
  }
  return error instanceof Error ? error.name : 'error';
}
