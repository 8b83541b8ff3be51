import type { SensorName } from '../../../drivers/terminal-parts/contract.ts';
import type { KeyName, PartsEvent, PartsState } from '../../../drivers/terminal-parts/contract.ts';
import type { SessionView } from '../../contract/session-view.ts';
import type { TerminalProblem } from '../../contract/shapes.ts';
import type { AuditEventName } from '../../../domain/wire/audit-events.ts';
import type { Audit } from '../audit/contract.ts';
import type { CoreTerminalParts } from '../devices/contract.ts';
import type { HelpCalls } from '../service/help-calls.ts';
import type { Latest } from '../session/latest.ts';
import { DARK, lightsOf } from './lights.ts';
import { LightKeeper } from './light-keeper.ts';

/** What the desk lives on. */
export interface PartsDeskParts {
  readonly parts: CoreTerminalParts;
  readonly session: Latest<SessionView | null>;
  /** Staff or a technician are at the devices. */
  readonly held: () => boolean;
  /** Somebody is there. */
  readonly touch: () => void;
  /** Nobody seems to be there any more: the warning comes sooner. */
  readonly nobodyThere: () => void;
  readonly help: Pick<HelpCalls, 'call'>;
  readonly audit: Audit;
  readonly onChange: () => void;
  readonly log: (message: string) => void;
}

/** What staff should know, of what the sensors said last. Unknown changes nothing: a board that is away lies nobody free. */
interface Known {
  door: 'open' | 'closed';
  mains: 'on' | 'lost';
  battery: 'ok' | 'low';
}

const FINE: Known = { door: 'closed', mains: 'on', battery: 'ok' };

const EVENTS: Readonly<Record<string, AuditEventName>> = {
  'door open': 'cabinetOpened',
  'door closed': 'cabinetClosed',
  'mains lost': 'mainsLost',
  'mains on': 'mainsBack',
  'battery low': 'batteryLow',
};

/**
 * Lets the parts around the screen do their work: lights go with the session's step, an abandoned session is noticed
 * sooner, the call button calls, keys reach the page, and what staff must know of cabinet and power is told.
 */
export class PartsDesk {
  readonly #parts: PartsDeskParts;
  readonly #lights: LightKeeper;
  readonly #keyListeners = new Set<(key: KeyName) => void>();
  readonly #unsubscribe: readonly (() => void)[];
  #known: Known = { ...FINE };
  #headphones = false;
  /** The sensor saw somebody in this session: only then its word that nobody is there counts. */
  #seenIn: string | undefined;

  constructor(parts: PartsDeskParts) {
    this.#parts = parts;
    this.#lights = new LightKeeper(parts.parts, DARK);
    this.#unsubscribe = [
      parts.parts.onEvent((event) => this.#heard(event)),
      parts.parts.onStatus(({ state }) => {
        if (state === 'noDevice') this.#notMeantToBeThere();
        if (state === 'online') this.#shine();
      }),
      parts.session.onChange(() => {
        if (parts.parts.state.presence === 'near') this.#seen();
        this.#shine();
      }),
    ];
  }

  /** What staff should see to. */
  get problems(): readonly TerminalProblem[] {
    const { door, mains } = this.#known;
    return [
      ...(door === 'open' ? (['cabinetOpen'] as const) : []),
      ...(mains === 'lost' ? (['mainsLost'] as const) : []),
      ...(this.runsDry ? (['batteryLow'] as const) : []),
    ];
  }

  /** The battery would not last for another session. */
  get runsDry(): boolean {
    return this.#known.mains === 'lost' && this.#known.battery === 'low';
  }

  /** Keys of the keypad, one by one. What was typed is told to the page alone. */
  onKey(listener: (key: KeyName) => void): () => void {
    this.#keyListeners.add(listener);
    return () => this.#keyListeners.delete(listener);
  }

  close(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  #heard(event: PartsEvent): void {
    switch (event.type) {
      case 'key':
        this.#parts.touch();
        for (const listener of [...this.#keyListeners]) listener(event.key);
        break;
      case 'call':
        this.#parts.help.call();
        break;
      case 'presence':
        if (event.value === 'near') this.#came();
        if (event.value === 'away') this.#went();
        break;
      case 'headphones':
        this.#headphones = event.value === 'in';
        this.#shine();
        break;
      case 'door':
      case 'mains':
      case 'battery':
        this.#sensed(event.type, event.value);
        break;
      case 'snapshot':
        this.#snapshot(event.state);
        break;
      case 'light':
        // somebody else set it, or the board lost it
        this.#shine();
        break;
      case 'stuck':
      case 'loose':
        break;
    }
  }

  #snapshot(state: PartsState): void {
    this.#headphones = state.headphones === 'in';
    for (const sensor of ['door', 'mains', 'battery'] as const) this.#sensed(sensor, state[sensor]);
    this.#shine();
  }

  #sensed(sensor: Extract<SensorName, 'door' | 'mains' | 'battery'>, value: string): void {
    if (value === 'unknown' || this.#known[sensor] === value) return;
    this.#known = { ...this.#known, [sensor]: value };
    const event = EVENTS[`${sensor} ${value}`];
    if (event !== undefined) this.#record(event);
    this.#parts.onChange();
  }

  #notMeantToBeThere(): void {
    this.#known = { ...FINE };
    this.#headphones = false;
    this.#parts.onChange();
  }

  /** Who comes back to a session is there, without a touch. */
  #came(): void {
    if (this.#parts.session.value === null) return;
    this.#seen();
    this.#parts.touch();
  }

  #seen(): void {
    this.#seenIn = this.#parts.session.value?.sessionId;
  }

  /** A sensor that never saw this person, a child or somebody in a wheelchair, must not hurry them. */
  #went(): void {
    const session = this.#parts.session.value;
    if (session !== null && session.sessionId === this.#seenIn) this.#parts.nobodyThere();
  }

  #shine(): void {
    // a technician tries the lights: they are the technician's
    if (this.#parts.held()) return;
    this.#lights.keep(lightsOf(this.#parts.session.value, this.#headphones));
  }

  #record(event: AuditEventName): void {
    try {
      this.#parts.audit.record(event);
    } catch {
      this.#parts.log('audit event could not be recorded');
    }
  }
}
