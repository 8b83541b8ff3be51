import { AUDIT_BATCH, type AuditHeld, type AuditPlace } from '../../../domain/wire/audit.ts';
import type { Result } from '../../../domain/result.ts';
import { soundRun, type AuditChain } from '../audit/chain.ts';
import { auditHeld, readJson } from './answers.ts';
import type { CallFailure, PlatformClient } from './platform-client.ts';

/** What sending the audit needs. */
export interface SendAuditParts {
  readonly audit: AuditChain;
  readonly client: PlatformClient;
  /** An item is being sent or its turn has come: what was promised on a receipt goes first. */
  readonly itemsGoFirst: () => boolean;
}

/** So many batches a round: bundles and feed are not kept waiting by a chain of half a year. */
const MOST_BATCHES = 20;

function post(
  client: PlatformClient,
  path: string,
  body: unknown,
  status: number,
): Promise<Result<AuditHeld, CallFailure>> {
  return client.authorised(
    {
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(body)),
    },
    (answer) => (answer.status === status ? readJson(answer.body, auditHeld) : undefined),
  );
}

/** Where the platform stands in the chain of this index, which may be one of several under this name. */
async function ask({ audit, client }: SendAuditParts): Promise<AuditHeld | undefined> {
  const known = audit.landmarks();
  const answer = await post(client, '/v1/audit/positions', { known }, 200);
  return answer.ok && audit.knows(answer.value) ? answer.value : undefined;
}

/**
 * Sends what the platform does not hold of the chain, in order, after the items. Whatever goes wrong (no
 * line, a platform of an older make, one that came back from a backup) ends the round; the next one begins
 * at what the platform then says that it holds. An event of which the disk tells something else than was
 * written is left out, and those after it go as a piece of their own: the platform shows that.
 *
 * @param told where the platform says that it stands
 * @returns how far it holds the chain of this index; `undefined` when that is not known
 */
export async function sendAudit(
  parts: SendAuditParts,
  told: AuditHeld,
): Promise<AuditHeld | undefined> {
  const { audit, client, itemsGoFirst } = parts;
  let held = audit.knows(told) ? told : await ask(parts);
  for (let batch = 0; held && batch < MOST_BATCHES && !itemsGoFirst(); batch++) {
    const place: AuditPlace = held;
    const run = soundRun(audit.after(place.seq, AUDIT_BATCH), place);
    if (!run) break;
    const answer = await post(client, '/v1/audit/events', run, 201);
    if (!answer.ok) {
      const elsewhere = answer.error.kind === 'problem' && answer.error.code === 'offsetMismatch';
      // it went back meanwhile, or another machine with this name sends, too
      return elsewhere ? await ask(parts) : held;
    }
    if (!audit.knows(answer.value) || answer.value.seq <= place.seq) break;
    held = answer.value;
  }
  return held;
}
