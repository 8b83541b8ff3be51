import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { err, ok } from '../../../domain/result.ts';
import {
  parseConfig,
  type ConfigProblem,
  type ConfigResult,
  type DevicesConfig,
} from '../../../kiosk-config/index.ts';
import { replaceDurably } from '../storage/durable-files.ts';

/** An earlier version of the layer that can be gone back to. */
export interface EarlierVersion {
  readonly version: number;
  /** When it was replaced, ISO 8601. */
  readonly at: string;
}

/** What a layer is kept by. */
export interface DevicesLayerOptions {
  /** `devices.json`; undefined for simulated devices: what is changed lasts as long as they do. */
  readonly file: string | undefined;
  readonly current: DevicesConfig;
  /** What this environment refuses besides the schema. */
  readonly check: (layer: DevicesConfig) => readonly ConfigProblem[];
}

const KEPT = 20;

/**
 * The technician's layer of the configuration, in versions. The file with the current one is replaced
 * whole; each earlier one lies beside it as `devices.v<N>.json`. Going back makes a new version with the
 * old contents, so that the number only grows.
 */
export class DevicesLayer {
  readonly #file: string | undefined;
  readonly #check: DevicesLayerOptions['check'];
  readonly #earlier = new Map<number, { readonly layer: DevicesConfig; readonly at: string }>();
  #current: DevicesConfig;

  private constructor({ file, current, check }: DevicesLayerOptions) {
    this.#file = file;
    this.#current = current;
    this.#check = check;
  }

  /** Reads what earlier versions there are; those that cannot be read are left out. */
  static async open(options: DevicesLayerOptions): Promise<DevicesLayer> {
    const layer = new DevicesLayer(options);
    await layer.#readEarlier();
    return layer;
  }

  get current(): DevicesConfig {
    return this.#current;
  }

  /** Newest first. */
  get earlier(): readonly EarlierVersion[] {
    return [...this.#earlier]
      .map(([version, { at }]) => ({ version, at }))
      .toSorted((one, other) => other.version - one.version)
      .slice(0, KEPT);
  }

  /**
   * Makes these devices the current version; durable when it resolves.
   * @returns everything that is wrong with them, and then nothing was changed
   * @throws errors of the file system; then nothing was changed either
   */
  async save(devices: DevicesConfig['devices'], at: string): Promise<ConfigResult<DevicesConfig>> {
    const highest = Math.max(this.#current.version, ...this.#earlier.keys());
    const parsed = parseConfig('devices', {
      ...this.#current,
      version: highest + 1,
      devices,
    });
    if (!parsed.ok) return parsed;
    const refused = this.#check(parsed.value);
    if (refused.length > 0) return err(refused);
    const before = this.#current;
    if (this.#file !== undefined) {
      await this.#setAside(at);
      await replaceDurably(this.#path(before.version), json(before));
      await replaceDurably(this.#file, json(parsed.value));
    }
    this.#earlier.set(before.version, { layer: before, at });
    this.#current = parsed.value;
    return ok(parsed.value);
  }

  /** Goes back to the devices of an earlier version; undefined when there is none of that number. */
  async rollBack(version: number, at: string): Promise<ConfigResult<DevicesConfig> | undefined> {
    const found = this.#earlier.get(version);
    return found && this.save(found.layer.devices, at);
  }

  #path(version: number): string {
    const file = this.#file ?? '';
    return join(dirname(file), `${basename(file, '.json')}.v${String(version)}.json`);
  }

  /** A file that could not be read is somebody's work: it is kept beside the new one. */
  async #setAside(at: string): Promise<void> {
    const file = this.#file ?? '';
    const text = await readFile(file).catch(() => undefined);
    if (text === undefined) return;
    try {
      if (parseConfig('devices', JSON.parse(text.toString('utf8'))).ok) return;
    } catch {
      // no JSON at all
    }
    const name = `${basename(file, '.json')}.set-aside-${at.replaceAll(/\W/g, '')}.json`;
    await replaceDurably(join(dirname(file), name), text);
  }

  async #readEarlier(): Promise<void> {
    if (this.#file === undefined) return;
    const folder = dirname(this.#file);
    const stem = basename(this.#file, '.json');
    const names = await readdir(folder).catch(() => []);
    for (const name of names) {
      if (!name.startsWith(`${stem}.v`) || !/\.v\d+\.json$/.test(name)) continue;
      const path = join(folder, name);
      try {
        const parsed = parseConfig('devices', JSON.parse(await readFile(path, 'utf8')), path);
        if (!parsed.ok || parsed.value.version === this.#current.version) continue;
        const at = (await stat(path)).mtime.toISOString();
        this.#earlier.set(parsed.value.version, { layer: parsed.value, at });
      } catch {
        // not readable: it is not offered
      }
    }
  }
}

function json(layer: DevicesConfig): Uint8Array {
  return Buffer.from(`${JSON.stringify(layer, null, 2)}\n`);
}
