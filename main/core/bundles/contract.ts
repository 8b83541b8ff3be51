import type { Catalogue } from '../../../domain/catalogue/catalogue.ts';
import type { BundleKind, KeyBundle } from '../../../domain/wire/platform.ts';

/**
 * Content of the policy bundle. Its keys are the kiosk configuration's business; the bundle store only
 * checks that it is an object.
 */
export type PolicyContent = Readonly<Record<string, unknown>>;

/** A bundle that was verified and is in force. */
export interface CurrentBundle<T> {
  readonly version: number;
  /** ISO 8601 */
  readonly issuedAt: string;
  readonly content: T;
}

/** Everything that is in force at one moment. A session that needs one version keeps the object it was given. */
export interface CurrentBundles {
  readonly catalogue: CurrentBundle<Catalogue> | undefined;
  readonly keys: CurrentBundle<KeyBundle> | undefined;
  readonly policy: CurrentBundle<PolicyContent> | undefined;
}

/** Bundles as the rest of the core sees them. Objects never change in place: a new version is a new object. */
export interface Bundles {
  current(): CurrentBundles;
  onChange(listener: (kind: BundleKind) => void): () => void;
}
