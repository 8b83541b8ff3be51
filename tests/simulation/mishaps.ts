import { PEOPLE, type DistrictTerminal } from './district-terminal.ts';
import type { StoryEvent } from './story.ts';
import type { FaultName } from './strikes.ts';

/** What happens to one terminal's machine and nobody else. */
export type Mishap = StoryEvent & { readonly type: 'weather' | 'clock' | 'diskFull' | 'indexLost' };

/** Whether something of a story is one. */
export function isMishap(event: StoryEvent): event is Mishap {
  return ['weather', 'clock', 'diskFull', 'indexLost'].includes(event.type);
}

/** What is told of it. */
export interface MishapEvents {
  struck(fault: FaultName): void;
  /** Its audit begins anew. */
  indexLost(): void;
}

/** Lets it happen, at once or in the middle of something, and pass by again. */
export function befall(terminal: DistrictTerminal, event: Mishap, events: MishapEvents): void {
  const { machine, link } = terminal;
  const later = (ms: number, what: string, go: () => void): void =>
    void machine.scheduler.after(PEOPLE, ms, what, go);
  /** @returns calls it off, if it did not come yet */
  const inMoments = (after: number | null, go: () => void): (() => void) => {
    if (after !== null) return machine.inMoments(after, go);
    go();
    return () => undefined;
  };
  switch (event.type) {
    case 'weather':
      link.weather = event.weather;
      later(event.forMs, 'the line is well again', () => (link.weather = 'calm'));
      return;
    case 'clock': {
      const callOff = inMoments(event.after, () => {
        events.struck('clock jumps');
        if (event.byMs === null) {
          terminal.batteryEmpty = true;
          // nobody sees that before it starts
          machine.crash('its battery is empty');
        } else terminal.clockOffset += event.byMs;
      });
      later(event.forMs, 'the clock is set', () => {
        callOff();
        terminal.batteryEmpty = false;
        terminal.clockOffset = 0;
      });
      return;
    }
    case 'diskFull': {
      const callOff = inMoments(event.after, () => {
        events.struck('disk full');
        machine.files.full = true;
      });
      later(event.forMs, 'the disk is tidied', () => {
        callOff();
        machine.files.full = false;
      });
      return;
    }
    case 'indexLost': {
      const { run } = machine;
      if (!run) return;
      const strike = (): void => {
        if (machine.run !== run) return;
        // what is in the index alone goes with it: that is the one thing that may be lost (docs/outbox.md)
        if (terminal.filing()) {
          machine.inMoments(0, strike);
          return;
        }
        events.struck('index lost');
        terminal.crashAgain = event.again;
        machine.crash('its index is lost');
        terminal.loseIndex();
        events.indexLost();
      };
      inMoments(event.after, strike);
    }
  }
}
