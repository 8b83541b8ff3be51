import { createHmac, getHashes, hash } from 'node:crypto';
import { signerFromSeed } from '../../../main/core/keys/ed25519.ts';
import type { Evidence } from '../evidence.ts';
import type { Resident } from '../residents.ts';
import type { Scoring } from './scene.ts';

/** So much of a digest must stand there: less is met by chance. */
const PREFIX_BYTES = 6;

/** 48 bits as a number. */
const prefixAt = (bytes: Buffer, at: number): number => bytes.readUIntBE(at, PREFIX_BYTES);

function addWindows(prefixes: Set<number>, bytes: Buffer): void {
  for (let at = 0; at + PREFIX_BYTES <= bytes.length; at += 1) prefixes.add(prefixAt(bytes, at));
}

const known = new WeakMap<Evidence, ReadonlySet<number>>();

/**
 * Every place at which a digest may begin in what lies open: raw bytes, and what is written as hex or base64 of
 * either alphabet.
 */
function prefixesOf(evidence: Evidence): ReadonlySet<number> {
  const before = known.get(evidence);
  if (before) return before;
  const prefixes = new Set<number>();
  known.set(evidence, prefixes);
  for (const bytes of evidence.open) {
    addWindows(prefixes, bytes);
    const text = bytes.toString('latin1');
    for (const run of text.match(/[0-9a-fA-F]{12,}/g) ?? []) {
      addWindows(prefixes, Buffer.from(run, 'hex'));
      addWindows(prefixes, Buffer.from(run.slice(1), 'hex'));
    }
    for (const run of text.match(/[\w+/-]{8,}/g) ?? []) {
      const decoded = Buffer.from(run, 'base64');
      if (decoded.length >= PREFIX_BYTES) prefixes.add(prefixAt(decoded, 0));
    }
  }
  return prefixes;
}

function textsOf(resident: Resident): readonly string[] {
  const { idNumber, name, birthDate, mobile, address } = resident;
  return [
    idNumber,
    `${name}${idNumber}`,
    name,
    `${idNumber}${name}`,
    mobile,
    `${name}${birthDate}`,
    birthDate,
    address,
    idNumber.slice(6),
    idNumber.slice(-6),
    JSON.stringify({ name, idNumber }),
  ];
}

const ALGORITHMS = ['sha256', 'md5', 'sha1', 'sha512', 'sm3', 'sha384', 'blake2b512'].filter(
  (name) => getHashes().includes(name),
);

type Digest = (text: string) => Buffer;

/** How many of a resident's digests stand on the disk. */
function countDigests(
  { evidence, residents }: { readonly evidence: Evidence; readonly residents: readonly Resident[] },
  digests: readonly Digest[],
  texts: number,
): Float64Array {
  const prefixes = prefixesOf(evidence);
  const score = new Float64Array(residents.length);
  for (const [place, resident] of residents.entries()) {
    for (const text of textsOf(resident).slice(0, texts)) {
      for (const digest of digests) {
        if (prefixes.has(prefixAt(digest(text), 0))) score[place] = (score[place] ?? 0) + 1;
      }
    }
  }
  return score;
}

const plain =
  (algorithm: string): Digest =>
  (text) =>
    hash(algorithm, text, 'buffer');

/** Digests of numbers, names, addresses and the like without a salt. */
export const byUnsaltedDigests: Scoring = (scene) =>
  countDigests(
    scene,
    ALGORITHMS.slice(0, scene.thorough ? undefined : 3).map(plain),
    scene.thorough ? 11 : 4,
  );

/** What a program may have taken for a salt, of all that lies open on the disk. */
function saltsOf({ items, open }: Evidence): readonly string[] {
  const text = open.map((bytes) => bytes.toString('latin1')).join('\n');
  const named = [
    ...text.matchAll(
      /"(?:terminalId|terminalKeyId|publicKey|bundleRoot|region|terminal|place)":"([^"]+)"/g,
    ),
  ];
  const ids = [...text.matchAll(/\d{9}-?\d{3}(?:-g\d+)?/g)].map(([id]) => id);
  const days = items.map(({ createdAt }) => createdAt.slice(0, 10));
  return [...new Set([...named.map(([, value]) => value ?? ''), ...ids, ...days])].slice(0, 24);
}

function saltedBy(salt: string | Buffer, algorithm: string): readonly Digest[] {
  const salted = Buffer.from(salt);
  const before: Digest = (text) =>
    hash(algorithm, Buffer.concat([salted, Buffer.from(text)]), 'buffer');
  const behind: Digest = (text) =>
    hash(algorithm, Buffer.concat([Buffer.from(text), salted]), 'buffer');
  const keyed: Digest = (text) => createHmac(algorithm, salted).update(text).digest();
  return [before, behind, keyed];
}

/** Digests with a salt that lies on the disk itself: ids of the terminal, its public keys, days, each item's own id. */
export const bySaltedDigests: Scoring = (scene) => {
  const { evidence, thorough } = scene;
  const items = thorough ? evidence.items.map(({ submissionId }) => submissionId) : [];
  const salts = saltsOf(evidence);
  const forms = salts.flatMap((salt) =>
    saltedBy(salt, 'sha256').slice(0, thorough ? undefined : 2),
  );
  const own = items.flatMap((salt) => saltedBy(salt, 'sha256').slice(0, 1));
  const score = countDigests(scene, forms, thorough ? 2 : 1);
  const more = countDigests(scene, own, 1);
  return score.map((value, place) => value + (more[place] ?? 0));
};

/** The same with the terminal's own private key, where the thief has it. */
export const byKeyedDigests: Scoring = (scene) => {
  const seed = scene.evidence.terminalKey;
  const keys = [
    seed,
    Buffer.from(signerFromSeed(seed).publicKey),
    seed.toString('hex'),
    seed.toString('base64url'),
    seed.toString('utf8').trim(),
  ];
  const signer = signerFromSeed(seed);
  // a signature is a keyed digest too: the same for the same bytes
  const signed: Digest = (text) => Buffer.from(signer.sign(Buffer.from(text)));
  const digests = keys.flatMap((key) => saltedBy(key, 'sha256'));
  const score = countDigests(scene, digests, scene.thorough ? 5 : 1);
  const more = countDigests(scene, [signed], 1);
  return score.map((value, place) => value + (more[place] ?? 0));
};
