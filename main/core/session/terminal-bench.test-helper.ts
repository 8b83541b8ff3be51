import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { WebSocket } from 'ws';
import type { Answers } from '../../../domain/catalogue/form.ts';
import type { ApplicationBody } from '../../../domain/envelope/body.ts';
import { parseEnvelope } from '../../../domain/envelope/header.ts';
import { SerialScannerSimulator } from '../../../drivers/code-scanner/simulator/serial-scanner-simulator.ts';
import { IppSimulator } from '../../../drivers/document-printer/simulator/ipp-simulator.ts';
import { EsclSimulator } from '../../../drivers/document-scanner/simulator/escl-simulator.ts';
import {
  SdtSimulator,
  type SdtSimulatorOptions,
} from '../../../drivers/id-card/simulator/sdt-simulator.ts';
import { PROFILES, type PrinterProfileId } from '../../../drivers/receipt-printer/profile.ts';
import { SecurityCardSimulator } from '../../../drivers/security-card/simulator/security-card-simulator.ts';
import { EscPosSimulator } from '../../../drivers/receipt-printer/simulator/escpos-simulator.ts';
import { demoPersona, type DemoPersona } from '../../../drivers/simulator-host/personas.ts';
import { PartsSimulator } from '../../../drivers/terminal-parts/simulator/parts-simulator.ts';
import { RelaySimulator } from '../../../drivers/terminal-parts/simulator/relay-simulator.ts';
import type { Simulator, SimulatorCommand } from '../../../drivers/simulator-host/simulator.ts';
import { demoCatalogue, demoDevices, type DevicesConfig } from '../../../kiosk-config/index.ts';
import type { Contract } from '../../contract/contract.ts';
import type { SessionView } from '../../contract/session-view.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { createSystemPorts, type SystemPorts } from '../adapters/system-ports.ts';
import { composeTerminal } from '../compose.ts';
import { createLogger } from '../log/logger.ts';
import { QUICK } from '../outbox/durable-bench.test-helper.ts';
import type { ChildProcess, Clock } from '../ports.ts';
import { startPlatformDouble, type PlatformDouble } from '../sync/platform-double.test-helper.ts';
import type { Terminal, TerminalOptions } from '../terminal.ts';

/** A typed client as the page has it. */
export type PageClient = ContractRouterClient<Contract>;

/** A page without a screen: came in by the token, watches the session. */
export interface BenchPage {
  readonly call: PageClient;
  readonly cookie: string;
  /** Everything the session ever showed to this page. */
  readonly views: (SessionView | null)[];
  /** The newest view, as soon as it is as wished; fails after 20 s. */
  seen(what: string, is: (view: SessionView) => boolean): Promise<SessionView>;
  gone(): Promise<void>;
  close(): void;
}

/** A whole terminal over real wires: core, device host, simulators; the platform's end is a double. */
export interface TerminalBench {
  readonly folder: string;
  readonly platform: PlatformDouble;
  readonly simulators: {
    readonly idCard: SdtSimulator;
    readonly receiptPrinter: EscPosSimulator;
    readonly documentScanner: EsclSimulator;
    readonly securityCard: SecurityCardSimulator;
  };
  /** Only of a bench made with `around`. */
  readonly around: {
    readonly codes: SerialScannerSimulator;
    readonly a4: IppSimulator;
    /** A relay board where the bench was asked for one. */
    readonly parts: PartsSimulator | RelaySimulator;
  };
  readonly log: string[];
  terminal: Terminal;
  page(): Promise<BenchPage>;
  /** kill -9 of the device host that runs now. */
  killDeviceHost(): void;
  /** When device hosts of the core that runs now were started, by the machine's monotonic clock. */
  hostStarts(): readonly number[];
  /** Ends the core and begins it again on the same folder. */
  restart(change?: Partial<TerminalOptions>): Promise<void>;
  /** What lies sealed in an item that arrived, opened with the platform's key. */
  opened(submissionId: string): Promise<ApplicationBody>;
  openedFile(sha256: string): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** What a bench may have otherwise. */
export interface BenchOptions {
  readonly idCard?: SdtSimulatorOptions;
  readonly devices?: DevicesConfig;
  /** Another receipt printer than the usual one, and how long it holds a receipt out. */
  readonly receiptPrinter?: { readonly profile: PrinterProfileId; readonly takeSeconds: number };
  /** With a code scanner, an A4 printer and the parts around the screen. */
  readonly around?: boolean;
  /** A relay board in place of the board of parts. */
  readonly relays?: { readonly answers: boolean };
  /** Time that one A4 side takes, in ms. */
  readonly pageMs?: number;
  readonly change?: Partial<TerminalOptions>;
  /** A program that decodes the photos of cards. */
  readonly photoDecoder?: DevicesConfig['terminal']['photoDecoder'];
  /** The platform is not there at all. */
  readonly platformAway?: boolean;
  /** The core's clock instead of the machine's. */
  readonly clock?: Clock;
  /** What the core is handed instead of a device host that it has started. */
  readonly host?: (child: ChildProcess) => ChildProcess;
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until something is so; fails after twenty seconds. */
export async function until(what: string, is: () => boolean): Promise<void> {
  const end = Date.now() + 60_000;
  while (!is()) {
    if (Date.now() > end) throw new Error(`never came: ${what}`);
    await wait(10);
  }
}

function withPrinter(layer: DevicesConfig, printer: BenchOptions['receiptPrinter']): DevicesConfig {
  const { devices } = layer;
  if (printer === undefined || devices.receiptPrinter === null) return layer;
  return {
    ...layer,
    devices: { ...devices, receiptPrinter: { ...devices.receiptPrinter, ...printer } },
  };
}

function withPhotoDecoder(
  layer: DevicesConfig,
  photoDecoder: BenchOptions['photoDecoder'],
): DevicesConfig {
  if (photoDecoder === undefined) return layer;
  return { ...layer, terminal: { ...layer.terminal, photoDecoder } };
}

/** Makes a bench; everything listens on free ports of 127.0.0.1. */
export async function makeTerminalBench(options: BenchOptions = {}): Promise<TerminalBench> {
  const folder = await mkdtemp(join(tmpdir(), 'bianmin-terminal-'));
  const identity = await generateX25519Identity();
  const platform = await startPlatformDouble([await identityToRecipient(identity)]);
  await platform.publish('keys', 1, platform.keys());
  await platform.publish('catalogue', 1, demoCatalogue());
  const simulators = {
    idCard: new SdtSimulator(options.idCard),
    receiptPrinter: new EscPosSimulator({
      profile: PROFILES[options.receiptPrinter?.profile ?? 'generic80'],
    }),
    // a job of a host that was killed is given up soon
    documentScanner: new EsclSimulator({ jobIdleMs: 1_000 }),
    securityCard: new SecurityCardSimulator(),
  };
  const idCardPort = await simulators.idCard.listen(0);
  const receiptPrinterPort = await simulators.receiptPrinter.listen(0);
  await simulators.documentScanner.listen(0);
  const around = {
    codes: new SerialScannerSimulator(),
    a4: new IppSimulator({ pageMs: options.pageMs ?? 5 }),
    parts: options.relays === undefined ? new PartsSimulator() : new RelaySimulator(options.relays),
  };
  const besides =
    options.around === true
      ? {
          ...(await placesAround(around)),
          ...(options.relays && { relaysAnswer: options.relays.answers }),
        }
      : {};
  const securityCardPort = await simulators.securityCard.listen(0);
  const log: string[] = [];
  let ports: SystemPorts | undefined;
  let hosts: ChildProcess[] = [];
  let starts: number[] = [];
  const pages: BenchPage[] = [];

  const compose = async (change: Partial<TerminalOptions> = {}): Promise<Terminal> => {
    const real = await createSystemPorts({
      dataFolder: folder,
      platformUrl: options.platformAway === true ? 'http://127.0.0.1:9' : platform.url,
      environment: 'demo',
    });
    ports = real;
    return composeTerminal({
      ports: {
        ...real,
        ...(options.clock === undefined ? {} : { clock: options.clock }),
        processes: {
          start(modulePath, args) {
            const child = real.processes.start(modulePath, args);
            hosts.push(child);
            starts.push(systemClock.now());
            return options.host?.(child) ?? child;
          },
        },
      },
      environment: 'demo',
      softwareVersion: '0.0.0-test',
      port: 0,
      pageRoot: join(folder, 'no-page'),
      devices: withPhotoDecoder(
        options.devices ??
          withPrinter(
            demoDevices({
              idCardPort,
              receiptPrinterPort,
              documentScannerUrl: simulators.documentScanner.url,
              ...besides,
              securityCardPort,
            }),
            options.receiptPrinter,
          ),
        options.photoDecoder,
      ),
      problems: [],
      enrolmentCode: 'CODE-1',
      log: createLogger((line) => log.push(line)),
      durable: QUICK,
      ...options.change,
      ...change,
    });
  };

  const bench: TerminalBench = {
    folder,
    platform,
    simulators,
    around,
    log,
    terminal: await compose(),
    async page() {
      const page = await openPage(bench.terminal);
      pages.push(page);
      return page;
    },
    killDeviceHost: () => hosts.at(-1)?.kill(),
    hostStarts: () => starts,
    async restart(change) {
      for (const page of pages.splice(0)) page.close();
      await bench.terminal.close();
      await ports?.close();
      hosts = [];
      starts = [];
      bench.terminal = await compose(change);
    },
    async opened(submissionId) {
      const item = platform.items.get(submissionId);
      if (item === undefined) throw new Error('the item has not arrived');
      const parsed = parseEnvelope(item.file, (bytes) => Buffer.from(bytes).toString('utf8'));
      if (parsed === undefined) throw new Error('no envelope');
      return JSON.parse(
        Buffer.from(await open(parsed.body, identity)).toString(),
      ) as ApplicationBody;
    },
    openedFile(sha256) {
      const file = platform.attachments.get(sha256);
      if (file === undefined) throw new Error('the attachment has not arrived');
      return open(file, identity);
    },
    async close() {
      for (const page of pages) page.close();
      await bench.terminal.close();
      await ports?.close();
      await platform.close();
      const all: readonly Simulator[] = [
        ...Object.values(simulators),
        ...(options.around === true ? Object.values(around) : []),
      ];
      await Promise.all(all.map((simulator) => simulator.close()));
      await rm(folder, { recursive: true, force: true });
    },
  };
  return bench;
}

async function placesAround({ codes, a4, parts }: TerminalBench['around']) {
  const [codeScannerPort, , terminalPartsPort] = await Promise.all([
    codes.listen(0),
    a4.listen(0),
    parts.listen(0),
  ]);
  return { codeScannerPort, documentPrinterUrl: a4.url, terminalPartsPort };
}

function open(sealed: Uint8Array, identity: string): Promise<Uint8Array> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return decrypter.decrypt(Uint8Array.from(sealed));
}

/** Comes in by the one-time token, as a shell does. */
export async function enter(terminal: Terminal): Promise<string> {
  const entered = await fetch(terminal.entryAddress(), { redirect: 'manual' });
  return (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

async function openPage(terminal: Terminal): Promise<BenchPage> {
  const cookie = await enter(terminal);
  const socket = new WebSocket(`${terminal.origin.replace('http', 'ws')}/rpc`, {
    headers: { cookie, origin: terminal.origin },
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
  });
  const link = new RPCLink({ websocket: socket as unknown as globalThis.WebSocket });
  const call: PageClient = createORPCClient(link);
  const views: (SessionView | null)[] = [];
  const watching = (async () => {
    for await (const view of await call.session.watch()) views.push(view);
  })();
  watching.catch(() => undefined);
  await until('first view', () => views.length > 0);
  return {
    call,
    cookie,
    views,
    async seen(what, is) {
      const end = Date.now() + 60_000;
      for (;;) {
        const view = views.at(-1);
        if (view && is(view)) return view;
        if (Date.now() > end) {
          const { step, card, scan, notice } = view ?? {};
          throw new Error(
            `never seen: ${what}; last ${JSON.stringify({ step, card, scan, notice })}`,
          );
        }
        await wait(10);
      }
    },
    gone: () => until('no session', () => views.at(-1) === null),
    close: () => socket.terminate(),
  };
}

/** Tells a simulator what to do; a refusal is a bug of the test. */
export function tell(simulator: Simulator, command: SimulatorCommand): void {
  const done = simulator.command(command);
  if (!done.ok) throw new Error(done.error);
}

/** A synthetic person of the simulators. */
export function persona(id: string): DemoPersona {
  const found = demoPersona(id);
  if (found === undefined) throw new Error(`no persona ${id}`);
  return found;
}

/** Ink of three strokes as a PNG data URL. */
export async function inkPng(): Promise<string> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="600" height="240">
    <rect width="600" height="240" fill="#fff"/>
    <path d="M60 60 L240 180 M250 50 L250 200 M300 120 C360 40 420 200 540 100"
      stroke="#000" stroke-width="8" fill="none"/></svg>`;
  const png = await sharp(Buffer.from(svg)).png().toBuffer();
  return `data:image/png;base64,${png.toString('base64')}`;
}

/** What a person answers in the form of unemployment-reg. */
export function unemploymentAnswers(of: DemoPersona): Answers {
  const { mobile, residence } = of.answers;
  return {
    address: { division: residence.divisionCode, detail: residence.detail },
    mobile,
    education: '20',
    regPlaceType: 'hukou',
    reason: 'contractEnd',
    lostDate: '2026-10-01',
    commit: true,
  };
}

/** Lays the card down and goes as far as the form of a service. */
export async function toForm(
  bench: TerminalBench,
  page: BenchPage,
  personaId: string,
  serviceId: string,
): Promise<SessionView> {
  tell(bench.simulators.idCard, { do: 'insertCard', persona: personaId });
  await page.seen('find', ({ step, applicant }) => step === 'find' && applicant !== null);
  await page.call.session.openService({ serviceId });
  await page.call.session.apply();
  return page.seen('form', ({ step }) => step === 'form');
}

/** From the filled form to the review. */
export async function toReview(page: BenchPage): Promise<SessionView> {
  await page.call.session.formDone();
  await page.seen('materials', ({ step }) => step === 'materials');
  await page.call.session.materialsDone();
  await page.seen('sign', ({ step }) => step === 'sign');
  await page.call.session.sign({ mode: 'signature', pngDataUrl: await inkPng(), strokes: 3 });
  return page.seen('review', ({ step }) => step === 'review');
}
