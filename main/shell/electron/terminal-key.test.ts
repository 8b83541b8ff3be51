import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type * as promises from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { handedOverKeyStore } from '../../core/keys/key-store.ts';
import { terminalKeyFromStorage, type KeyWrapper } from './terminal-key.ts';

const flushed = vi.hoisted((): string[] => []);
vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof promises>();
  return {
    ...real,
    open: async (path: string, flags: string) => {
      const handle = await real.open(path, flags);
      const sync = handle.sync.bind(handle);
      handle.sync = async () => {
        await sync();
        flushed.push(path);
      };
      return handle;
    },
  };
});

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'bianmin-key-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** Wraps by flipping bits: enough to see that what lies on disk is what the wrapper gave. */
function wrapper(backend: ReturnType<KeyWrapper['getSelectedStorageBackend']>): KeyWrapper {
  const flip = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte) => byte ^ 0x5a));
  return {
    isAsyncEncryptionAvailable: () => Promise.resolve(true),
    encryptStringAsync: (text) => Promise.resolve(flip(Buffer.from(text))),
    decryptStringAsync: (bytes) =>
      Promise.resolve({ result: flip(bytes).toString(), shouldReEncrypt: false }),
    getSelectedStorageBackend: () => backend,
  };
}

it('refuses the password known to all that Linux falls back to', async () => {
  expect(
    await terminalKeyFromStorage(wrapper('basic_text'), join(dir, 'k'), 'linux'),
  ).toBeUndefined();
});

it('makes no other key when the store that wrapped it is not there, or locked', async () => {
  const file = join(dir, 'wrapped', 'k.bin');
  await terminalKeyFromStorage(wrapper('gnome_libsecret'), file, 'linux');
  await expect(terminalKeyFromStorage(wrapper('basic_text'), file, 'linux')).rejects.toThrow(file);
  const locked = {
    ...wrapper('gnome_libsecret'),
    isAsyncEncryptionAvailable: () => Promise.resolve(false),
  };
  await expect(terminalKeyFromStorage(locked, file, 'linux')).rejects.toThrow(file);
});

it('gives the same key at every start, one that the core takes, and keeps only the wrapped one on disk', async () => {
  const file = join(dir, 'key', 'k.bin');
  const first = await terminalKeyFromStorage(wrapper('gnome_libsecret'), file, 'linux');
  const second = await terminalKeyFromStorage(wrapper('gnome_libsecret'), file, 'linux');
  expect(second).toBe(first);
  const signer = await handedOverKeyStore(first ?? '').signer();
  expect(signer.sign(Buffer.from('x'))).toHaveLength(64);
  expect(readFileSync(file).includes(Buffer.from(first ?? ''))).toBe(false);
});

it('hands a new key over only after the name of its file is on the disk', async () => {
  const file = join(dir, 'key', 'k.bin');
  flushed.length = 0;
  await terminalKeyFromStorage(wrapper('gnome_libsecret'), file, 'linux');
  expect(flushed).toEqual([join(dir, 'key')]);
  await terminalKeyFromStorage(wrapper('gnome_libsecret'), file, 'linux');
  expect(flushed).toHaveLength(1);
});
