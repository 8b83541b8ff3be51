import type { Heartbeat } from '../../../domain/wire/platform.ts';
import type { CheckedReceipt } from '../../contract/code-view.ts';
import { pruneAudit } from '../audit/prune.ts';
import type { DurableCore, DurableProblem } from '../durable.ts';
import type { DurableSettings } from '../durable-defaults.ts';
import type { DurableStore } from '../durable-store.ts';
import { createTokens } from '../enrolment/access-tokens.ts';
import { openEnrolment } from '../enrolment/enrolment.ts';
import { askSignedTime } from '../enrolment/signed-time.ts';
import { confirmClock } from '../outbox/confirm-clock.ts';
import { createListeners } from '../outbox/listeners.ts';
import { createFiling } from '../outbox/filing.ts';
import { receiptCodes } from '../outbox/receipt-qr.ts';
import { createOutbox } from '../outbox/outbox.ts';
import { createPhoneLink } from '../phone/phone-link.ts';
import type { Ports } from '../ports.ts';
import { backlogOf, itemsIn } from '../storage/item-rows.ts';
import { writeNumber } from '../storage/key-values.ts';
import { createChunkPace } from './chunk-pace.ts';
import { createHousekeeping } from './housekeeping.ts';
import { createKeeper } from './keeper.ts';
import { createLink } from './link.ts';
import { makeLinkFailuresDue } from './link-failures.ts';
import { createLoop } from './loop.ts';
import { createPlatformClient, failureCode, type Tokens } from './platform-client.ts';
import { durableProblems } from './problems.ts';
import { checkReceipt } from './check-receipt.ts';
import { keepRevocation, keptRevocation } from './revocation.ts';
import { createSender, itemsGoFirst, type SenderParts } from './sender.ts';

/** The parts of the durable core that speak with the platform, wired. */
export type PlatformSide = Pick<
  DurableCore,
  | 'outbox'
  | 'enrolment'
  | 'link'
  | 'phone'
  | 'confirmClock'
  | 'problems'
  | 'onProblems'
  | 'verifyReceipt'
  | 'start'
  | 'stop'
>;

/** Wires enrolment, tokens, sending and keeping up over an open store. */
export async function createPlatformSide(
  ports: Ports,
  settings: DurableSettings,
  store: DurableStore,
): Promise<PlatformSide> {
  const { clock, randomness } = ports;
  const { db, audit, blobs, bundles, belief, room, signer } = store;
  const stop = new AbortController();
  const changes = createListeners<string>();
  const attention = createListeners<undefined>();
  const link = createLink(() => belief.skewMs());
  const onError = settings.onError ?? (() => undefined);
  const linkIsAway = (): boolean => link.state() === 'offline';
  let revoked = keptRevocation(db, signer.keyId);
  const setRevoked = (is: boolean): void => {
    revoked = is;
    try {
      keepRevocation(db, signer.keyId, is);
    } catch (error) {
      // the next token, or its refusal, tries again
      onBroken(error);
    }
  };
  let enrolmentRefused: string | undefined;
  let bundlesFailing: readonly string[] = [];
  let untrusted: string | undefined;
  let flushMs = 0;
  let filingMs = 0;

  const client = createPlatformClient(
    {
      network: ports.network,
      deadlineMs: settings.requestDeadlineMs,
      signal: stop.signal,
      onLink(state, why) {
        const isOther = why !== untrusted;
        untrusted = why;
        link.set(state);
        if (isOther) attention.emit(undefined);
      },
      wall: () => clock.wall(),
      certificateAt: () =>
        belief.skewMs() !== undefined && belief.wrong() ? belief.now() : undefined,
      clockDoubted: () =>
        enrolment.current() !== undefined && belief.skewMs() === undefined && belief.wrong(),
      learnTime: () => learnTime(),
    },
    (): Tokens => tokens,
  );
  const onPlatformTime = (iso: string): void => belief.notePlatformTime(iso);
  const enrolment = await openEnrolment({
    dataFolder: ports.roots.data,
    signer,
    keyProtection: ports.keyStore.protection,
    client,
    softwareVersion: settings.softwareVersion,
    audit,
    forgetVersions: () => bundles.forgetVersions(),
    onAnew() {
      if (itemsIn(db, 'received').length > 0) writeNumber(db, 'enrolledAnew', 1);
    },
    onPlatformTime,
  });
  const learnTime = async (): Promise<boolean> => {
    const root = enrolment.current()?.bundleRoot;
    const time = root === undefined ? undefined : await askSignedTime(client, randomness, root);
    if (time !== undefined) onPlatformTime(time);
    return time !== undefined;
  };
  const tokens = createTokens({
    clock,
    randomness,
    signer,
    client,
    enrolment: () => enrolment.current(),
    now: () => belief.now(),
    onPlatformTime,
    learnTime,
    onRevoked(is) {
      const ended = revoked && !is;
      setRevoked(is);
      // an item may have been what was told so, between two rounds that went well
      if (ended) sender.known();
      tellWhenChanged();
    },
  });

  const codeOf = receiptCodes(() => enrolment.current()?.verifyBaseUrl ?? '', signer);
  const filing = createFiling({
    codeOf,
    db,
    blobs,
    clock,
    crashPoint: ports.crashPoint,
    onFlush: (ms) => (filingMs = ms),
  });
  const filer = createLoop(
    clock,
    async () => {
      await filing.file();
      // the disk may have come back
      tellWhenChanged();
      return Number.POSITIVE_INFINITY;
    },
    (error) => {
      onError(error);
      try {
        tellWhenChanged();
      } catch (another) {
        // an index that cannot be read: the trying goes on
        onError(another);
      }
    },
  );
  const outbox = createOutbox({
    codeOf,
    ports,
    db,
    audit,
    blobs,
    room,
    belief,
    changes,
    enrolment: () => enrolment.current(),
    revoked: () => revoked,
    keys: () => bundles.current().keys?.content,
    async file() {
      try {
        await filing.file();
      } catch (error) {
        // nobody else tries again: nothing is handed in until it succeeds
        filer.wake();
        throw error;
      }
    },
    filingFailure: () => filing.failure(),
    isOurs: () => store.isOurs(),
    doubtDisk: (error) => filing.doubt(error),
    onStored(ms) {
      flushMs = ms;
      // the receipt goes first
      clock.after(0, () => filer.wake());
    },
    onFailure: (what) => onError(new Error(`submitting failed: ${what}`)),
  });

  /** What breaks a round may be the disk, which is tried at once: before anybody fills in a form. */
  const onBroken = (error: unknown): void => {
    filing.doubt(error);
    filer.wake();
    onError(error);
  };

  const problems = (): readonly DurableProblem[] => {
    const slowest = Math.max(flushMs, filingMs);
    return durableProblems({
      store,
      taking: outbox.taking(),
      revoked,
      clockOffMs: settings.clockOffMs,
      slowFlushMs: slowest > settings.slowDiskMs ? slowest : undefined,
      filingFailure: filing.failure(),
      enrolmentRefused: enrolment.keyDiffers ? 'keyDiffers' : enrolmentRefused,
      bundlesFailing,
      untrusted,
      keyProtection: ports.keyStore.protection,
    });
  };
  let told = '';
  const tellWhenChanged = (): void => {
    const now = JSON.stringify([outbox.taking(), problems()]);
    if (now === told) return;
    told = now;
    attention.emit(undefined);
  };

  const heartbeat = (): Heartbeat => {
    const backlog = backlogOf(db);
    const oldest = backlog.oldestWaiting;
    const helpSince = settings.helpSince?.() ?? null;
    return {
      softwareVersion: settings.softwareVersion,
      waitingItems: backlog.waiting,
      oldestWaitingSeconds:
        oldest === undefined
          ? 0
          : Math.max(0, Math.floor((clock.wall() - Date.parse(oldest)) / 1000)),
      devices: settings.deviceStates?.() ?? {},
      bundleVersions: bundles.versions(),
      clock: new Date(clock.wall()).toISOString(),
      ...(helpSince === null ? {} : { helpSince }),
      auditSeq: audit.end().seq,
    };
  };
  const housekeeping = createHousekeeping({
    ...store,
    clock,
    keepArchivedDays: () => settings.keepArchivedDays,
  });

  const pace = createChunkPace(clock, () => settings.chunkBytes);
  const sending: SenderParts = {
    db,
    audit,
    blobs,
    client,
    clock,
    randomness,
    crashPoint: ports.crashPoint,
    pace,
    // Read anew at each use: the policy may change while the core runs.
    get backoffBaseMs() {
      return settings.backoffBaseMs;
    },
    get backoffCeilingMs() {
      return settings.backoffCeilingMs;
    },
    get meteredScans() {
      return settings.meteredScans;
    },
    // a revoked one: the keeper asks whether it is so still, and wakes the sender when not
    enrolled: () => enrolment.current() !== undefined && !revoked,
    stopping: () => stop.signal.aborted,
    linkIsAway,
    onChange: (id) => changes.emit(id),
    onError: onBroken,
  };
  const sender = createSender(sending);
  const keeper = createKeeper({
    db,
    audit,
    blobs,
    client,
    crashPoint: ports.crashPoint,
    pace,
    clock,
    randomness,
    enrolment,
    bundles,
    enrolmentCode: settings.enrolmentCode,
    get pollEveryMs() {
      return settings.pollEveryMs;
    },
    get backoffBaseMs() {
      return settings.backoffBaseMs;
    },
    get backoffCeilingMs() {
      return settings.backoffCeilingMs;
    },
    heartbeat,
    housekeeping,
    itemsGoFirst: () => itemsGoFirst(sending) && !sender.restsForLink(),
    onAuditHeld({ archivedSeq }, platformTime) {
      const now = { platform: Date.parse(platformTime), own: clock.wall() };
      pruneAudit({ db, audit, signer, days: settings.auditDays }, archivedSeq, now);
    },
    linkIsAway,
    cutOff: new Map(),
    onPlatformTime,
    wall: () => clock.wall(),
    onChange: (id) => changes.emit(id),
    onEnrolmentRefused(failure) {
      const code = failure && failureCode(failure);
      // no other code helps: the key itself was revoked
      if (code === 'revoked') {
        setRevoked(true);
        enrolmentRefused = undefined;
        return;
      }
      if (code !== undefined && code !== enrolmentRefused) {
        audit.record('enrolmentRefused', { detail: code });
      }
      enrolmentRefused = code;
    },
    onBack() {
      makeLinkFailuresDue(db);
      sender.known();
    },
    onBundlesFailing: (failing) => (bundlesFailing = failing),
    onRoundEnd: tellWhenChanged,
    onError: onBroken,
  });
  enrolment.onChange(() => sender.wake());
  bundles.onChange(tellWhenChanged);
  link.onChange((state) => {
    // an item found the link away or back: the keeper looks at once
    if (state !== 'unknown') keeper.nudge();
    if (state === 'online') sender.wake();
  });
  changes.add(() => {
    tellWhenChanged();
    sender.wake();
  });

  // what a power cut left unfiled is filed at once
  filer.start();
  return {
    outbox,
    enrolment,
    link,
    phone: createPhoneLink(client),
    confirmClock(where, said) {
      const taken = confirmClock({ ...store, clock }, where, said);
      tellWhenChanged();
      return taken;
    },
    problems,
    onProblems: (listener) => attention.add(listener),
    verifyReceipt(text): Promise<CheckedReceipt> {
      const sendsNothing = revoked || enrolment.current() === undefined;
      const keys = bundles.current().keys?.content;
      return checkReceipt({ db, client, link, sendsNothing, keys }, text);
    },
    start() {
      keeper.start();
      sender.start();
    },
    async stop() {
      stop.abort();
      await Promise.all([keeper.stop(), sender.stop(), filer.stop(), outbox.told()]);
      // what cannot be filed now is filed by the next start
      await filing.file().catch(onError);
      try {
        audit.record('coreStopped');
        audit.checkpoint(signer);
      } catch (error) {
        // a disk that takes nothing any more keeps nobody from stopping
        onError(error);
      }
    },
  };
}
