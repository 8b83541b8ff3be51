import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { DEVICE_CLASSES, type DeviceClass } from '../../../domain/device/status.ts';
import { replaceDurably } from '../storage/durable-files.ts';

const resultSchema = z.object({
  /** ISO 8601 */
  at: z.string(),
  result: z.enum(['passed', 'failed']),
});
const fileSchema = z.object({
  v: z.literal(1),
  results: z.partialRecord(z.enum(DEVICE_CLASSES), resultSchema),
});

/** How a device's last test ended. */
export type DeviceTestResult = z.infer<typeof resultSchema>;

/** The last test of every device, in a file of the data folder. What cannot be read counts as never tested. */
export class DeviceTestResults {
  readonly #path: string;
  #results: z.infer<typeof fileSchema>['results'] = {};

  constructor(path: string) {
    this.#path = path;
    try {
      this.#results = fileSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).results;
    } catch {
      // none yet, or not ours to guess
    }
  }

  of(device: DeviceClass): DeviceTestResult | undefined {
    return this.#results[device];
  }

  /** Rejects when it cannot be written; it is then known until the core ends. */
  async keep(device: DeviceClass, result: DeviceTestResult): Promise<void> {
    this.#results = { ...this.#results, [device]: result };
    const file = { v: 1, results: this.#results };
    await replaceDurably(this.#path, Buffer.from(`${JSON.stringify(file)}\n`));
  }
}
