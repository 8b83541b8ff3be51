import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { err, ok, type Result } from '../../../domain/result.ts';
import type {
  Simulator,
  SimulatorArtifact,
  SimulatorCommand,
  SimulatorState,
} from '../../simulator-host/simulator.ts';
import type { ScanSource } from '../contract.ts';
import {
  capabilitiesXml,
  parseScanSettings,
  statusXml,
  type EsclInputCaps,
  type EsclScanSettings,
  type EsclStatus,
} from '../escl-xml.ts';
import { exposeSheet, PaperPath } from './paper-path.ts';
import { PaperStudio } from './papers.ts';

/** How a simulated scanner is built, with the habits seen on real ones. */
export interface EsclSimulatorOptions {
  readonly sources?: readonly ScanSource[];
  /** HP: so many 503 before the first page of a job. */
  readonly notReadyAnswers?: number;
  /** AirSane once: 409 where the end of the paper is 404. */
  readonly endOfPaper?: 404 | 409;
  /** Host that is put into Location, where behind a proxy it is not the one that was called. */
  readonly locationHost?: string;
  /** A job nobody asks about is given up after so long, in ms. */
  readonly jobIdleMs?: number;
  /** So many jobs are made without anybody hearing of it: the line is cut where the answer belongs. */
  readonly cutOffJobs?: number;
  /** Tells how old its jobs are. Default true. */
  readonly tellsAge?: boolean;
}

interface Job {
  readonly id: string;
  readonly settings: EsclScanSettings;
  state: 'Processing' | 'Completed' | 'Canceled' | 'Aborted';
  delivered: number;
  notReady: number;
  readonly made: number;
  touched: number;
}

const VERSION = '2.63';
const ROOT = '/eSCL';
const KEPT_SCANS = 20;
const INPUT: EsclInputCaps = {
  resolutionsDpi: [100, 150, 200, 300],
  colourModes: ['Grayscale8', 'RGB24'],
  maxWidth: 2550,
  maxHeight: 3508,
};

/** A document scanner that speaks eSCL over real HTTP on loopback. */
export class EsclSimulator implements Simulator {
  readonly deviceClass = 'documentScanner' as const;
  readonly #options: Required<EsclSimulatorOptions>;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #studio = new PaperStudio();
  readonly #paper = new PaperPath();
  readonly #jobs: Job[] = [];
  readonly #scans: Uint8Array[] = [];
  #scansMade = 0;
  #deletes = 0;
  #cutOffJobs: number;
  #delayMs = 0;
  #mute = false;
  #busy = false;
  #failNext = 0;
  #refuseUntil = 0;
  #port = 0;

  constructor(options: EsclSimulatorOptions = {}) {
    this.#options = {
      sources: ['flatbed', 'feeder'],
      notReadyAnswers: 0,
      endOfPaper: 404,
      locationHost: '',
      jobIdleMs: 60_000,
      cutOffJobs: 0,
      tellsAge: true,
      ...options,
    };
    this.#cutOffJobs = this.#options.cutOffJobs;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
    this.#server.on('connection', (socket) => {
      if (Date.now() < this.#refuseUntil) {
        socket.destroy();
        return;
      }
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  /** The eSCL root, once it listens. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}${ROOT}`;
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
    this.#hangUp();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  state(): SimulatorState {
    return {
      url: this.url,
      sources: this.#options.sources,
      flatbedPages: this.#paper.count('flatbed'),
      feederPages: this.#paper.count('feeder'),
      coverOpen: this.#paper.coverOpen,
      jammed: this.#paper.jammed,
      busy: this.#busy,
      mute: this.#mute,
      delayMs: this.#delayMs,
      failNext: this.#failNext,
      refusing: Date.now() < this.#refuseUntil,
      jobs: this.#jobs.length,
      activeJobs: this.#jobs.filter((job) => job.state === 'Processing').length,
      deletedJobs: this.#deletes,
      scans: this.#scansMade,
    };
  }

  command(command: SimulatorCommand): Result<void, string> {
    switch (command.do) {
      case 'loadPages':
      case 'loadPageImage':
        if (!this.#options.sources.includes(command.source)) {
          return err(`这台扫描仪没有这个入口 / this scanner has no ${command.source}`);
        }
        return this.#paper.load(command);
      case 'setCover':
        this.#paper.coverOpen = command.open;
        return ok(undefined);
      case 'setJam':
        this.#paper.jam(command);
        return ok(undefined);
      case 'setDelay':
        this.#delayMs = Math.max(0, command.ms);
        return ok(undefined);
      case 'setBusy':
        this.#busy = command.busy;
        return ok(undefined);
      case 'setMute':
        this.#mute = command.mute;
        return ok(undefined);
      case 'failNext':
        this.#failNext = command.times ?? 1;
        return ok(undefined);
      case 'dropLine':
        this.#refuseUntil = Date.now() + (command.forMs ?? 0);
        this.#hangUp();
        return ok(undefined);
      default:
        return err(`文档扫描仪不会做这个 / a document scanner has no command '${command.do}'`);
    }
  }

  artifacts(): readonly string[] {
    const first = this.#scansMade - this.#scans.length + 1;
    return this.#scans.map((_, i) => `scans/${first + i}.jpg`);
  }

  artifact(name: string): Promise<SimulatorArtifact | undefined> {
    const bytes = this.#scans[this.artifacts().indexOf(name)];
    return Promise.resolve(bytes && { mediaType: 'image/jpeg', bytes });
  }

  #hangUp(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    if (this.#mute) return;
    if (this.#delayMs > 0) {
      await new Promise((resolve) => setTimeout(resolve, this.#delayMs).unref());
    }
    const path = new URL(request.url ?? '/', 'http://scanner.invalid').pathname;
    const job = this.#jobs.find((one) => path.startsWith(`${ROOT}/ScanJobs/${one.id}`));
    if (job) job.touched = performance.now();
    this.#giveUpIdleJobs();
    const asked = `${request.method ?? ''} ${path}`;
    if (asked === `GET ${ROOT}/ScannerCapabilities`) {
      answer(response, 200, { 'content-type': 'text/xml' }, this.#capabilities());
    } else if (asked === `GET ${ROOT}/ScannerStatus`) {
      answer(response, 200, { 'content-type': 'text/xml' }, statusXml(this.#status(), VERSION));
    } else if (asked === `POST ${ROOT}/ScanJobs`) {
      this.#makeJob(body, response);
    } else if (job && asked === `GET ${ROOT}/ScanJobs/${job.id}/NextDocument`) {
      await this.#nextDocument(job, response);
    } else if (job && asked === `DELETE ${ROOT}/ScanJobs/${job.id}`) {
      if (job.state === 'Processing') job.state = 'Canceled';
      this.#deletes += 1;
      answer(response, 200);
    } else {
      answer(response, 404);
    }
  }

  #giveUpIdleJobs(): void {
    const since = performance.now() - this.#options.jobIdleMs;
    for (const job of this.#jobs) {
      if (job.state === 'Processing' && job.touched < since) job.state = 'Aborted';
    }
  }

  #makeJob(body: string, response: ServerResponse): void {
    const settings = parseScanSettings(body);
    if (this.#failNext > 0) {
      this.#failNext -= 1;
      answer(response, 500);
    } else if (
      !settings ||
      !this.#options.sources.includes(settings.source) ||
      !INPUT.resolutionsDpi.includes(settings.resolutionDpi)
    ) {
      answer(response, 400);
    } else if (this.#busy || this.#jobs.some((job) => job.state === 'Processing')) {
      answer(response, 503);
    } else if (
      this.#paper.coverOpen ||
      (settings.source === 'feeder' && (this.#paper.jammed || this.#paper.count('feeder') === 0))
    ) {
      answer(response, 409);
    } else {
      const id = randomUUID();
      const notReady = this.#options.notReadyAnswers;
      this.#jobs.push({
        id,
        settings,
        state: 'Processing',
        delivered: 0,
        notReady,
        made: performance.now(),
        touched: performance.now(),
      });
      if (this.#jobs.length > KEPT_SCANS) this.#jobs.shift();
      if (this.#cutOffJobs > 0) {
        this.#cutOffJobs -= 1;
        response.destroy();
        return;
      }
      const host = this.#options.locationHost;
      answer(response, 201, {
        location: `${host === '' ? '' : `http://${host}`}${ROOT}/ScanJobs/${id}`,
      });
    }
  }

  async #nextDocument(job: Job, response: ServerResponse): Promise<void> {
    const { settings } = job;
    if (job.state === 'Canceled') {
      answer(response, 410);
    } else if (job.state === 'Completed') {
      answer(response, this.#options.endOfPaper);
    } else if (job.notReady > 0) {
      job.notReady -= 1;
      answer(response, 503);
    } else if (
      job.state === 'Aborted' ||
      this.#paper.coverOpen ||
      (settings.source === 'feeder' && this.#paper.sticksAt(job.delivered))
    ) {
      job.state = 'Aborted';
      answer(response, 409);
    } else if (settings.source === 'feeder' && this.#paper.count('feeder') === 0) {
      job.state = 'Completed';
      answer(response, this.#options.endOfPaper);
    } else {
      job.delivered += 1;
      const page = await exposeSheet(this.#studio, this.#paper.next(settings.source), {
        dpi: settings.resolutionDpi,
        colour: settings.colourMode === 'Grayscale8' ? 'grey' : 'colour',
      });
      if (settings.source === 'flatbed') job.state = 'Completed';
      this.#scansMade += 1;
      this.#scans.push(page);
      if (this.#scans.length > KEPT_SCANS) this.#scans.shift();
      answer(response, 200, { 'content-type': 'image/jpeg' }, page);
    }
  }

  #capabilities(): string {
    return capabilitiesXml({
      version: VERSION,
      model: 'Bianmin Simulated Scanner',
      inputs: Object.fromEntries(this.#options.sources.map((source) => [source, INPUT])),
    });
  }

  #status(): EsclStatus {
    const hasFeeder = this.#options.sources.includes('feeder');
    const working = this.#busy || this.#jobs.some((job) => job.state === 'Processing');
    const coverShown = this.#paper.coverOpen && hasFeeder;
    return {
      state: working ? 'Processing' : this.#paper.coverOpen && !coverShown ? 'Stopped' : 'Idle',
      ...(hasFeeder ? { adfState: this.#adfState() } : {}),
      jobs: this.#jobs.map((job) => ({
        path: `${ROOT}/ScanJobs/${job.id}`,
        state: job.state,
        reasons: [],
        ...(this.#options.tellsAge
          ? { ageSeconds: Math.floor((performance.now() - job.made) / 1_000) }
          : {}),
      })),
    };
  }

  #adfState(): string {
    if (this.#paper.coverOpen) return 'ScannerAdfDoorOpen';
    if (this.#paper.jammed) return 'ScannerAdfJam';
    return this.#paper.count('feeder') > 0 ? 'ScannerAdfLoaded' : 'ScannerAdfEmpty';
  }
}

function answer(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
  body: string | Uint8Array = '',
): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request as AsyncIterable<Buffer>) {
    body += chunk.toString('utf8');
    if (body.length > 64 * 1024) throw new Error('request too long');
  }
  return body;
}
