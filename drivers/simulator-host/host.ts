import { mkdir, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  EsclSimulator,
  type EsclSimulatorOptions,
} from '../document-scanner/simulator/escl-simulator.ts';
import {
  SerialScannerSimulator,
  type SerialScannerSimulatorOptions,
} from '../code-scanner/simulator/serial-scanner-simulator.ts';
import {
  IppSimulator,
  type IppSimulatorOptions,
} from '../document-printer/simulator/ipp-simulator.ts';
import {
  RelaySimulator,
  type RelaySimulatorOptions,
} from '../terminal-parts/simulator/relay-simulator.ts';
import { PartsSimulator } from '../terminal-parts/simulator/parts-simulator.ts';
import { SdtSimulator, type SdtSimulatorOptions } from '../id-card/simulator/sdt-simulator.ts';
import {
  EscPosSimulator,
  type EscPosSimulatorOptions,
} from '../receipt-printer/simulator/escpos-simulator.ts';
import {
  SecurityCardSimulator,
  type SecurityCardSimulatorOptions,
} from '../security-card/simulator/security-card-simulator.ts';
import { controlPlane, type HostedDevice } from './control-plane.ts';
import type { Simulator } from './simulator.ts';

/** How the simulators are started. */
export interface SimulatorHostOptions {
  /** Of the control plane; 0 takes any free one. */
  readonly port: number;
  /** Folder of its own; `ready.json` in it says where everything listens while the process lives. */
  readonly dataDir: string;
  /** Ports of the devices; any free one where none is given. */
  readonly ports?: Partial<Readonly<Record<Simulator['deviceClass'], number>>>;
  readonly idCard?: SdtSimulatorOptions;
  readonly receiptPrinter?: EscPosSimulatorOptions;
  readonly documentScanner?: EsclSimulatorOptions;
  readonly codeScanner?: SerialScannerSimulatorOptions;
  readonly documentPrinter?: IppSimulatorOptions;
  /** A relay board with lamps in place of the board of parts. */
  readonly relays?: RelaySimulatorOptions;
  readonly securityCard?: SecurityCardSimulatorOptions;
  /** Lines for a log, without personal data. */
  readonly log?: (line: string) => void;
}

/** Where a device listens. */
export interface TcpAddress {
  readonly transport: 'tcp';
  readonly host: string;
  readonly port: number;
}

/** The line that a simulators process prints when it is ready. */
export interface SimulatorsReady {
  readonly ready: true;
  readonly part: 'simulators';
  readonly control: string;
  readonly dock: string;
  readonly devices: {
    readonly idCard: TcpAddress;
    readonly receiptPrinter: TcpAddress;
    readonly documentScanner: { readonly transport: 'escl'; readonly url: string };
    readonly codeScanner: TcpAddress;
    readonly documentPrinter: { readonly transport: 'ipp'; readonly url: string };
    readonly terminalParts: TcpAddress;
    readonly securityCard: TcpAddress;
  };
}

/** Running simulators. */
export interface SimulatorHost {
  readonly ready: SimulatorsReady;
  /** Stops every listener; safe to call twice. */
  close(): Promise<void>;
}

/**
 * Starts the simulated devices and their control plane, all on 127.0.0.1.
 * Rejects, with nothing left running, when a port is taken or the folder cannot be written.
 */
export async function startSimulatorHost(options: SimulatorHostOptions): Promise<SimulatorHost> {
  const log = options.log ?? (() => undefined);
  const idCard = new SdtSimulator(options.idCard);
  const printer = new EscPosSimulator(options.receiptPrinter);
  const scanner = new EsclSimulator(options.documentScanner);
  const codes = new SerialScannerSimulator(options.codeScanner);
  const a4 = new IppSimulator({ pageMs: 1_500, ...options.documentPrinter });
  const { relays } = options;
  const parts = relays === undefined ? new PartsSimulator() : new RelaySimulator(relays);
  const securityCard = new SecurityCardSimulator(options.securityCard);
  const started: (() => Promise<unknown>)[] = [];
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= closeAll(started));
  try {
    await mkdir(options.dataDir, { recursive: true });
    const devices: HostedDevice[] = [];
    for (const [id, simulator] of [
      ['id-card-1', idCard],
      ['receipt-printer-1', printer],
      ['document-scanner-1', scanner],
      ['code-scanner-1', codes],
      ['document-printer-1', a4],
      ['terminal-parts-1', parts],
      ['security-card-1', securityCard],
    ] as const) {
      const port = await listening(simulator, options.ports?.[simulator.deviceClass] ?? 0);
      started.push(() => simulator.close());
      const at = { id, simulator, host: '127.0.0.1', port } as const;
      if (simulator === scanner) devices.push({ ...at, transport: 'escl', url: scanner.url });
      else if (simulator === a4) devices.push({ ...at, transport: 'ipp', url: a4.url });
      else devices.push({ ...at, transport: 'tcp' });
    }
    const app = controlPlane(devices, log);
    await app.listen({ host: '127.0.0.1', port: options.port });
    started.push(() => app.close());
    const control = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
    const tcp = (index: number): TcpAddress => ({
      transport: 'tcp',
      host: '127.0.0.1',
      port: devices[index]?.port ?? 0,
    });
    const ready: SimulatorsReady = {
      ready: true,
      part: 'simulators',
      control,
      dock: `${control}/`,
      devices: {
        idCard: tcp(0),
        receiptPrinter: tcp(1),
        documentScanner: { transport: 'escl', url: scanner.url },
        codeScanner: tcp(3),
        documentPrinter: { transport: 'ipp', url: a4.url },
        terminalParts: tcp(5),
        securityCard: tcp(6),
      },
    };
    const file = join(options.dataDir, 'ready.json');
    await writeFile(file, `${JSON.stringify(ready)}\n`);
    started.push(() => rm(file, { force: true }));
    return { ready, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function listening(simulator: HostedDevice['simulator'], port: number): Promise<number> {
  try {
    return await simulator.listen(port);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${simulator.deviceClass}: ${why}`, { cause: error });
  }
}

async function closeAll(started: readonly (() => Promise<unknown>)[]): Promise<void> {
  await Promise.all(started.map((stop) => stop()));
}
