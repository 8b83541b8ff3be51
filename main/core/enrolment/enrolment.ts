import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { toBase64Url } from '../../../domain/base64url.ts';
import { err, ok, type Result } from '../../../domain/result.ts';
import type { Audit } from '../audit/contract.ts';
import { createListeners } from '../outbox/listeners.ts';
import type { KeyStore, TerminalSigner } from '../ports.ts';
import { replaceDurably } from '../storage/durable-files.ts';
import { enrolResponse, readJson } from '../sync/answers.ts';
import type { CallFailure, PlatformClient } from '../sync/platform-client.ts';
import { ENROLMENT_FILE, type Enrolment, type EnrolmentRecord } from './contract.ts';

const fileShape = z.object({
  publicKey: z.string(),
  /** How the key was kept: a start that finds it otherwise makes none of its own (`rootOnlyFileKeyStore`). */
  keyProtection: z.enum(['protected', 'rootOnlyFile']).exactOptional(),
  answer: enrolResponse,
});

/** Whether an answer only says again what is known; its time and its last receipt number do not count. */
function sameTerminal(known: EnrolmentRecord, told: EnrolmentRecord): boolean {
  const { terminalId, bundleRoot, verifyBaseUrl, unlockKey } = known;
  return (
    told.terminalId === terminalId &&
    told.bundleRoot === bundleRoot &&
    told.verifyBaseUrl === verifyBaseUrl &&
    told.unlockKey === unlockKey
  );
}

/** Enrolment with its way to the platform. */
export interface EnrolmentKeeper extends Enrolment {
  /**
   * One attempt with the one-time code. The platform takes the same code with the same key again, for
   * its answer may have been lost.
   */
  enrol(code: string): Promise<Result<EnrolmentRecord, CallFailure>>;
  /** The record on disk was made with another key than the terminal has now. */
  readonly keyDiffers: boolean;
}

/** What enrolling needs. */
export interface EnrolmentParts {
  readonly dataFolder: string;
  readonly signer: TerminalSigner;
  readonly keyProtection: KeyStore['protection'];
  readonly client: PlatformClient;
  readonly softwareVersion: string;
  readonly audit: Audit;
  /** The versions of an earlier root say nothing about the new one's; called before the record is replaced. */
  readonly forgetVersions: () => void;
  /** It is another terminal than before, at this or another place; called before the record is replaced. */
  readonly onAnew: () => void;
  readonly onPlatformTime: (iso: string) => void;
}

/** Loads the record from `<data>/enrolment.json`. */
export async function openEnrolment(parts: EnrolmentParts): Promise<EnrolmentKeeper> {
  const file = join(parts.dataFolder, ENROLMENT_FILE);
  const publicKey = toBase64Url(parts.signer.publicKey);
  const listeners = createListeners<undefined>();
  const kept = await readFile(file).then(
    (bytes) => readJson(bytes, fileShape),
    () => undefined,
  );
  const keyDiffers = kept !== undefined && kept.publicKey !== publicKey;
  let record: EnrolmentRecord | undefined = keyDiffers ? undefined : kept?.answer;
  /** Of what is in force, also where the terminal has another key now. */
  let root = kept?.answer.bundleRoot;
  const write = (answer: z.input<typeof enrolResponse>): Promise<void> => {
    const { keyProtection } = parts;
    const now: z.input<typeof fileShape> = { publicKey, keyProtection, answer };
    return replaceDurably(file, Buffer.from(JSON.stringify(now)));
  };
  if (kept && record && kept.keyProtection !== parts.keyProtection) {
    // an earlier program did not write it down; a disk that takes nothing is told elsewhere
    await write(kept.answer).catch(() => undefined);
  }
  return {
    keyDiffers,
    current: () => record,
    onChange: (listener) => listeners.add(listener),
    async enrol(code) {
      const answer = await parts.client.open(
        {
          method: 'POST',
          path: '/v1/enrolments',
          headers: { 'content-type': 'application/json' },
          body: Buffer.from(
            JSON.stringify({ code, publicKey, softwareVersion: parts.softwareVersion }),
          ),
        },
        ({ status, body }) => (status === 201 ? readJson(body, enrolResponse) : undefined),
      );
      if (!answer.ok) return err(answer.error);
      parts.onPlatformTime(answer.value.serverTime);
      if (record && sameTerminal(record, answer.value)) return ok(record);
      // in this order: after a crash in between the earlier bundles still tell their versions, while a new
      // root under versions of an earlier one would find each of its bundles too old, for ever
      if (root !== answer.value.bundleRoot) parts.forgetVersions();
      parts.onAnew();
      await write(answer.value);
      root = answer.value.bundleRoot;
      record = answer.value;
      parts.audit.record('terminalEnrolled', {
        detail: `${record.terminalId} ${record.generation}`,
      });
      listeners.emit(undefined);
      return ok(record);
    },
  };
}
