import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { DEVICE_DEEDS, type DeviceDeed } from '../../../domain/device/deed.ts';
import { FAULTS, type FaultCode } from '../../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../../domain/device/fault.ts';
import { DEVICE_CLASSES, type DeviceClass } from '../../../domain/device/status.ts';
import { candidateKey } from '../../../drivers/detection/candidate-key.ts';
import type { Unsubscribe } from '../../../drivers/device.ts';
import type { DevicesConfig } from '../../../kiosk-config/index.ts';
import type { Cancel, Clock } from '../ports.ts';
import { replaceDurably } from '../storage/durable-files.ts';
import type { CoreDevices } from './contract.ts';
import { connectionText, placeOf, type AnyDeviceConfig } from './place.ts';

const codeSchema = z.string().refine((code): code is FaultCode => Object.hasOwn(FAULTS, code));

const recordSchema = z.object({
  /** Which device it was: its driver and where it is connected. */
  key: z.string(),
  /** ISO 8601: since when that device is the one. */
  since: z.string(),
  counts: z.partialRecord(z.enum(DEVICE_DEEDS), z.int().min(0)),
  lastFault: z
    .object({ code: codeSchema, at: z.string(), vendorCode: z.string().nullable() })
    .nullable(),
});

const fileSchema = z.object({
  v: z.literal(1),
  devices: z.partialRecord(z.enum(DEVICE_CLASSES), recordSchema),
});

/** What is remembered of one device: what it did since it was set up, and its last fault. */
export type DeviceRecord = Omit<z.infer<typeof recordSchema>, 'key'>;

/** A cut of the power loses what was counted in so long. */
const WRITE_AFTER_MS = 1_000;

/** What a citizen or a command ended is no fault of the device. */
const NO_FAULTS: readonly FaultCode[] = ['device.cancelled'];

/** What the records live on. */
export interface DeviceRecordsParts {
  /** A file of the data folder. What cannot be read counts as nothing remembered. */
  readonly path: string;
  readonly clock: Clock;
  /** Simulated devices stand somewhere else at every start; they are the same ones all the same. */
  readonly simulated: boolean;
  readonly log: (message: string) => void;
}

/**
 * What every device did since it was set up, and its last fault, kept over restarts. Counts only: nothing of
 * a person. A device that is set up in another place, or by another driver, is another one and begins at zero.
 */
export class DeviceRecords {
  readonly #parts: DeviceRecordsParts;
  readonly #listeners = new Set<() => void>();
  #records: z.infer<typeof fileSchema>['devices'];
  #cancelWrite: Cancel | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(parts: DeviceRecordsParts) {
    this.#parts = parts;
    this.#records = readRecords(parts.path);
  }

  of(device: DeviceClass): DeviceRecord | undefined {
    return this.#records[device];
  }

  onChange(listener: () => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** These are the devices from now on. */
  configure(devices: DevicesConfig['devices']): void {
    for (const device of DEVICE_CLASSES) {
      const key = this.#keyOf(devices[device]);
      const record = this.#records[device];
      if (record?.key === key) continue;
      const { [device]: _before, ...others } = this.#records;
      this.#records =
        key === undefined
          ? others
          : { ...others, [device]: { key, since: this.#now(), counts: {}, lastFault: null } };
      this.#changed();
    }
  }

  /** Counts what these devices do, until it is taken back. */
  follow(devices: CoreDevices): Unsubscribe {
    const stops = DEVICE_CLASSES.flatMap((device) => {
      let standing = devices[device].status.fault?.code;
      return [
        devices[device].onDeed((deed, fault) => this.#count(device, deed, fault)),
        devices[device].onStatus(({ fault }) => {
          if (fault !== undefined && fault.code !== standing) this.#failed(device, fault);
          standing = fault?.code;
        }),
      ];
    });
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Resolves when all that was counted is on the disk, or could not be written. */
  async flush(): Promise<void> {
    if (this.#cancelWrite !== undefined) this.#write();
    await this.#writing;
  }

  #count(device: DeviceClass, deed: DeviceDeed, fault: Fault | undefined): void {
    const record = this.#records[device];
    if (record === undefined) return;
    const counts = { ...record.counts, [deed]: (record.counts[deed] ?? 0) + 1 };
    this.#records = { ...this.#records, [device]: { ...record, counts } };
    if (fault === undefined) this.#changed();
    else this.#failed(device, fault);
  }

  #failed(device: DeviceClass, { code, vendorCode }: Fault): void {
    const record = this.#records[device];
    if (record === undefined) return;
    if (!NO_FAULTS.includes(code)) {
      const lastFault = { code, at: this.#now(), vendorCode: vendorCode ?? null };
      this.#records = { ...this.#records, [device]: { ...record, lastFault } };
    }
    this.#changed();
  }

  #keyOf(config: AnyDeviceConfig): string | undefined {
    if (config === null) return undefined;
    if (this.#parts.simulated) return config.driver;
    const place = placeOf(config);
    const where = place === undefined ? (connectionText(config) ?? '') : candidateKey(place);
    return `${config.driver} ${where}`;
  }

  #now(): string {
    return new Date(this.#parts.clock.wall()).toISOString();
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
    this.#cancelWrite ??= this.#parts.clock.after(WRITE_AFTER_MS, () => this.#write());
  }

  #write(): void {
    this.#cancelWrite?.();
    this.#cancelWrite = undefined;
    const { path, log } = this.#parts;
    this.#writing = this.#writing.then(async () => {
      const file = { v: 1, devices: this.#records } satisfies z.infer<typeof fileSchema>;
      try {
        await replaceDurably(path, Buffer.from(`${JSON.stringify(file)}\n`));
      } catch {
        log('what the devices did could not be kept');
      }
    });
  }
}

function readRecords(path: string): z.infer<typeof fileSchema>['devices'] {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).devices;
  } catch {
    // none yet, or not ours to guess
    return {};
  }
}
