import type { Candidate } from '../../drivers/detection/contract.ts';
import type {
  AuthorityEnd,
  ConfigProblem,
  DevicesConfig,
  PlatformAuthorities,
} from '../../kiosk-config/index.ts';
import type { DevicesLayerOptions } from './devices/devices-layer.ts';
import type { HostTimings } from './devices/host-process.ts';
import type { DurableConfig, DurableCore } from './durable.ts';
import type { Logger } from './log/logger.ts';
import type { Ports } from './ports.ts';
import type { SessionService } from './session/session.ts';

/** What a terminal is composed of. */
export interface TerminalOptions {
  readonly ports: Ports;
  readonly environment: 'production' | 'demo';
  readonly softwareVersion: string;
  /** Port of the page on 127.0.0.1; 0 takes any free one. */
  readonly port: number;
  /** Folder of the built page. */
  readonly pageRoot: string;
  /** `undefined` when it could not be read: the terminal serves without devices and says so. */
  readonly devices: DevicesConfig | undefined;
  /** Where the devices layer is kept; undefined for simulated devices. */
  readonly devicesFile?: string | undefined;
  /** What the environment refuses of a changed layer. */
  readonly checkDevices?: DevicesLayerOptions['check'];
  /** Looked at besides what this machine has, when devices are looked for. */
  readonly probeAlso?: readonly Candidate[];
  /** Where sticks are looked for; what the system has mounted when left out. */
  readonly sticks?: () => Promise<readonly string[]>;
  /** What is wrong with this machine's set-up, for the technician. */
  readonly problems: readonly SetupProblem[];
  /** Those that alone are trusted for the platform; a technician is told before the last of them ends. */
  readonly platformAuthorities?: PlatformAuthorities | undefined;
  readonly enrolmentCode: string | undefined;
  /** The line to the platform is paid by the byte. */
  readonly meteredLink?: boolean;
  readonly log: Logger;
  /** Settings of the durable half that a test wants otherwise. */
  readonly durable?: Partial<DurableConfig>;
  readonly hostTimings?: Partial<HostTimings>;
}

/** Something that is wrong with the set-up but keeps nobody from serving. */
export interface SetupProblem {
  readonly code:
    | 'devicesUnreadable'
    | 'simulatorsUnreachable'
    | 'workNotOnTmpfs'
    | 'memoryMayLeak'
    | AuthorityEnd['code'];
  readonly details: readonly ConfigProblem[];
}

/** A serving terminal. */
export interface Terminal {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** A fresh entry address; works once. */
  entryAddress(): string;
  readonly session: SessionService;
  readonly durable: DurableCore;
  /** Device class → state. */
  deviceStates(): Readonly<Record<string, string>>;
  close(): Promise<void>;
}
