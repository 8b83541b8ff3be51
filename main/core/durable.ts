import { err, type Result } from '../../domain/result.ts';
import type { CheckedReceipt } from '../contract/code-view.ts';
import type { Audit } from './audit/contract.ts';
import type { Bundles } from './bundles/contract.ts';
import { DURABLE_DEFAULTS, type DurableSettings } from './durable-defaults.ts';
import { openDurableStore } from './durable-store.ts';
import type { Enrolment } from './enrolment/contract.ts';
import type { MayConfirm } from './outbox/clock-belief.ts';
import type { ConfirmedAt, ConfirmRefusal } from './outbox/confirm-clock.ts';
import type { Outbox } from './outbox/contract.ts';
import { exportWaiting, type Exported, type ExportProblem } from './outbox/export-waiting.ts';
import type { PhoneLink } from './phone/phone-link.ts';
import type { Ports } from './ports.ts';
import type { Link } from './sync/contract.ts';
import type { MeteredScans } from './sync/sending-order.ts';
import { createPlatformSide } from './sync/platform-side.ts';

/** Settings of the durable half. Everything but the first three has a default (`DURABLE_DEFAULTS`). */
export interface DurableConfig {
  /** `production` refuses demo keys and crash points. */
  readonly environment: 'production' | 'demo';
  readonly softwareVersion: string;
  /** One-time code of the technician; used only while the terminal is not enrolled. */
  readonly enrolmentCode: string | undefined;
  /** ISO 8601: a clock that shows an earlier time is wrong. */
  readonly buildDate?: string;
  /** New items are refused when the file system would have less left. */
  readonly minFreeBytes?: number;
  /** A technician is told when a small flush of the disk takes longer, milliseconds. */
  readonly slowDiskMs?: number;
  /** A technician is told when the clock is further off the platform's than this, milliseconds. */
  readonly clockOffMs?: number;
  /** New items are refused at so many that the platform has not acknowledged. */
  readonly maxWaitingItems?: number;
  /** New items are refused at so many bytes of ciphertext on disk. */
  readonly maxStoredBytes?: number;
  /** New items are refused while one has waited so long. */
  readonly maxWaitingDays?: number;
  /** Nobody begins unless so many bytes more are within the limits above: who begins is to finish. */
  readonly sessionBytes?: number;
  /** Ciphertext is kept so long after it was archived; default 0. Rows stay. */
  readonly keepArchivedDays?: number;
  /** Audit events are kept so long after the platform had them in a verified backup; 180 at least. */
  readonly auditDays?: number;
  /** Most that an item waits after its first failure, milliseconds; doubled at each further one. */
  readonly backoffBaseMs?: number;
  /** Most that an item waits between two attempts, milliseconds. */
  readonly backoffCeilingMs?: number;
  /** How scans go where the line is paid by the byte; left out where it is not. */
  readonly meteredScans?: MeteredScans | undefined;
  /** How often the feed and the bundles are asked for, milliseconds. */
  readonly pollEveryMs?: number;
  /** Deadline of one exchange with the platform, milliseconds. */
  readonly requestDeadlineMs?: number;
  /** Most bytes of an attachment in one exchange. */
  readonly chunkBytes?: number;
  /** Device states for the heartbeat: device id → status word. No personal data. */
  readonly deviceStates?: () => Readonly<Record<string, string>>;
  /** Since when somebody at the terminal calls the staff, for the heartbeat; null: nobody does. */
  readonly helpSince?: () => string | null;
  /** In the place of what SQLite says of itself; for tests. */
  readonly sqliteVersion?: string;
  /** Told of errors that no answer speaks of (a full disk while sending, a bug); for the log. */
  readonly onError?: (error: unknown) => void;
}

/** What a policy may set while the core runs. */
export type DurableLimits = Pick<
  DurableConfig,
  | 'minFreeBytes'
  | 'maxWaitingItems'
  | 'maxStoredBytes'
  | 'auditDays'
  | 'slowDiskMs'
  | 'clockOffMs'
  | 'backoffBaseMs'
  | 'backoffCeilingMs'
  | 'pollEveryMs'
  | 'meteredScans'
>;

/** Something a technician should see, of the durable half. */
export interface DurableProblem {
  readonly code:
    | 'platformNotTrusted'
    | 'enrolmentRefused'
    | 'terminalRevoked'
    | 'bundleRefused'
    | 'bundleNotHad'
    | 'policyWordsUnknown'
    | 'clockWrong'
    | 'clockOff'
    | 'diskFull'
    | 'backlogFull'
    | 'diskSlow'
    | 'diskFails'
    | 'lockLost'
    | 'itemHeld'
    | 'itemWaitsLong'
    | 'indexRebuilt'
    | 'filesSetAside'
    | 'indexNotCopied'
    | 'auditChainBroken'
    | 'sqliteOld'
    | 'keyOnlyRootProtected';
  /** Details for a technician; no personal data. */
  readonly detail: string;
}

/** The durable half of the core. Open with `createDurableCore`. */
export interface DurableCore {
  readonly outbox: Outbox & {
    /** Lets a held item try again; a person decided so. False when it is not held. */
    release(submissionId: string): boolean;
  };
  readonly bundles: Bundles;
  readonly enrolment: Enrolment;
  readonly link: Link;
  /** Takes photographs from phones over the platform. */
  readonly phone: PhoneLink;
  readonly audit: Audit;
  /** Whether a technician may say that the clock is right. */
  mayConfirmClock(): MayConfirm;
  /** A technician says that the clock is right now; see `outbox/confirm-clock.ts`. @throws when the disk takes nothing */
  confirmClock(where: ConfirmedAt, said: number): Result<true, ConfirmRefusal>;
  problems(): readonly DurableProblem[];
  /** Called when `problems()` or `outbox.taking()` may have changed. */
  onProblems(listener: () => void): () => void;
  /**
   * Offline by the key directory; when the link is there also by the platform (short deadline).
   * @param text text of a QR code
   */
  verifyReceipt(text: string): Promise<CheckedReceipt>;
  /**
   * Copies what the platform has not acknowledged, sealed, into a new folder below `into`; see
   * `outbox/export-waiting.ts`. The items stay and are still sent.
   */
  exportWaiting(into: string): Promise<Result<Exported, ExportProblem>>;
  /** Takes the limits of a policy; they count from the next use on. */
  configure(limits: DurableLimits): void;
  /** Begins enrolling, polling and sending. Resolves at once; the link may be away. */
  start(): void;
  /** Stops the loops, ends the running exchange, closes index and seal. */
  stop(): Promise<void>;
}

/**
 * Opens the index (migrating it), sweeps, rebuilds what is lost, loads the bundles. Nothing goes over
 * the network before `start()`.
 * @throws StorageError when the index is newer than the program, held by another core or cannot be opened
 * @throws KeyStoreError when the terminal's key is not safe or not readable
 */
export async function createDurableCore(ports: Ports, config: DurableConfig): Promise<DurableCore> {
  const settings: DurableSettings = { ...DURABLE_DEFAULTS, ...config };
  const store = await openDurableStore(ports, settings);
  const platform = await createPlatformSide(ports, settings, store);
  let stopping: Promise<void> | undefined;
  return {
    outbox: platform.outbox,
    bundles: store.bundles,
    enrolment: platform.enrolment,
    link: platform.link,
    phone: platform.phone,
    audit: store.audit,
    mayConfirmClock: () => store.belief.mayConfirm(),
    confirmClock: platform.confirmClock,
    problems: platform.problems,
    onProblems: platform.onProblems,
    verifyReceipt: platform.verifyReceipt,
    start: platform.start,
    async exportWaiting(into) {
      const terminalId = platform.enrolment.current()?.terminalId;
      if (terminalId === undefined) return err('notEnrolled');
      return exportWaiting({ ...store, clock: ports.clock, terminalId }, into);
    },
    configure(limits) {
      Object.assign(settings, limits);
    },
    stop() {
      stopping ??= platform
        .stop()
        .then(() => ports.logMerger?.close())
        .then(() => store.close())
        .then(() => ports.seal.close());
      return stopping;
    },
  };
}
