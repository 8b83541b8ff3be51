import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { err, ok, type Result } from '../../../domain/result.ts';
import type {
  Simulator,
  SimulatorArtifact,
  SimulatorCommand,
  SimulatorState,
} from '../../simulator-host/simulator.ts';
import { IPP_TAG, readIpp } from '../ipp-reader.ts';
import { answerIpp, OPERATION, ticketOf, type SimulatedPrinter } from './ipp-service.ts';
import { JOB_STATE, PrintEngine } from './print-engine.ts';

/** How a simulated printer is built, with the habits seen on real ones. */
export interface IppSimulatorOptions {
  /** Formats it takes; PDF and PWG raster. */
  readonly formats?: readonly string[];
  readonly duplex?: boolean;
  /** Old printers have Print-Job only. */
  readonly createJob?: boolean;
  /** Many do not tell how many sides are out. */
  readonly tellsImpressions?: boolean;
  /** ippeveprinter says -warning of everything, CUPS often nothing. */
  readonly reasonSuffix?: '-error' | '-warning' | '';
  /** CUPS without job history: a job is gone as soon as it is done. */
  readonly forgetsJobs?: boolean;
  /** Time that one side takes, in ms. */
  readonly pageMs?: number;
  /** Speaks IPPS, with this certificate and key, PEM. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** Commands of a document printer. */
export type DocumentPrinterCommand = SimulatorCommand;

const PATH = '/ipp/print';
const MOST_BYTES = 80 * 1024 * 1024;

/** A document printer that speaks IPP over real HTTP on loopback. */
export class IppSimulator implements Simulator {
  readonly deviceClass = 'documentPrinter' as const;
  readonly #printer: SimulatedPrinter;
  readonly #engine: PrintEngine;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #isSecure: boolean;
  #delayMs = 0;
  #mute = false;
  #html = false;
  #muteAfter: number | undefined;
  #dropAfter: { readonly bytes: number; readonly forMs: number } | undefined;
  #refuseUntil = 0;
  #port = 0;

  constructor(options: IppSimulatorOptions = {}) {
    this.#engine = new PrintEngine(options.pageMs ?? 5);
    this.#isSecure = options.tls !== undefined;
    this.#printer = {
      engine: this.#engine,
      formats: options.formats ?? ['application/pdf', 'image/pwg-raster'],
      sides: options.duplex === false ? ['one-sided'] : ['one-sided', 'two-sided-long-edge'],
      createJob: options.createJob ?? true,
      tellsImpressions: options.tellsImpressions ?? true,
      reasonSuffix: options.reasonSuffix ?? '-error',
      forgetsJobs: options.forgetsJobs ?? false,
      isBusy: false,
      startedAt: performance.now(),
    };
    const serve = (request: IncomingMessage, response: ServerResponse): void => {
      this.#serve(request, response).catch(() => response.destroy());
    };
    this.#server =
      options.tls === undefined ? createServer(serve) : createTlsServer(options.tls, serve);
    this.#server.on('connection', (socket: Socket) => {
      if (performance.now() < this.#refuseUntil) {
        socket.destroy();
        return;
      }
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  /** The printer's address, once it listens. */
  get url(): string {
    return `${this.#isSecure ? 'ipps' : 'ipp'}://127.0.0.1:${this.#port}${PATH}`;
  }

  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
    return this.#port;
  }

  async close(): Promise<void> {
    this.#engine.close();
    this.#hangUp();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  state(): SimulatorState {
    const { paper, coverOpen, jammed, jobs, printed, tonerPercent, holdsJobs } = this.#engine;
    return {
      url: this.url,
      paper,
      coverOpen,
      jammed,
      tonerPercent,
      holdsJobs,
      busy: this.#printer.isBusy,
      mute: this.#mute,
      html: this.#html,
      delayMs: this.#delayMs,
      refusing: performance.now() < this.#refuseUntil,
      jobs: jobs.length,
      activeJobs: jobs.filter((job) => job.state < JOB_STATE.canceled).length,
      jobStates: jobs.map((job) => job.state),
      impressions: jobs.map((job) => job.impressions),
      tickets: jobs.map((job) => job.ticket),
      whole: printed.filter((one) => one.isWhole).length,
    };
  }

  command(command: DocumentPrinterCommand): Result<void, string> {
    switch (command.do) {
      case 'setPaper':
        return this.#trouble('paper', command, command.paper === 'out', () => {
          this.#engine.paper = command.paper;
        });
      case 'setCover':
        return this.#trouble('cover', command, command.open, () => {
          this.#engine.coverOpen = command.open;
        });
      case 'setJam':
        return this.#trouble('jam', command, command.jammed, () => {
          this.#engine.jammed = command.jammed;
        });
      case 'setToner':
        this.#engine.tonerPercent = command.percent;
        return ok(undefined);
      case 'holdJobs':
        this.#engine.holdsJobs = command.hold;
        return ok(undefined);
      case 'answerHtml':
        this.#html = command.html;
        return ok(undefined);
      case 'setDelay':
        this.#delayMs = Math.max(0, command.ms);
        return ok(undefined);
      case 'setBusy':
        this.#printer.isBusy = command.busy;
        return ok(undefined);
      case 'setMute':
        this.#muteAfter = command.mute ? command.afterBytes : undefined;
        this.#mute = command.mute && command.afterBytes === undefined;
        return ok(undefined);
      case 'failNext':
        this.#engine.abortNext(command.times ?? 1);
        return ok(undefined);
      case 'dropLine':
        if (command.afterBytes === undefined) this.#drop(command.forMs ?? 0);
        else this.#dropAfter = { bytes: command.afterBytes, forMs: command.forMs ?? 0 };
        return ok(undefined);
      default:
        return err(`文档打印机不会做这个 / a document printer has no command '${command.do}'`);
    }
  }

  artifacts(): readonly string[] {
    return this.#engine.printed.map(
      ({ jobId, isWhole }) => `jobs/${jobId}${isWhole ? '' : '.partial'}.pdf`,
    );
  }

  artifact(name: string): Promise<SimulatorArtifact | undefined> {
    const found = this.#engine.printed[this.artifacts().indexOf(name)];
    return Promise.resolve(found && { mediaType: 'application/pdf', bytes: found.document });
  }

  #trouble(
    what: 'paper' | 'cover' | 'jam',
    command: object,
    isBad: boolean,
    atOnce: () => void,
  ): Result<void, string> {
    const after = 'afterPages' in command ? command.afterPages : undefined;
    if (isBad && typeof after === 'number') {
      this.#engine.plan(what, after);
      return ok(undefined);
    }
    this.#engine.unplan(what);
    atOnce();
    this.#engine.wake();
    return ok(undefined);
  }

  #hangUp(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #drop(forMs: number): void {
    this.#refuseUntil = performance.now() + forMs;
    this.#hangUp();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const wasMute = this.#mute;
    const body = await this.#receive(request);
    if (body === undefined || wasMute) return;
    if (this.#html) {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<!doctype html><title>Login</title><p>Please log in to the network.</p>');
      return;
    }
    const message = readIpp(body);
    if (request.method !== 'POST' || request.url !== PATH) response.writeHead(404).end();
    else if (!message.ok) response.writeHead(400).end();
    else {
      const answer = answerIpp(this.#printer, message.value);
      if (this.#delayMs > 0) {
        await new Promise((resolve) => setTimeout(resolve, this.#delayMs).unref());
      }
      // Fallen silent under a document: it was taken all the same.
      if (!this.#mute) response.writeHead(200, { 'content-type': 'application/ipp' }).end(answer);
    }
  }

  /** The whole body; nothing when the line broke in its middle. */
  async #receive(request: IncomingMessage): Promise<Buffer | undefined> {
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) {
        chunks.push(chunk);
        size += chunk.length;
        if (size > MOST_BYTES) throw new Error('document too long');
        if (carriesDocument(chunks)) this.#whileReceiving(size);
      }
      return Buffer.concat(chunks);
    } catch {
      this.#abortBroken(Buffer.concat(chunks));
      return undefined;
    }
  }

  #whileReceiving(size: number): void {
    if (this.#muteAfter !== undefined && size >= this.#muteAfter) {
      this.#muteAfter = undefined;
      this.#mute = true;
    }
    if (this.#dropAfter !== undefined && size >= this.#dropAfter.bytes) {
      const { forMs } = this.#dropAfter;
      this.#dropAfter = undefined;
      this.#drop(forMs);
    }
  }

  /** A document that did not come whole is not printed. */
  #abortBroken(head: Buffer): void {
    const message = readIpp(head);
    if (!message.ok) return;
    const { code, groups } = message.value;
    const operation = groups.find(({ tag }) => tag === IPP_TAG.operation)?.attributes;
    if (operation === undefined) return;
    if (code === OPERATION.printJob) {
      this.#engine.abort(this.#engine.create(ticketOf(message.value)), 'aborted-by-system');
    }
    if (code === OPERATION.sendDocument) {
      const id = operation.get('job-id')?.[0]?.bytes.readInt32BE(0);
      const job = this.#engine.jobs.find((one) => one.id === id);
      if (job !== undefined) this.#engine.abort(job, 'aborted-by-system');
    }
  }
}

function carriesDocument([first]: readonly Buffer[]): boolean {
  if (first === undefined || first.length < 4) return false;
  const code = first.readUInt16BE(2);
  return code === OPERATION.printJob || code === OPERATION.sendDocument;
}
