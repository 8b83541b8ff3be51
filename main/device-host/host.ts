import { fault } from '../../domain/device/fault-catalogue.ts';
import type { DeviceClass } from '../../domain/device/status.ts';
import type { Device } from '../../drivers/device.ts';
import type { DocumentScanner } from '../../drivers/document-scanner/contract.ts';
import type { IdCardReader } from '../../drivers/id-card/contract.ts';
import type { ReceiptPrinter } from '../../drivers/receipt-printer/contract.ts';
import type { DevicesConfig } from '../../kiosk-config/index.ts';
import { buildDocumentScanner, buildIdCard, buildReceiptPrinter } from './build-drivers.ts';
import type { FromHost, ToHost } from './protocol.ts';

interface Drivers {
  readonly idCard?: IdCardReader;
  readonly receiptPrinter?: ReceiptPrinter;
  readonly documentScanner?: DocumentScanner;
}

/** The device host without its process: turns messages into calls of drivers, and back. */
export class DeviceHost {
  readonly #send: (message: FromHost) => void;
  readonly #commands = new Map<number, AbortController>();
  #drivers: Drivers = {};

  constructor(send: (message: FromHost) => void) {
    this.#send = send;
  }

  async handle(message: ToHost): Promise<void> {
    switch (message.type) {
      case 'configure':
        await this.#configure(message.devices);
        break;
      case 'print':
        await this.#print(message);
        break;
      case 'scan':
        await this.#scan(message);
        break;
      case 'cancel':
        this.#commands.get(message.id)?.abort();
        break;
      case 'ping':
        this.#send({ type: 'pong' });
        break;
      case 'close':
        await this.close();
        break;
    }
  }

  async close(): Promise<void> {
    for (const command of this.#commands.values()) command.abort();
    await Promise.all(Object.values(this.#drivers).map((driver: Device) => driver.close()));
    this.#drivers = {};
  }

  async #configure(devices: DevicesConfig['devices']): Promise<void> {
    const [idCard, receiptPrinter, documentScanner] = await Promise.all([
      this.#load('idCard', devices.idCard, buildIdCard),
      this.#load('receiptPrinter', devices.receiptPrinter, buildReceiptPrinter),
      this.#load('documentScanner', devices.documentScanner, buildDocumentScanner),
    ]);
    this.#drivers = {
      ...(idCard && { idCard }),
      ...(receiptPrinter && { receiptPrinter }),
      ...(documentScanner && { documentScanner }),
    };
    idCard?.onEvent((event) => this.#send({ type: 'card', event }));
    if (idCard) this.#watch('idCard', idCard);
    if (receiptPrinter) this.#watch('receiptPrinter', receiptPrinter);
    if (documentScanner) {
      documentScanner.onStatus(() => this.#tellSources(documentScanner));
      this.#watch('documentScanner', documentScanner);
    }
    await Promise.all(Object.values(this.#drivers).map((driver: Device) => driver.open()));
  }

  /** A driver that cannot be loaded is a fault of its device alone. */
  async #load<Config, Driver>(
    device: DeviceClass,
    config: Config | null,
    build: (config: Config) => Promise<Driver>,
  ): Promise<Driver | undefined> {
    if (config === null) return undefined;
    try {
      return await build(config);
    } catch (error) {
      const detail = error instanceof Error ? error.message : 'unknown';
      const status = {
        state: 'offline',
        fault: fault('device.missingLibrary', { detail }),
      } as const;
      this.#send({ type: 'status', device, status });
      return undefined;
    }
  }

  #watch(device: DeviceClass, driver: Device): void {
    driver.onStatus((status) => this.#send({ type: 'status', device, status }));
    this.#send({ type: 'status', device, status: driver.status });
  }

  #tellSources(scanner: DocumentScanner): void {
    this.#send({ type: 'sources', sources: [...scanner.capabilities.sources] });
  }

  async #print({ id, document, deadlineMs }: Extract<ToHost, { type: 'print' }>): Promise<void> {
    const outcome = await this.#command(id, (signal) =>
      this.#drivers.receiptPrinter?.print(document, { signal, deadlineMs }),
    );
    this.#send({
      type: 'printed',
      id,
      outcome: outcome ?? { outcome: 'failed', fault: fault('device.unsupported') },
    });
  }

  async #scan({ id, request, deadlineMs }: Extract<ToHost, { type: 'scan' }>): Promise<void> {
    let pages = 0;
    const result = await this.#command(id, (signal) =>
      this.#drivers.documentScanner?.scan(
        request,
        ({ bytes }) => {
          pages += 1;
          this.#send({ type: 'page', id, bytes });
        },
        { signal, deadlineMs },
      ),
    );
    const failure = result === undefined ? fault('device.unsupported') : undefined;
    const stood = result?.ok === false ? result.error : failure;
    this.#send({ type: 'scanned', id, pages, ...(stood === undefined ? {} : { fault: stood }) });
  }

  async #command<T>(
    id: number,
    run: (signal: AbortSignal) => Promise<T> | undefined,
  ): Promise<T | undefined> {
    const controller = new AbortController();
    this.#commands.set(id, controller);
    try {
      return await run(controller.signal);
    } finally {
      this.#commands.delete(id);
    }
  }
}
