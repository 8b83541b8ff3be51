import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { demoCatalogue } from '../../kiosk-config/index.ts';
import { type PlatformOptions, type RunningPlatform, startPlatform } from '../../platform/main.ts';

/** Code of the test terminal, good again and again. */
export const TEST_CODE = 'DEMO-TEST-001';
/** Codes that are good once. */
export const ONE_TIME_CODE = 'DEMO-ONCE-002';

/** A platform on a real disk and a real port, in this process. */
export interface TestPlatform extends RunningPlatform {
  readonly dataDir: string;
  /** JSON of an admin route. */
  admin(path: string, init?: RequestInit): Promise<{ status: number; body: unknown }>;
}

/** Puts other bytes in the place of an envelope that lies together with others; nothing: takes it away. */
export function spoilEnvelope(dataDir: string, sha256: string, bytes?: Uint8Array): void {
  const database = new DatabaseSync(join(dataDir, 'envelopes.sqlite'), { timeout: 60_000 });
  try {
    database.prepare('DELETE FROM envelopes WHERE sha256 = ?').run(sha256);
    if (bytes) database.prepare('INSERT INTO envelopes VALUES (?, ?)').run(sha256, bytes);
  } finally {
    database.close();
  }
}

/** Flips a bit of an envelope that lies together with others; its size stays the same. */
export function flipInEnvelope(dataDir: string, sha256: string): void {
  const database = new DatabaseSync(join(dataDir, 'envelopes.sqlite'), { timeout: 60_000 });
  let bytes: unknown;
  try {
    bytes = database.prepare('SELECT bytes FROM envelopes WHERE sha256 = ?').get(sha256)?.['bytes'];
  } finally {
    database.close();
  }
  if (!(bytes instanceof Uint8Array)) throw new Error(`no envelope ${sha256}`);
  spoilEnvelope(
    dataDir,
    sha256,
    bytes.map((byte, at) => (at === bytes.length - 20 ? byte ^ 1 : byte)),
  );
}

/** Where a platform keeps a sealed file of its own, below its data folder or its archive. */
export function sealedFile(
  folder: string,
  room: 'envelopes' | 'attachments',
  name: string,
): string {
  return join(folder, room, name.slice(0, 2), name);
}

/** A fresh folder below the system's own for such things. */
export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'bianmin-platform-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Options of every test platform. */
export function testOptions(dataDir: string): PlatformOptions {
  return {
    dataDir,
    catalogue: demoCatalogue(),
    policy: { environment: 'demo' },
    archiveEveryMs: 0,
    enrolmentCodes: [
      { code: TEST_CODE, region: '500151001', terminal: '001', reusable: true },
      { code: ONE_TIME_CODE, region: '500151001', terminal: '002' },
    ],
    users: [
      { name: 'clerk', role: 'clerk', password: 'clerk-test-password' },
      { name: 'auditor', role: 'auditor', password: 'auditor-test-password' },
    ],
  };
}

/** Starts a platform for a test. */
export async function startTestPlatform(
  dataDir: string,
  options: Partial<PlatformOptions> = {},
): Promise<TestPlatform> {
  const platform = await startPlatform({ ...testOptions(dataDir), ...options });
  const token = (await readFile(platform.adminTokenFile, 'utf8')).trim();
  return {
    ...platform,
    dataDir,
    async admin(path, init = {}) {
      const headers = { ...(init.headers as object), authorization: `Bearer ${token}` };
      const response = await fetch(`${platform.url}/v1/admin${path}`, { ...init, headers });
      return { status: response.status, body: await response.json() };
    },
  };
}
