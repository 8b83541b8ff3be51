import { LIGHT_PLACES } from '../../../drivers/terminal-parts/contract.ts';
import type { CoreTerminalParts } from '../devices/contract.ts';
import type { Lights } from './lights.ts';

const DEADLINE_MS = 3_000;

/**
 * Brings the guide lights to how they should shine, one command at a time, by the board's own word of how they
 * shine. A light that refuses is left until something changes: it keeps nobody from anything.
 */
export class LightKeeper {
  readonly #parts: CoreTerminalParts;
  #wanted: Lights;
  #working = false;
  #again = false;

  constructor(parts: CoreTerminalParts, wanted: Lights) {
    this.#parts = parts;
    this.#wanted = wanted;
  }

  /** Something changed: what is wanted, or what the board says. */
  keep(wanted: Lights): void {
    this.#wanted = wanted;
    if (this.#working) {
      this.#again = true;
      return;
    }
    this.#working = true;
    const done = (): void => {
      this.#working = false;
      if (!this.#again) return;
      this.#again = false;
      this.keep(this.#wanted);
    };
    this.#tellAll().then(done, done);
  }

  async #tellAll(): Promise<void> {
    for (const place of LIGHT_PLACES) {
      const mode = this.#wanted[place];
      const { capabilities, state } = this.#parts;
      if (!capabilities.lights.includes(place) || state.lights[place] === mode) continue;
      const set = await this.#parts.setLight(place, mode, { deadlineMs: DEADLINE_MS });
      // a board that is away takes none of the others either
      if (!set.ok && set.error.code === 'device.offline') return;
    }
  }
}
