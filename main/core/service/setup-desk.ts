import type { SetupForm } from '../../../domain/device/setup-field.ts';
import type { DeviceClass } from '../../../domain/device/status.ts';
import type { Proposal } from '../../../drivers/detection/contract.ts';
import {
  setupForms,
  type ConfigProblem,
  type ConfigResult,
  type DevicesConfig,
} from '../../../kiosk-config/index.ts';
import type { ProbeAnswer } from '../../device-host/probe.ts';
import type { SetupView } from '../../contract/service-view.ts';
import type { Devices } from '../devices/contract.ts';
import { withFinding, without } from '../devices/detect.ts';
import type { DevicesLayer } from '../devices/devices-layer.ts';
import { placeText } from '../devices/place.ts';
import type { Clock } from '../ports.ts';
import { NotNow } from '../session/parts.ts';
import { readSetup, writeSetup, type CarryParts } from './setup-carry.ts';

/** What setting devices up lives on. */
export interface SetupParts extends CarryParts {
  readonly clock: Clock;
  readonly layer: DevicesLayer;
  readonly devices: Pick<Devices, 'reconfigure'>;
  readonly detect: (held: DevicesConfig['devices']) => Promise<ProbeAnswer>;
  readonly onChange: () => void;
  /** A new version is in force; its number and why. */
  readonly onSaved: (version: number, why: string) => void;
}

function problemView({ path, message, remedy }: ConfigProblem): SetupView['problems'][number] {
  return { path, message: { ...message }, remedy: { ...remedy } };
}

/**
 * Sets devices up: looks what is plugged in, puts what a technician chooses into the devices layer, goes
 * back to an earlier version. Finding proposes only; nothing is set up by itself.
 */
export class SetupDesk {
  readonly #parts: SetupParts;
  #found: readonly Proposal[] = [];
  #detection: SetupView['detection'] = { state: 'none', found: [] };
  #problems: SetupView['problems'] = [];
  #carried: SetupView['carried'] = null;
  #saving = false;

  constructor(parts: SetupParts) {
    this.#parts = parts;
  }

  get view(): SetupView {
    const { current, earlier } = this.#parts.layer;
    return {
      version: current.version,
      earlier: [...earlier],
      detection: this.#detection,
      problems: this.#problems,
      saving: this.#saving,
      carried: this.#carried,
      // it came out of a file of JSON, or could go into one
      devices: current.devices as unknown as SetupView['devices'],
    };
  }

  /** Looks what answers besides what is set up. Resolves when it has looked; does nothing while it looks. */
  async detect(): Promise<void> {
    if (this.#detection.state === 'running') return;
    this.#found = [];
    this.#show({ state: 'running', found: [] });
    try {
      const { proposals } = await this.#parts.detect(this.#parts.layer.current.devices);
      this.#found = proposals;
      this.#show({
        state: 'done',
        found: proposals.map((proposal) => ({
          device: proposal.class,
          protocol: proposal.protocol,
          connection: placeText(proposal.transport),
          model: proposal.model ?? null,
          confidence: proposal.confidence,
          evidence: { ...proposal.evidence },
          usable: withFinding(this.#parts.layer.current.devices, proposal) !== undefined,
        })),
      });
    } catch {
      this.#show({ state: 'failed', found: [] });
    }
  }

  /** Puts something that was found into its place. */
  async assign(index: number): Promise<void> {
    const proposal = this.#found[index];
    const devices = proposal && withFinding(this.#parts.layer.current.devices, proposal);
    if (devices === undefined) throw new NotNow('NOT_FOUND');
    await this.#save(`assign ${proposal?.class ?? ''}`, (at) =>
      this.#parts.layer.save(devices, at),
    );
    this.#found = [];
    this.#show({ state: 'none', found: [] });
  }

  /** How each device is set up; from the schema of the layer. */
  forms(): Readonly<Record<string, SetupForm>> {
    return setupForms();
  }

  /** Sets a device up as a technician typed it. What is wrong with it then stands in the view, by its path. */
  async saveDevice(device: DeviceClass, value: unknown): Promise<{ readonly saved: boolean }> {
    const { current } = this.#parts.layer;
    // the layer checks it whole
    const devices = { ...current.devices, [device]: value };
    const saved = await this.#save(`edit ${device}`, (at) => this.#parts.layer.save(devices, at));
    return { saved };
  }

  /** Forgets what was wrong with the last change. */
  forgetProblems(): void {
    this.#problems = [];
    this.#parts.onChange();
  }

  /** A device is not meant to be there any more. */
  async remove(device: DeviceClass): Promise<void> {
    const devices = without(this.#parts.layer.current.devices, device);
    await this.#save(`remove ${device}`, (at) => this.#parts.layer.save(devices, at));
  }

  /**
   * Makes these the devices, as a tool brought them. What is wrong with them is given back.
   * Undefined while another change is being saved.
   */
  async apply(devices: unknown, why: string): Promise<ConfigResult<DevicesConfig> | undefined> {
    if (this.#saving) return undefined;
    let result: ConfigResult<DevicesConfig> | undefined;
    // the layer checks it whole
    const whole = devices as DevicesConfig['devices'];
    await this.#save(why, async (at) => (result = await this.#parts.layer.save(whole, at)));
    this.#problems = [];
    return result;
  }

  async rollBack(version: number): Promise<void> {
    await this.#save(`back to ${String(version)}`, (at) => this.#parts.layer.rollBack(version, at));
  }

  /** Writes the set-up in force to the stick that is plugged in. Resolves when it came out somehow. */
  async exportSetup(): Promise<void> {
    const at = new Date(this.#parts.clock.wall()).toISOString();
    const written = await writeSetup(this.#parts, this.#parts.layer.current, at);
    this.#carried = { outcome: written.ok ? 'written' : written.error, notes: [] };
    this.#parts.onChange();
  }

  /** Takes the set-up that lies on the stick; hall and screen stay this terminal's. */
  async importSetup(): Promise<void> {
    this.#carried = null;
    this.#problems = [];
    const read = await readSetup(this.#parts);
    if (read.ok) {
      const { devices, notes } = read.value;
      const saved = await this.#save('import', (at) => this.#parts.layer.save(devices, at));
      if (!saved) return;
      this.#carried = {
        outcome: 'read',
        notes: notes.map(({ device, text }) => ({ device, text: { ...text } })),
      };
    } else if (typeof read.error === 'string') {
      this.#carried = { outcome: read.error, notes: [] };
    } else {
      this.#problems = read.error.map(problemView);
    }
    this.#parts.onChange();
  }

  /** Forgets what was found. */
  reset(): void {
    this.#carried = null;
    this.#found = [];
    this.#detection = { state: 'none', found: [] };
    this.#problems = [];
  }

  async #save(
    why: string,
    save: (at: string) => Promise<ConfigResult<DevicesConfig> | undefined>,
  ): Promise<boolean> {
    if (this.#saving) throw new NotNow('DEVICE');
    this.#saving = true;
    this.#problems = [];
    this.#parts.onChange();
    try {
      const saved = await save(new Date(this.#parts.clock.wall()).toISOString());
      if (saved === undefined) throw new NotNow('NOT_FOUND');
      if (!saved.ok) {
        this.#problems = saved.error.map(problemView);
        return false;
      }
      await this.#parts.devices.reconfigure(saved.value.devices);
      this.#parts.onSaved(saved.value.version, why);
      return true;
    } finally {
      this.#saving = false;
      this.#parts.onChange();
    }
  }

  #show(detection: SetupView['detection']): void {
    this.#detection = detection;
    this.#parts.onChange();
  }
}
