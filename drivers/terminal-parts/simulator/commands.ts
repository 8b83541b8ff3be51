import type { KeyName } from '../contract.ts';

/** What can be done to a simulated parts board, besides what can be done to every device. */
export type PartsSimulatorCommand =
  /** A key goes down and comes up again at once. */
  | { readonly do: 'pressKey'; readonly key: KeyName }
  | { readonly do: 'setKey'; readonly key: KeyName; readonly down: boolean }
  /** The call button goes down and comes up again at once. */
  | { readonly do: 'pressCall' }
  | { readonly do: 'setCall'; readonly down: boolean }
  | { readonly do: 'setHeadphones'; readonly plugged: boolean }
  | { readonly do: 'setPresence'; readonly near: boolean }
  | { readonly do: 'setDoor'; readonly open: boolean }
  | { readonly do: 'setPower'; readonly mains: 'on' | 'lost'; readonly battery?: 'ok' | 'low' }
  /** The board loses its power for so long and starts again; the line stays. */
  | { readonly do: 'restartBoard'; readonly forMs?: number }
  /** So many lines of the board are sent with a wrong CRC. */
  | { readonly do: 'spoilLines'; readonly times?: number }
  /** A line of the board with this body, as it stands, and a right CRC. */
  | { readonly do: 'sendBody'; readonly body: string }
  /** A relay board: the relay is what it is told here, as if somebody else had switched it. */
  | { readonly do: 'setRelay'; readonly channel: number; readonly on: boolean };
