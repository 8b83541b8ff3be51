import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '../../../domain/result.ts';
import type { BundleKind } from '../../../domain/wire/platform.ts';
import type { Audit } from '../audit/contract.ts';
import { createListeners } from '../outbox/listeners.ts';
import { replaceDurably } from '../storage/durable-files.ts';
import type { IndexDb } from '../storage/index-db.ts';
import type { Bundles, CurrentBundles } from './contract.ts';
import { verifyBundle, type BundleRefusal } from './verify-bundle.ts';

/** Every kind, keys first: without them nothing can be taken. */
export const BUNDLE_KINDS: readonly BundleKind[] = ['keys', 'catalogue', 'policy'];

/** The bundles in force, with the way in for new ones. */
export interface BundleStore extends Bundles {
  /** Loads what is on disk; called once the root is pinned. A file that does not verify is not used. */
  load(rootKey: string): Promise<void>;
  /**
   * Takes a bundle that came over the wire. When it is refused the old one stays in force.
   * @returns whether something changed
   */
  adopt(
    kind: BundleKind,
    jws: string,
    etag: string | undefined,
    rootKey: string,
  ): Promise<Result<boolean, BundleRefusal>>;
  /**
   * Being enrolled anew: the versions of an earlier root say nothing about the new one's. The files stay: until
   * the new root is pinned they say again what was forgotten, at the next start.
   */
  forgetVersions(): void;
  /** For `If-None-Match`: only while the bundle it belongs to is in force. */
  etag(kind: BundleKind): string | undefined;
  versions(): Readonly<Partial<Record<BundleKind, number>>>;
  /** Last refusal of each kind, until a good one came. */
  refusals(): ReadonlyMap<BundleKind, BundleRefusal>;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * The store: `<data>/bundles/<kind>.jws` in force, `<kind>.previous.jws` the one before.
 * @param environment of the terminal; in `production` the policy of a demonstration is refused
 */
export async function openBundleStore(
  dataFolder: string,
  db: IndexDb,
  audit: Audit,
  now: () => number,
  environment: 'production' | 'demo' = 'demo',
): Promise<BundleStore> {
  const folder = join(dataFolder, 'bundles');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const fileOf = (kind: BundleKind): string => join(folder, `${kind}.jws`);
  const previousOf = (kind: BundleKind): string => join(folder, `${kind}.previous.jws`);
  const listeners = createListeners<BundleKind>();
  const refused = new Map<BundleKind, BundleRefusal>();
  /** What is in force, as it was signed; its hash is asked for at each poll. */
  const texts = new Map<BundleKind, { readonly jws: string; readonly hash: string }>();
  let current: CurrentBundles = { catalogue: undefined, keys: undefined, policy: undefined };

  const pointer = (kind: BundleKind) =>
    db.unlessWritten(`bundle ${kind}`, ['bundle'], () =>
      db.get('SELECT version, sha256, etag FROM bundle WHERE kind = ?', kind),
    );
  const floor = (kind: BundleKind): number =>
    Math.max(current[kind]?.version ?? -1, Number(pointer(kind)?.['version'] ?? -1));
  const refuse = (kind: BundleKind, why: BundleRefusal): void => {
    // the same refusal at every poll is one event
    if (refused.get(kind) !== why) audit.record('bundleRefused', { detail: `${kind} ${why}` });
    refused.set(kind, why);
  };

  /** The row of what is in force; when it was first adopted stays. */
  const note = (kind: BundleKind, version: number, hash: string, etag: string | undefined): void =>
    db.run(
      `INSERT INTO bundle (kind, version, sha256, etag, adopted_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (kind) DO UPDATE SET version = excluded.version, sha256 = excluded.sha256,
         etag = excluded.etag,
         adopted_at = iif(sha256 = excluded.sha256, adopted_at, excluded.adopted_at)`,
      kind,
      version,
      hash,
      etag ?? null,
      new Date(now()).toISOString(),
    );

  const adopted = (kind: BundleKind, version: number): void =>
    audit.record('bundleAdopted', { detail: `${kind} ${version}` });

  const checked = async (
    jws: string,
    kind: BundleKind,
    rootKey: string,
  ): ReturnType<typeof verifyBundle<BundleKind>> => {
    const bundle = await verifyBundle(jws, kind, rootKey);
    if (!bundle.ok || environment === 'demo') return bundle;
    const { content } = bundle.value;
    return 'policy' in content && content.policy.environment === 'demo' ? err('demo') : bundle;
  };

  const loadOne = async (kind: BundleKind, rootKey: string): Promise<void> => {
    for (const file of [fileOf(kind), previousOf(kind)]) {
      const jws = await readFile(file, 'utf8').catch(() => undefined);
      if (jws === undefined) continue;
      const bundle = await checked(jws, kind, rootKey);
      if (bundle.ok) {
        current = { ...current, [kind]: bundle.value };
        texts.set(kind, { jws, hash: sha256(jws) });
        return;
      }
      refuse(kind, bundle.error);
    }
  };

  return {
    current: () => current,
    onChange: (listener) => listeners.add(listener),
    async load(rootKey) {
      for (const kind of BUNDLE_KINDS) await loadOne(kind, rootKey);
    },
    async adopt(kind, jws, etag, rootKey) {
      const bundle = await checked(jws, kind, rootKey);
      if (!bundle.ok) {
        refuse(kind, bundle.error);
        return err(bundle.error);
      }
      const { version } = bundle.value;
      const hash = sha256(jws);
      const before = texts.get(kind);
      if (before?.hash === hash) {
        refused.delete(kind);
        db.transaction(() => {
          const written = pointer(kind)?.['sha256'] === hash;
          // without its row, which goes with a lost index, it would be asked for whole in every round
          note(kind, version, hash, etag);
          // the power went between the file and this: it is in force since the start that found it
          if (!written) adopted(kind, version);
        });
        return ok(false);
      }
      const known = floor(kind);
      const refusal: BundleRefusal | undefined =
        version < known
          ? 'olderVersion'
          : version === current[kind]?.version
            ? 'sameVersionDiffers'
            : undefined;
      if (refusal) {
        refuse(kind, refusal);
        return err(refusal);
      }
      if (before) await replaceDurably(previousOf(kind), Buffer.from(before.jws));
      await replaceDurably(fileOf(kind), Buffer.from(jws));
      db.transaction(() => {
        note(kind, version, hash, etag);
        adopted(kind, version);
      });
      refused.delete(kind);
      texts.set(kind, { jws, hash });
      current = { ...current, [kind]: bundle.value };
      listeners.emit(kind);
      return ok(true);
    },
    forgetVersions() {
      db.run('DELETE FROM bundle');
      refused.clear();
      texts.clear();
      current = { catalogue: undefined, keys: undefined, policy: undefined };
    },
    etag(kind) {
      const row = pointer(kind);
      const held = texts.get(kind);
      const etag = row?.['etag'];
      return typeof etag === 'string' && held && row?.['sha256'] === held.hash ? etag : undefined;
    },
    versions: () =>
      Object.fromEntries(
        BUNDLE_KINDS.flatMap((kind) => {
          const bundle = current[kind];
          return bundle ? [[kind, bundle.version]] : [];
        }),
      ),
    refusals: () => refused,
  };
}
