import { ok, type Result } from '../../../domain/result.ts';
import type { AuditHeld } from '../../../domain/wire/audit.ts';
import type { Heartbeat, HeartbeatReceived } from '../../../domain/wire/platform.ts';
import type { AuditChain } from '../audit/chain.ts';
import type { BundleStore } from '../bundles/bundle-store.ts';
import type { EnrolmentKeeper } from '../enrolment/enrolment.ts';
import type { Randomness } from '../ports.ts';
import { heartbeatReceived, readJson } from './answers.ts';
import { fullJitter, randomFraction } from './backoff.ts';
import { readFeed, type FeedParts } from './feed.ts';
import { createLoop, type Loop } from './loop.ts';
import type { CallFailure, PlatformClient } from './platform-client.ts';
import { createBundlePoll, type BundlePoll } from './poll-bundles.ts';
import { sendAudit } from './send-audit.ts';

/** What keeping up with the platform needs. */
export interface KeeperParts extends FeedParts {
  readonly randomness: Randomness;
  readonly client: PlatformClient;
  readonly audit: AuditChain;
  /** An item is being sent, or its turn has come. */
  readonly itemsGoFirst: () => boolean;
  /** How far the platform holds the audit, by its word and at its time. */
  readonly onAuditHeld: (held: AuditHeld, platformTime: string) => void;
  readonly enrolment: EnrolmentKeeper;
  readonly bundles: BundleStore;
  readonly enrolmentCode: string | undefined;
  readonly pollEveryMs: number;
  readonly backoffBaseMs: number;
  readonly backoffCeilingMs: number;
  readonly heartbeat: () => Heartbeat;
  /** The platform did not take the one-time code, or does not know this terminal; `undefined` when it does, or nothing was heard. */
  readonly onEnrolmentRefused: (failure: CallFailure | undefined) => void;
  /** Every round, before the platform is asked: looks at disk and clock, deletes what is archived. What it throws ends no round. */
  readonly housekeeping: () => Promise<void>;
  /** The platform answers again after it did not. */
  readonly onBack: () => void;
  /** Before each round's end: the kinds of bundles that fail again and again, each with a code. */
  readonly onBundlesFailing: (failing: readonly string[]) => void;
  readonly onRoundEnd: () => void;
}

/** What a round knows of the ones before it. */
interface Heard {
  readonly bundles: BundlePoll;
  /** The platform did not know this terminal, though it was enrolled: it may have come back from an earlier backup. */
  strange: boolean;
  /** When a platform that did not know it was given the code last, by the steady clock; `undefined`: never. */
  codeTriedAt: number | undefined;
}

/** A code that was refused is tried again so much later: wrong ones are counted for all that share an address. */
const CODE_AGAIN_MS = 60 * 60_000;

function sendHeartbeat(parts: KeeperParts): Promise<Result<HeartbeatReceived, CallFailure>> {
  return parts.client.authorised(
    {
      method: 'POST',
      path: '/v1/heartbeats',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(parts.heartbeat())),
    },
    ({ status, body }) => (status === 202 ? readJson(body, heartbeatReceived) : undefined),
  );
}

async function enrolFirst(parts: KeeperParts, told: Heard): Promise<Result<string, CallFailure>> {
  const known = parts.enrolment.current();
  const now = parts.clock.now();
  const mayTry =
    told.strange && now - (told.codeTriedAt ?? Number.NEGATIVE_INFINITY) >= CODE_AGAIN_MS;
  if (known && !(mayTry && parts.enrolmentCode !== undefined)) return ok(known.bundleRoot);
  if (parts.enrolmentCode === undefined) {
    return { ok: false, error: { kind: 'notEnrolled' } };
  }
  const record = await parts.enrolment.enrol(parts.enrolmentCode);
  const refused = !record.ok && record.error.kind === 'problem' && record.error.status < 500;
  parts.onEnrolmentRefused(refused ? record.error : undefined);
  // the code may be an old one: what the platform says of the terminal itself counts
  if (known && refused) {
    told.codeTriedAt = now;
    return ok(known.bundleRoot);
  }
  return record.ok ? ok(record.value.bundleRoot) : record;
}

async function round(parts: KeeperParts, told: Heard): Promise<Result<unknown, CallFailure>> {
  const root = await enrolFirst(parts, told);
  if (!root.ok) return root;
  const first = await told.bundles.first(root.value);
  if (!first.ok) return first;
  const feed = await readFeed(parts);
  if (!feed.ok) {
    told.bundles.feedFailed();
    return feed;
  }
  const left = await told.bundles.left(root.value);
  if (!left.ok) return left;
  const beat = await sendHeartbeat(parts);
  // one that takes no heartbeat is asked for each bundle; one that was not reached will tell
  if (!beat.ok && beat.error.kind !== 'network') told.bundles.told(undefined);
  if (!beat.ok) return beat;
  const { serverTime, audit } = beat.value;
  parts.onPlatformTime(serverTime);
  told.bundles.told(beat.value.bundles);
  const named = await told.bundles.named(root.value);
  if (!named.ok) return named;
  try {
    // a platform that does not speak of it does not take it
    const held = audit && (await sendAudit(parts, audit));
    if (held) parts.onAuditHeld(held, serverTime);
  } catch (error) {
    // a full disk, a bug: nothing else waits for the audit
    parts.onError(error);
  }
  return beat;
}

function isProblem(failure: CallFailure, code: string): boolean {
  return failure.kind === 'problem' && failure.code === code;
}

/** What `Retry-After` says of the next request, milliseconds. */
function toldToWait(failure: CallFailure): number {
  return failure.kind === 'problem' ? (failure.retryAfterMs ?? 0) : 0;
}

/**
 * Enrols, then asks for bundles and feed, tells how the terminal is and sends its audit, again and again.
 * Bundles are asked for in the first round, and later those that a heartbeat's answer tells of.
 */
export function createKeeper(parts: KeeperParts): Loop {
  let failures = 0;
  /** By the clock that nobody sets: the platform told it to wait so long. */
  let toldUntil = Number.NEGATIVE_INFINITY;
  const told: Heard = {
    bundles: createBundlePoll(parts),
    strange: false,
    codeTriedAt: undefined,
  };
  const tidyUp = async (): Promise<void> => {
    try {
      await parts.housekeeping();
    } catch (error) {
      // a full disk: just then the platform must hear of this terminal
      parts.onError(error);
    }
  };
  const loop = createLoop(
    parts.clock,
    async () => {
      await tidyUp();
      const result = await round(parts, told);
      const strange = !result.ok && isProblem(result.error, 'unauthorised');
      // without a code to try this is all that a technician learns of it
      if (strange) parts.onEnrolmentRefused(result.error);
      else if (result.ok && told.strange) parts.onEnrolmentRefused(undefined);
      // what a bad line does says nothing of it
      told.strange = strange || (told.strange && !result.ok);
      if (result.ok) {
        if (failures > 0) parts.onBack();
        failures = 0;
      } else {
        failures++;
      }
      // only what it heard makes something to tidy up
      if (result.ok) await tidyUp();
      parts.onBundlesFailing(told.bundles.failing());
      parts.onRoundEnd();
      const { pollEveryMs, backoffBaseMs, backoffCeilingMs, randomness } = parts;
      // what is drawn comes on top: terminals that were told the same together come back apart
      const asked = result.ok ? 0 : Math.min(toldToWait(result.error), backoffCeilingMs);
      toldUntil = parts.clock.now() + asked;
      // revoked: that is the platform's word and no trouble with the line, asking sooner brings no other
      return result.ok || isProblem(result.error, 'revoked')
        ? asked + pollEveryMs * (0.9 + 0.2 * randomFraction(randomness))
        : asked +
            fullJitter(
              failures,
              Math.min(backoffCeilingMs, pollEveryMs),
              randomness,
              backoffBaseMs,
            );
    },
    parts.onError,
  );
  return {
    ...loop,
    nudge() {
      if (parts.clock.now() >= toldUntil) loop.nudge();
    },
  };
}
