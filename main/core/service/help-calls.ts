import type { Unsubscribe } from '../../../drivers/device.ts';
import type { Audit } from '../audit/contract.ts';
import type { Clock } from '../ports.ts';

/** Whether somebody at this terminal has called the staff, and since when. Says nothing of who it was. */
export interface HelpCalls {
  /** ISO 8601; null while nobody has called since staff came last. */
  readonly since: string | null;
  /** Somebody calls, by the page or by the button of the terminal. Who calls again keeps the first time. */
  call(): void;
  /** Staff has come. */
  clear(): void;
  onChange(listener: () => void): Unsubscribe;
}

/** What calls for help live on. */
export interface HelpCallsParts {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly log: (message: string) => void;
}

/** Makes an empty one. In memory only: after a restart whoever still waits calls again. */
export function createHelpCalls({ clock, audit, log }: HelpCallsParts): HelpCalls {
  const listeners = new Set<() => void>();
  let since: string | null = null;
  const set = (to: string | null): void => {
    if ((since === null) === (to === null)) return;
    since = to;
    try {
      audit.record(to === null ? 'helpCleared' : 'helpCalled');
    } catch {
      log('audit event could not be recorded');
    }
    for (const listener of [...listeners]) listener();
  };
  return {
    get since() {
      return since;
    },
    call: () => set(new Date(clock.wall()).toISOString()),
    clear: () => set(null),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
