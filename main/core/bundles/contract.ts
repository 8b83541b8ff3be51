import type { Catalogue } from '../../../domain/catalogue/catalogue.ts';
import type { ReadPolicy } from '../../../kiosk-config/index.ts';
import type { BundleKind, KeyBundle } from '../../../domain/wire/platform.ts';

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
  readonly policy: CurrentBundle<ReadPolicy> | undefined;
}

/** Bundles as the rest of the core sees them. Objects never change in place: a new version is a new object. */
export interface Bundles {
  current(): CurrentBundles;
  onChange(listener: (kind: BundleKind) => void): () => void;
}
