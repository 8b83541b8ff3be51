import { DEVICE_CLASSES, type DeviceClass } from '../../../domain/device/status.ts';
import type {
  EnterAnswer,
  Entering,
  ServiceDeviceView,
  ServiceView,
  UnlockAnswer,
} from '../../contract/service-view.ts';
import type { TerminalProblem } from '../../contract/shapes.ts';
import type { AuditEventName } from '../../../domain/wire/audit-events.ts';
import type { Audit } from '../audit/contract.ts';
import type { Devices } from '../devices/contract.ts';
import type { DeviceRecord, DeviceRecords } from '../devices/device-records.ts';
import { deviceView } from '../devices/device-view.ts';
import { connectionText } from '../devices/place.ts';
import type { DurableCore } from '../durable.ts';
import type { Outbox } from '../outbox/contract.ts';
import type { Cancel, Clock } from '../ports.ts';
import type { TicketBoard } from '../receipt/ticket-board.ts';
import { Latest } from '../session/latest.ts';
import { NotNow } from '../session/parts.ts';
import { WaitingVisitor } from './waiting-visitor.ts';
import type { DevicesLayer } from '../devices/devices-layer.ts';
import type { DeviceTestResults } from './device-tests.ts';
import { DeviceTester } from './device-tester.ts';
import { PaperDesk, type PaperParts } from './paper-desk.ts';
import { SetupDesk, type SetupParts } from './setup-desk.ts';
import type { PinRole, PinStore } from './pins.ts';
import type { UnlockKey } from './unlock-code.ts';

/** Without a touch for so long the service page is left by itself. */
const QUIET_MS = 5 * 60_000;
/** A page that opened by itself after a wait is left so soon when nobody touches it: who waited may have gone. */
const UNTOUCHED_MS = 30_000;

/** What the service page lives on. */
export interface ServiceParts {
  readonly clock: Clock;
  readonly pins: PinStore;
  /** Checks unlock codes; undefined while there is none. */
  readonly unlockKey: () => UnlockKey | undefined;
  readonly results: DeviceTestResults;
  readonly records: Pick<DeviceRecords, 'of' | 'configure' | 'onChange'>;
  readonly devices: Devices;
  readonly tickets: TicketBoard;
  readonly layer: DevicesLayer;
  readonly detect: SetupParts['detect'];
  readonly sticks: SetupParts['sticks'];
  readonly machine: SetupParts['machine'];
  readonly outbox: Pick<Outbox, 'list' | 'stored' | 'waiting' | 'onChange' | 'find' | 'delivery'>;
  readonly audit: Audit;
  readonly clockWord: Pick<DurableCore, 'mayConfirmClock' | 'confirmClock' | 'onProblems'>;
  /** Keeps citizens' sessions from beginning; says false while one runs. */
  readonly hold: (on: boolean) => boolean;
  /** Whether a citizen's session runs, to its last screen; what is in it is not looked at. */
  readonly session: Pick<Latest<unknown>, 'value' | 'onChange'>;
  readonly problems: () => readonly TerminalProblem[];
  readonly terminal: PaperParts['terminal'];
  readonly service: PaperParts['service'];
  readonly marks: PaperParts['marks'];
  readonly log: (message: string, details?: Readonly<Record<string, string | number>>) => void;
}

type Insides = Pick<ServiceDeviceView, 'vendorCode' | 'connection' | 'hardware' | 'record'>;

/** Staff is sent nothing of how devices are set up: what is not sent is in no page's memory. */
const NO_INSIDES: Insides = { vendorCode: null, connection: null, hardware: {}, record: null };

/** Whoever came in: one connection of the page. */
export type Visitor = object;

interface Visit {
  readonly visitor: Visitor;
  readonly role: PinRole;
  endsAt: number;
}

/**
 * The service page of staff and technician: one visit at a time, only while no citizen's session runs, and
 * none begins meanwhile. Who comes during a session is let in when it has ended. A visit ends by leaving, with its
 * connection, or when nobody touches anything.
 */
export class ServiceDesk {
  /** Null while nobody is in. */
  readonly view: Latest<ServiceView | null>;
  readonly setup: SetupDesk;
  readonly paper: PaperDesk;
  readonly #parts: ServiceParts;
  readonly #tester: DeviceTester;
  readonly #unsubscribe: readonly (() => void)[];
  readonly #waiting: WaitingVisitor;
  #visit: Visit | undefined;
  #cancelQuiet: Cancel = () => undefined;

  constructor(parts: ServiceParts) {
    this.#parts = parts;
    this.view = new Latest(() => this.#draw());
    const changed = (): void => {
      if (this.#visit !== undefined) this.view.changed();
    };
    this.#waiting = new WaitingVisitor(parts.clock, () => this.view.changed());
    this.#tester = new DeviceTester({
      clock: parts.clock,
      devices: parts.devices,
      terminalId: () => parts.terminal().terminalId,
      onChange: changed,
      onFailed: (device) => this.#keep(device, 'failed'),
    });
    this.setup = new SetupDesk({
      clock: parts.clock,
      layer: parts.layer,
      devices: {
        reconfigure: (devices) => {
          parts.records.configure(devices);
          return parts.devices.reconfigure(devices);
        },
      },
      detect: parts.detect,
      sticks: parts.sticks,
      machine: parts.machine,
      onChange: changed,
      onSaved: (version, why) => this.#record('devicesChanged', `${String(version)} ${why}`),
    });
    this.paper = new PaperDesk({
      ...parts,
      printer: parts.devices.receiptPrinter,
      record: (event, detail) => this.#record(event, detail),
      onChange: changed,
    });
    this.#unsubscribe = [
      ...DEVICE_CLASSES.flatMap((device) => [
        parts.devices[device].onStatus(changed),
        parts.devices[device].onHardware(changed),
      ]),
      parts.records.onChange(changed),
      parts.outbox.onChange(changed),
      parts.clockWord.onProblems(changed),
      parts.tickets.onChange(changed),
      parts.session.onChange(() => this.#letIn()),
    ];
  }

  /** The role of a visitor; undefined for anybody else. */
  roleOf(visitor: Visitor): PinRole | undefined {
    return this.#visit?.visitor === visitor ? this.#visit.role : undefined;
  }

  /** Lets somebody in by a PIN. Rejects when the PINs cannot be read. */
  async enter(visitor: Visitor, role: PinRole, pin: string): Promise<EnterAnswer> {
    if (this.#isTaken(visitor)) return { is: 'busy' };
    const check = await this.#parts.pins.check(role, pin);
    if (check.is !== 'right') {
      if (check.is !== 'notSet') this.#record('serviceRefused', `${role} ${check.is}`);
      if (check.is !== 'locked') return check;
      // without the platform's key no code would help: then one waits
      return this.#parts.unlockKey() === undefined ? { ...check, challenge: null } : check;
    }
    // somebody else came in or waits since the PIN was asked
    if (this.#isTaken(visitor)) return { is: 'busy' };
    if (this.#parts.session.value !== null || !this.#parts.hold(true)) {
      const { until } = this.#waiting.begin(visitor, role);
      return { is: 'waiting', until };
    }
    this.#open(visitor, role, QUIET_MS);
    return { is: 'right' };
  }

  /** How it stands with somebody whose PIN was right, now and at every change, until the wait is over. */
  async *entering(
    visitor: Visitor,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Entering, void> {
    let last: Entering | undefined;
    for await (const _view of this.view.watch(signal)) {
      const standing = this.#standingOf(visitor);
      if (standing !== last) yield standing;
      if (standing !== 'waiting') return;
      last = standing;
    }
  }

  /** Does not want to be let in any more. */
  giveUp(visitor: Visitor): void {
    if (this.#waiting.now?.visitor !== visitor) return;
    this.#waiting.end();
    this.view.changed();
  }

  /** Ends the lock of a PIN by a code of the platform. Rejects when the PINs cannot be read. */
  async unlock(role: PinRole, code: string): Promise<UnlockAnswer> {
    const key = this.#parts.unlockKey();
    if (key === undefined) return { is: 'wrong' };
    const check = await this.#parts.pins.unlock(role, code, key);
    if (check.is === 'unlocked') this.#record('pinUnlocked', role);
    else this.#record('serviceRefused', `${role} code ${check.is}`);
    return check;
  }

  /** Somebody is there. */
  touch(visitor: Visitor): void {
    if (this.#visit?.visitor === visitor) this.#stay(this.#visit, QUIET_MS);
  }

  /** The visit is over: everything of it is forgotten, citizens are let in again. */
  leave(visitor: Visitor): void {
    this.giveUp(visitor);
    if (this.#visit?.visitor !== visitor) return;
    this.#record('serviceLeft', this.#visit.role);
    this.#cancelQuiet();
    this.#visit = undefined;
    this.paper.reset();
    this.#tester.reset();
    this.setup.reset();
    this.#parts.hold(false);
    this.view.changed();
  }

  /** The page now and at every change, until it is left. */
  async *watch(signal: AbortSignal | undefined): AsyncGenerator<ServiceView | null, void> {
    for await (const view of this.view.watch(signal)) {
      yield view;
      if (view === null) return;
    }
  }

  /** Begins a test of a device that is meant to be there. */
  test(device: DeviceClass): void {
    if (this.#parts.layer.current.devices[device] === null) throw new NotNow('DEVICE');
    this.#tester.start(device);
  }

  /** A person saw whether the device did it; kept with the day. */
  confirm(device: DeviceClass, worked: boolean): void {
    if (!this.#tester.confirm(device, worked)) throw new NotNow('NOT_FOUND');
    this.#keep(device, worked ? 'passed' : 'failed');
  }

  /** A technician saw that the clock shows this time, and that it is the right one. */
  confirmClock(said: number): void {
    const taken = this.#parts.clockWord.confirmClock('page', said);
    this.view.changed();
    if (!taken.ok) throw new NotNow('WRONG_STEP');
  }

  close(): void {
    this.#waiting.end();
    if (this.#visit !== undefined) this.leave(this.#visit.visitor);
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  /** Somebody else is in, or waits to be. */
  #isTaken(visitor: Visitor): boolean {
    return [this.#visit, this.#waiting.now].some(
      (other) => other !== undefined && other.visitor !== visitor,
    );
  }

  #standingOf(visitor: Visitor): Entering {
    if (this.#visit?.visitor === visitor) return 'in';
    return this.#waiting.now?.visitor === visitor ? 'waiting' : 'out';
  }

  /** The citizen's session has ended by itself: whoever waits is let in, before anybody else can begin one. */
  #letIn(): void {
    const waiting = this.#waiting.now;
    if (waiting === undefined || this.#parts.session.value !== null) return;
    if (!this.#parts.hold(true)) return;
    this.#waiting.end();
    this.#open(waiting.visitor, waiting.role, UNTOUCHED_MS);
  }

  #open(visitor: Visitor, role: PinRole, quietMs: number): void {
    this.#visit = { visitor, role, endsAt: 0 };
    this.#record('serviceEntered', role);
    this.#stay(this.#visit, quietMs);
    this.view.changed();
  }

  #stay(visit: Visit, quietMs: number): void {
    this.#cancelQuiet();
    visit.endsAt = this.#parts.clock.wall() + quietMs;
    this.#cancelQuiet = this.#parts.clock.after(quietMs, () => this.leave(visit.visitor));
  }

  #keep(device: DeviceClass, result: 'passed' | 'failed'): void {
    const at = new Date(this.#parts.clock.wall()).toISOString();
    this.#record('deviceTested', `${device} ${result}`);
    this.#parts.results.keep(device, { at, result }).then(
      () => this.view.changed(),
      () => this.#parts.log('the result of a device test could not be kept', { device }),
    );
  }

  #record(event: AuditEventName, detail: string): void {
    try {
      this.#parts.audit.record(event, { detail });
    } catch {
      this.#parts.log('audit event could not be recorded', { event });
    }
  }

  #draw(): ServiceView | null {
    const { outbox, devices } = this.#parts;
    if (this.#visit === undefined) return null;
    const { role } = this.#visit;
    return {
      role,
      endsAt: new Date(this.#visit.endsAt).toISOString(),
      devices: DEVICE_CLASSES.map((device) => this.#device(device, role)),
      setup: role === 'technician' ? this.setup.view : null,
      hostRestarts: devices.restarts,
      problems: [...this.#parts.problems()],
      waiting: outbox.waiting(),
      clock: this.#clockIn(role),
      ...this.paper.view,
    };
  }

  #clockIn(role: PinRole): ServiceView['clock'] {
    const { clock, clockWord } = this.#parts;
    if (role !== 'technician' || clockWord.mayConfirmClock() !== 'yes') return null;
    return { now: new Date(clock.wall()).toISOString() };
  }

  #device(device: DeviceClass, role: PinRole): ServiceDeviceView {
    const { layer, devices, results } = this.#parts;
    const { status } = devices[device];
    const config = layer.current.devices[device];
    return {
      device,
      configured: config !== null,
      status: deviceView(status),
      test: this.#tester.view(device),
      lastTest: results.of(device) ?? null,
      ...(role === 'technician' ? this.#insides(device) : NO_INSIDES),
    };
  }

  /** How a device is set up, and what it is and did. */
  #insides(device: DeviceClass): Insides {
    const { status, hardware } = this.#parts.devices[device];
    return {
      vendorCode: status.fault?.vendorCode ?? null,
      connection: connectionText(this.#parts.layer.current.devices[device]),
      hardware: { ...hardware },
      record: recordView(this.#parts.records.of(device)),
    };
  }
}

function recordView(record: DeviceRecord | undefined): ServiceDeviceView['record'] {
  if (record === undefined) return null;
  const { since, counts, lastFault } = record;
  return { since, counts: { ...counts }, lastFault: lastFault && { ...lastFault } };
}
