import type { Catalogue } from '../../domain/catalogue/catalogue.ts';
import { DEVICE_CLASSES } from '../../domain/device/status.ts';
import type { LocalizedText } from '../../domain/text.ts';
import type { TerminalProblem, TerminalView } from '../contract/shapes.ts';
import type { Devices } from './devices/contract.ts';
import { deviceView } from './devices/device-view.ts';
import { ofEachDevice } from './devices/each-device.ts';
import type { DurableCore } from './durable.ts';
import type { Clock } from './ports.ts';
import { Latest } from './session/latest.ts';
import type { HelpCalls } from './service/help-calls.ts';
import type { SessionService } from './session/session.ts';

/** What the terminal's state is made of. */
export interface TerminalStateParts {
  readonly clock: Clock;
  readonly durable: DurableCore;
  readonly devices: Devices;
  readonly session: SessionService;
  readonly help: HelpCalls;
  readonly keyboardScanner: () => boolean;
  readonly keyboardPrefix: () => TerminalView['keyboardPrefix'];
  readonly waitingScanner: () => boolean;
  /** The power would not last for another session. */
  readonly runsDry: () => boolean;
  readonly environment: 'production' | 'demo';
  readonly softwareVersion: string;
  readonly hall: LocalizedText;
  /** Codes of what is wrong with this machine's set-up. */
  readonly setupProblems: () => readonly TerminalProblem[];
}

/** The terminal as the page sees it, now and at every change. */
export interface TerminalState {
  readonly view: Latest<TerminalView>;
  /** Of the running session, else the one a new session would use. */
  catalogue(): Catalogue | null;
  close(): void;
}

/** Whether new applications are taken; the first reason of all that stand in the way. */
function takingOf(durable: DurableCore): TerminalView['taking'] {
  const taking = durable.outbox.taking();
  if (taking === 'notEnrolled') return taking;
  return durable.bundles.current().catalogue === undefined ? 'noCatalogue' : taking;
}

/** Watches all that the terminal's state depends on. */
export function watchTerminal(parts: TerminalStateParts): TerminalState {
  const { durable, devices, session } = parts;
  const catalogue = (): Catalogue | null =>
    session.catalogue ?? durable.bundles.current().catalogue?.content ?? null;
  const draw = (): TerminalView => {
    const offered = catalogue();
    return {
      terminalId: durable.enrolment.current()?.terminalId ?? '',
      hall: { ...parts.hall },
      softwareVersion: parts.softwareVersion,
      environment: parts.environment,
      link: durable.link.state(),
      devices: ofEachDevice((device) => deviceView(devices[device].status)),
      camera: devices.documentCamera.settings,
      catalogue: offered && {
        version: offered.catalogueVersion,
        publishedAt: offered.publishedAt,
      },
      // who is being served may finish
      taking: parts.runsDry() && session.view.value === null ? 'batteryLow' : takingOf(durable),
      waitingItems: durable.outbox.waiting(),
      keyboardScanner: parts.keyboardScanner(),
      keyboardPrefix: parts.keyboardPrefix(),
      waitingScanner: parts.waitingScanner(),
      helpCalledSince: parts.help.since,
      problems: [...parts.setupProblems(), ...durable.problems().map(({ code }) => code)],
      serverTime: new Date(parts.clock.wall()).toISOString(),
    };
  };
  const view = new Latest(draw);
  const changed = (): void => view.changed();
  let shown = catalogue();
  let empty = session.view.value === null;
  const unsubscribe = [
    durable.outbox.onChange(changed),
    durable.bundles.onChange(changed),
    durable.enrolment.onChange(changed),
    durable.link.onChange(changed),
    durable.onProblems(changed),
    parts.help.onChange(changed),
    ...DEVICE_CLASSES.map((device) => devices[device].onStatus(changed)),
    devices.documentCamera.onSettings(changed),
    // a session keeps the catalogue it began with; the next one may have another
    session.view.onChange(() => {
      const isEmpty = session.view.value === null;
      if (shown === catalogue() && empty === isEmpty) return;
      shown = catalogue();
      empty = isEmpty;
      changed();
    }),
  ];
  return {
    view,
    catalogue,
    close() {
      for (const stop of unsubscribe) stop();
    },
  };
}
