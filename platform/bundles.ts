import { createPublicKey } from 'node:crypto';
import { CompactSign } from 'jose';
import type { Catalogue } from '../domain/catalogue/catalogue.ts';
import type { Bundle, BundleKind, HeartbeatReceived, KeyBundle } from '../domain/wire/platform.ts';
import type { PlatformKeys } from './keys.ts';
import { isSignedBy } from './published-keys.ts';
import { sha256Hex } from './storage/files.ts';
import type { BundleRow, BundleStore, TerminalStore } from './storage/port.ts';
import { createQueues } from './storage/queues.ts';
import { isoTime, type Now } from './time.ts';

/** Content of the bundles that the platform is given; that of `keys` it knows itself. */
export interface BundleContents {
  readonly catalogue: Catalogue;
  /** Left out: none is published; what was published last, if anything was, is still given. */
  readonly policy: Readonly<Record<string, unknown>> | undefined;
}

/** Signed bundles, a new version whenever the content has changed. */
export interface Bundles {
  /** `undefined`: no policy was ever published. */
  current(kind: BundleKind): Promise<BundleRow | undefined>;
  /** ETags of those in force. */
  etags(): Promise<NonNullable<HeartbeatReceived['bundles']>>;
  /** Every catalogue that was ever given out, newest first. */
  catalogues(): Promise<readonly Catalogue[]>;
}

/** What names one version of a bundle and its content. */
export function etagOf({ kind, version, contentSha256 }: BundleRow): string {
  return `"${kind}-${version}-${contentSha256.slice(0, 16)}"`;
}

const VERSIONS_SINCE = Date.UTC(2026, 0, 1);

/**
 * The least version of what is published now: seconds since 2026, more than any platform published. One that came
 * back from a backup gives no version again that a terminal may hold of what the backup had not yet.
 */
function versionFloor(now: number): number {
  return Math.max(0, Math.floor((now - VERSIONS_SINCE) / 1000));
}

/** Gives out and remembers bundles. */
export function createBundles(parts: {
  readonly store: BundleStore;
  readonly terminals: TerminalStore;
  readonly keys: PlatformKeys;
  readonly contents: BundleContents;
  readonly now: Now;
  /** Whether the data folder is still this platform's; else another one publishes there. */
  readonly isOurs?: () => boolean;
}): Bundles {
  const { store, terminals, keys, contents, now, isOurs = () => true } = parts;
  const oneByOne = createQueues();
  const root = createPublicKey(keys.bundleRoot);

  const keyBundle = async (): Promise<KeyBundle> => ({
    recipients: keys.recipients,
    terminals: (await terminals.all()).map((row) => ({
      terminalId: row.terminalId,
      keyId: row.keyId,
      publicKey: row.publicKey,
      place: row.region + row.terminal,
      ...(row.revokedAt === null ? {} : { revokedAt: row.revokedAt }),
    })),
  });

  const contentOf = async (kind: BundleKind): Promise<unknown> =>
    kind === 'keys' ? keyBundle() : contents[kind];

  const publish = async (kind: BundleKind): Promise<BundleRow | undefined> => {
    const latest = await store.latest(kind);
    const given = await contentOf(kind);
    const contentJson = given === undefined ? latest?.contentJson : JSON.stringify(given);
    if (contentJson === undefined) return undefined;
    const contentSha256 = sha256Hex(contentJson);
    // of another root, it is worth nothing to who was enrolled since
    if (latest?.contentSha256 === contentSha256 && isSignedBy(latest.jws, root)) return latest;
    const version = Math.max((latest?.version ?? 0) + 1, versionFloor(now()));
    const issuedAt = isoTime(now());
    const content = JSON.parse(contentJson) as unknown;
    const payload: Bundle<unknown> = { kind, version, issuedAt, content };
    const jws = await new CompactSign(Buffer.from(JSON.stringify(payload)))
      .setProtectedHeader({ alg: 'EdDSA', typ: 'bianmin-bundle+jws', kind, version })
      .sign(keys.bundleRoot);
    const row: BundleRow = { kind, version, issuedAt, contentSha256, contentJson, jws };
    await store.add(row);
    return row;
  };

  // what was published last, and for which state of the terminals: two thousand terminals ask each minute
  const published = new Map<
    BundleKind,
    { readonly mark: string; readonly row: BundleRow | undefined }
  >();
  const current = async (kind: BundleKind): Promise<BundleRow | undefined> => {
    // what this one would publish may be of before: its keys, its catalogue
    if (!isOurs()) return store.latest(kind);
    const mark = kind === 'keys' ? await terminals.mark() : '';
    const before = published.get(kind);
    if (before?.mark === mark) return before.row;
    const row = await publish(kind);
    published.set(kind, { mark, row });
    return row;
  };

  let known: readonly Catalogue[] = [];
  let knownFor = '';
  const etag = (kind: BundleKind): Promise<Readonly<Partial<Record<BundleKind, string>>>> =>
    oneByOne(kind, async () => {
      const row = await current(kind);
      return row === undefined ? {} : { [kind]: etagOf(row) };
    });
  return {
    current: (kind) => oneByOne(kind, () => current(kind)),
    etags: async () => ({
      ...(await etag('catalogue')),
      ...(await etag('keys')),
      ...(await etag('policy')),
    }),
    async catalogues() {
      const latest = await oneByOne('catalogue', () => current('catalogue'));
      if (latest !== undefined && latest.contentSha256 !== knownFor) {
        const texts = await store.contents('catalogue');
        known = texts.map((text) => JSON.parse(text) as Catalogue);
        knownFor = latest.contentSha256;
      }
      return known;
    },
  };
}
