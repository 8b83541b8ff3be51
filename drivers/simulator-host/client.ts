import { z } from 'zod';
import { DRIVEN_CLASSES } from '../../domain/device/status.ts';
import type { DeviceView, PersonaView } from './control-plane.ts';
import type { SimulatedPaper, SimulatorArtifact, SimulatorCommand } from './simulator.ts';

const deviceSchema = z.object({
  id: z.string(),
  deviceClass: z.enum([...DRIVEN_CLASSES, 'securityCard']),
  transport: z.enum(['tcp', 'escl', 'ipp']),
  host: z.string(),
  port: z.number(),
  url: z.string().exactOptional(),
  state: z.record(z.string(), z.unknown()),
  artifacts: z.array(z.string()),
});
const personaSchema = z.object({
  id: z.string(),
  note: z.object({ zh: z.string(), en: z.string() }),
});

/** The ids of the devices that a simulators process has. */
export type SimulatedDeviceId =
  | 'id-card-1'
  | 'receipt-printer-1'
  | 'document-scanner-1'
  | 'code-scanner-1'
  | 'document-printer-1'
  | 'terminal-parts-1'
  | 'security-card-1';

/**
 * Drives the simulators of another process over their control plane: for tests and the demo, where a
 * refusal is a bug. So every method rejects, with the control plane's words, when it did not work.
 */
export class SimulatorClient {
  readonly #control: string;

  /** `control` as the ready line gives it, for example `http://127.0.0.1:4100`. */
  constructor(control: string) {
    this.#control = control.replace(/\/+$/, '');
  }

  async devices(): Promise<readonly DeviceView[]> {
    const body = await this.#json('/v1/devices');
    return z.object({ devices: z.array(deviceSchema) }).parse(body).devices;
  }

  async device(id: SimulatedDeviceId): Promise<DeviceView> {
    return deviceSchema.parse(await this.#json(`/v1/devices/${id}`));
  }

  async personas(): Promise<readonly PersonaView[]> {
    const body = await this.#json('/v1/personas');
    return z.object({ personas: z.array(personaSchema) }).parse(body).personas;
  }

  /** The value is the device as it is afterwards. */
  async command(id: SimulatedDeviceId, command: SimulatorCommand): Promise<DeviceView> {
    const answer = await this.#fetch(`/v1/devices/${id}/commands`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(command),
    });
    return deviceSchema.parse(await answer.json());
  }

  async insertCard(persona: string): Promise<void> {
    await this.command('id-card-1', { do: 'insertCard', persona });
  }

  async removeCard(): Promise<void> {
    await this.command('id-card-1', { do: 'removeCard' });
  }

  async loadPages(
    source: 'flatbed' | 'feeder',
    count: number,
    paper?: SimulatedPaper,
  ): Promise<void> {
    await this.command('document-scanner-1', {
      do: 'loadPages',
      source,
      count,
      ...(paper === undefined ? {} : { paper }),
    });
  }

  async artifacts(id: SimulatedDeviceId): Promise<readonly string[]> {
    const body = await this.#json(`/v1/devices/${id}/artifacts`);
    return z.object({ artifacts: z.array(z.string()) }).parse(body).artifacts;
  }

  async artifact(id: SimulatedDeviceId, name: string): Promise<SimulatorArtifact> {
    const answer = await this.#fetch(`/v1/devices/${id}/artifacts/${name}`);
    return {
      mediaType: answer.headers.get('content-type') ?? 'application/octet-stream',
      bytes: new Uint8Array(await answer.arrayBuffer()),
    };
  }

  async #json(path: string): Promise<unknown> {
    return (await this.#fetch(path)).json();
  }

  async #fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const answer = await fetch(`${this.#control}${path}`, {
      ...init,
      signal: AbortSignal.timeout(30_000),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }
}
