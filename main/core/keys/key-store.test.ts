import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { toBase64Url, toHex } from '../../../domain/base64url.ts';
import type { KeyStore } from '../ports.ts';
import { systemRandomness } from '../adapters/system-clock.ts';
import { signerFromSeed, verifyEd25519 } from './ed25519.ts';
import {
  chooseKeyStore,
  CREDENTIAL_NAME,
  handedOverKeyStore,
  KeyStoreError,
  rootOnlyFileKeyStore,
  systemdCredential,
} from './key-store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bianmin-keys-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const file = (): string => join(folder, 'keys', 'terminal.ed25519');

test('the key is RFC 8032’s: public key and signature of its first test vector', () => {
  const seed = Buffer.from(
    '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'hex',
  );
  const signer = signerFromSeed(seed);
  expect(toHex(signer.publicKey)).toBe(
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
  );
  expect(toHex(signer.sign(new Uint8Array()))).toMatch(/^e5564300c360ac729086e2cc806e828a/);
});

test('made at the first call, the same ever after, readable by its owner alone', async () => {
  const first = await rootOnlyFileKeyStore(folder, systemRandomness).signer();
  const again = await rootOnlyFileKeyStore(folder, systemRandomness).signer();
  expect(again.keyId).toBe(first.keyId);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'keys')).mode & 0o777).toBe(0o700);
  const bytes = Buffer.from('text');
  expect(verifyEd25519(again.publicKey, bytes, first.sign(bytes))).toBe(true);
  expect(verifyEd25519(again.publicKey, Buffer.from('Text'), first.sign(bytes))).toBe(false);
});

test('a key that others could have read is refused with the file and the remedy', async () => {
  await rootOnlyFileKeyStore(folder, systemRandomness).signer();
  chmodSync(file(), 0o644);
  await expect(rootOnlyFileKeyStore(folder, systemRandomness).signer()).rejects.toThrow(
    new RegExp(`${file()}.*move .* away`),
  );
  chmodSync(file(), 0o600);
  chmodSync(join(folder, 'keys'), 0o755);
  await expect(rootOnlyFileKeyStore(folder, systemRandomness).signer()).rejects.toThrow(
    KeyStoreError,
  );
});

test('a terminal that was enrolled with a protected key gets no second one where that is not at hand', async () => {
  const enrolment = join(folder, 'enrolment.json');
  writeFileSync(enrolment, JSON.stringify({ keyProtection: 'protected' }));
  await expect(rootOnlyFileKeyStore(folder, systemRandomness).signer()).rejects.toThrow(
    KeyStoreError,
  );
  expect(existsSync(file())).toBe(false);
  // nor is one taken that a start without the protected key left behind
  rmSync(enrolment);
  await rootOnlyFileKeyStore(folder, systemRandomness).signer();
  writeFileSync(enrolment, JSON.stringify({ keyProtection: 'protected' }));
  await expect(rootOnlyFileKeyStore(folder, systemRandomness).signer()).rejects.toThrow(
    KeyStoreError,
  );
  // one that was kept in a file is moved away when others may have read it
  for (const record of [JSON.stringify({ keyProtection: 'rootOnlyFile' }), '{}', 'damaged']) {
    rmSync(file(), { force: true });
    writeFileSync(enrolment, record);
    await rootOnlyFileKeyStore(folder, systemRandomness).signer();
    expect(existsSync(file())).toBe(true);
  }
});

test('a file that is no key is never overwritten', async () => {
  await rootOnlyFileKeyStore(folder, systemRandomness).signer();
  writeFileSync(file(), 'something else');
  await expect(rootOnlyFileKeyStore(folder, systemRandomness).signer()).rejects.toThrow(
    KeyStoreError,
  );
  expect(readFileSync(file(), 'utf8')).toBe('something else');
});

test('a key that the shell unwrapped touches no disk', async () => {
  const store = handedOverKeyStore(`${toBase64Url(new Uint8Array(32).fill(7))}\n`);
  expect(store.protection).toBe('protected');
  expect((await store.signer()).keyId).toMatch(/^[0-9a-f]{8}$/);
  expect(() => handedOverKeyStore('short')).toThrow(KeyStoreError);
});

test('the key comes from a systemd credential where the unit has one, and a wrong one is refused', async () => {
  expect(await systemdCredential(undefined)).toBeUndefined();
  expect(await systemdCredential(folder)).toBeUndefined();
  const seed = toBase64Url(systemRandomness.bytes(32));
  writeFileSync(join(folder, CREDENTIAL_NAME), `${seed}\n`);
  const key = await systemdCredential(folder);
  expect(key).toBe(seed);
  expect(handedOverKeyStore(key ?? '').protection).toBe('protected');
  writeFileSync(join(folder, CREDENTIAL_NAME), 'short');
  await expect(systemdCredential(folder)).rejects.toThrow(KeyStoreError);
});

test('a terminal enrolled with the key in its file goes on with it when another one is handed over', async () => {
  const handed = toBase64Url(new Uint8Array(32).fill(7));
  const choose = (): Promise<KeyStore> => chooseKeyStore(folder, systemRandomness, handed);
  const enrolledWith = async (store: KeyStore): Promise<void> => {
    const publicKey = toBase64Url((await store.signer()).publicKey);
    writeFileSync(join(folder, 'enrolment.json'), JSON.stringify({ publicKey }));
  };
  const inFile = await chooseKeyStore(folder, systemRandomness, undefined);
  expect(inFile.protection).toBe('rootOnlyFile');
  const { keyId } = await inFile.signer();
  // a file that nobody enrolled with is no reason
  expect((await choose()).protection).toBe('protected');
  await enrolledWith(inFile);
  expect((await choose()).protection).toBe('rootOnlyFile');
  expect((await (await choose()).signer()).keyId).toBe(keyId);
  // of one that others could have read none is made use; nor is one made where there is none
  chmodSync(file(), 0o644);
  expect((await choose()).protection).toBe('protected');
  rmSync(file());
  expect((await choose()).protection).toBe('protected');
  expect(existsSync(file())).toBe(false);
  await enrolledWith(handedOverKeyStore(handed));
  expect((await choose()).protection).toBe('protected');
});
