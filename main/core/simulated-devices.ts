import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SimulatorClient } from '../../drivers/simulator-host/client.ts';
import { demoDevices, type DevicesConfig } from '../../kiosk-config/index.ts';

/** Simulated devices, for a terminal outside production on which nothing was set up. */
export interface SimulatedDevices {
  readonly control: string;
  readonly devices: DevicesConfig;
  /** Stops the simulators, if they were started here. */
  stop(): Promise<void>;
}

const ENTRY = fileURLToPath(new URL('../../drivers/simulator-host/main.ts', import.meta.url));
const START_MS = 30_000;

/**
 * Asks a control plane what listens where. Rejects when it does not answer.
 *
 * @param documentCamera the page's browser sees a film instead of a camera
 */
export async function devicesOfSimulators(
  control: string,
  documentCamera = false,
): Promise<DevicesConfig> {
  const found = await new SimulatorClient(control).devices();
  const port = (deviceClass: string): number | undefined =>
    found.find((device) => device.deviceClass === deviceClass)?.port;
  const url = (deviceClass: string): string | undefined =>
    found.find((device) => device.deviceClass === deviceClass)?.url;
  const parts = found.find(({ deviceClass }) => deviceClass === 'terminalParts')?.state;
  const at = {
    idCardPort: port('idCard'),
    receiptPrinterPort: port('receiptPrinter'),
    documentScannerUrl: url('documentScanner'),
    codeScannerPort: port('codeScanner'),
    documentPrinterUrl: url('documentPrinter'),
    terminalPartsPort: port('terminalParts'),
    relaysAnswer: parts?.['kind'] === 'relays' ? parts['answers'] === true : undefined,
    securityCardPort: port('securityCard'),
    documentCamera,
  };
  return demoDevices(
    Object.fromEntries(Object.entries(at).filter(([, place]) => place !== undefined)),
  );
}

/** Starts the simulators as a process of their own, which ends with this one. */
export async function startSimulators(documentCamera = false): Promise<SimulatedDevices> {
  const data = await mkdtemp(join(tmpdir(), 'bianmin-simulators-'));
  const child = spawn(
    process.execPath,
    [ENTRY, '--port', '0', '--data', data, '--die-with-parent'],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await gone;
    await rm(data, { recursive: true, force: true });
  };
  try {
    const control = await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('the simulators did not start')), START_MS);
      const fail = (): void => {
        clearTimeout(timer);
        reject(new Error('the simulators ended'));
      };
      child.once('exit', fail);
      child.once('error', fail);
      createInterface({ input: child.stdout }).on('line', (line) => {
        const ready = readyOf(line);
        if (ready === undefined) return;
        clearTimeout(timer);
        resolve(ready);
      });
    });
    return { control, devices: await devicesOfSimulators(control, documentCamera), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function readyOf(line: string): string | undefined {
  try {
    const value = JSON.parse(line) as { readonly ready?: unknown; readonly control?: unknown };
    return value.ready === true && typeof value.control === 'string' ? value.control : undefined;
  } catch {
    return undefined;
  }
}
