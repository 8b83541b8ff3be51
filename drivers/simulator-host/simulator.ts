import type { DrivenClass } from '../../domain/device/status.ts';
import type { Result } from '../../domain/result.ts';
import type { Symbology, TextEncoding } from '../code-scanner/contract.ts';
import type { PartsSimulatorCommand } from '../terminal-parts/simulator/commands.ts';

/** A drawn paper, clearly marked as a specimen. */
export type SimulatedPaper = 'householdRegister' | 'disabilityCertificate' | 'bankCard';

/** A fault a simulator can be told to have. `none` heals it. */
export type SimulatorCommand =
  /** Lay down a card by persona id, or by its raw 256 text bytes in hex with an optional photo. */
  | { readonly do: 'insertCard'; readonly persona: string }
  | { readonly do: 'insertRawCard'; readonly textHex: string; readonly photoHex?: string }
  /** A reader of social security cards: a card that is none, or one that lies the wrong way round. */
  | { readonly do: 'insertOtherCard'; readonly kind: 'bankCard' | 'upsideDown' }
  | { readonly do: 'removeCard' }
  /** Line noise: these bytes are sent to the host at once, in the middle of whatever is on the line. */
  | { readonly do: 'noise'; readonly hex: string }
  /** Lays in drawn papers, all of one kind or of every kind in turn; 0 takes all papers out. */
  | {
      readonly do: 'loadPages';
      readonly source: 'flatbed' | 'feeder';
      readonly count: number;
      readonly paper?: SimulatedPaper;
    }
  | {
      readonly do: 'loadPageImage';
      readonly source: 'flatbed' | 'feeder';
      readonly jpegBase64: string;
    }
  /** A receipt printer takes `afterBytes`: the thing happens when it has carried out so many bytes more. */
  | {
      readonly do: 'setPaper';
      readonly paper: 'full' | 'low' | 'out';
      readonly afterBytes?: number;
      /** At an A4 printer: when so many more sides are out. */
      readonly afterPages?: number;
    }
  | {
      readonly do: 'setCover';
      readonly open: boolean;
      readonly afterBytes?: number;
      readonly afterPages?: number;
    }
  | {
      readonly do: 'setJam';
      readonly jammed: boolean;
      readonly afterPages?: number;
      readonly afterBytes?: number;
    }
  /** A receipt printer whose head is too hot to print, until it is told that it has cooled. */
  | { readonly do: 'setHead'; readonly hot: boolean; readonly afterBytes?: number }
  /** The cutter of a receipt printer sticks the next time it is used. */
  | { readonly do: 'setCutter'; readonly stuck: boolean }
  /** Somebody pulls out the receipt that the presenter holds out. */
  | { readonly do: 'takeTicket' }
  /** Every answer is held back for so long; 0 heals it. */
  | { readonly do: 'setDelay'; readonly ms: number }
  /** What lies on an ID-card reader takes so long to be read; 0 as fast as it can. Other answers come at once. */
  | { readonly do: 'setReadTime'; readonly ms: number }
  /** Hangs up; with `forMs` also refuses to be called for that long; a receipt printer after `afterBytes` received. */
  | { readonly do: 'dropLine'; readonly forMs?: number; readonly afterBytes?: number }
  /** Works for somebody else: refuses what it is asked with its protocol's own word for busy. */
  | { readonly do: 'setBusy'; readonly busy: boolean }
  /** The next call to this device fails with its protocol's own error, as many times as told. */
  | { readonly do: 'failNext'; readonly times?: number }
  /** Holds a code before a code scanner; the text is sent in `encoding` (default UTF-8), `pieceBytes` at a time. */
  | {
      readonly do: 'scan';
      readonly text: string;
      readonly encoding?: TextEncoding;
      readonly symbology?: Symbology;
      readonly pieceBytes?: number;
    }
  /** Sends these bytes as a code; when `ended` is false, its end never comes. */
  | { readonly do: 'scanRaw'; readonly hex: string; readonly ended?: boolean }
  /** Jobs that come to an A4 printer are held until somebody releases them there. */
  | { readonly do: 'holdJobs'; readonly hold: boolean }
  /** The A4 printer answers as a login page or a proxy does. */
  | { readonly do: 'answerHtml'; readonly html: boolean }
  /** Percent of toner left. */
  | { readonly do: 'setToner'; readonly percent: number }
  | PartsSimulatorCommand
  /** Says nothing from now on (`true`), as a dead device behind a live line. */
  | { readonly do: 'setMute'; readonly mute: boolean; readonly afterBytes?: number };

/** What one simulated device shows of itself to the control plane. JSON. */
export interface SimulatorState {
  readonly [key: string]: unknown;
}

/** Something a simulator holds that is not JSON: printed bytes, their text, their picture. */
export interface SimulatorArtifact {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** One simulated device: speaks the real bytes on a real socket. */
export interface Simulator {
  readonly deviceClass: DrivenClass | 'securityCard';
  /** Starts listening on loopback; port 0 takes any. The value is the port. */
  listen(port: number): Promise<number>;
  close(): Promise<void>;
  state(): SimulatorState;
  /** Commands of other classes give an error text. */
  command(command: SimulatorCommand): Result<void, string>;
  /** Names (`jobs/1.bin`, `jobs/1.txt`, `jobs/1.png`) and how to get them. */
  artifacts(): readonly string[];
  artifact(name: string): Promise<SimulatorArtifact | undefined>;
}
