import { randomBytes } from 'node:crypto';
import { sha256Hex } from '../storage/files.ts';
import type { ConsoleRole } from '../storage/port.ts';
import type { Now } from '../time.ts';
import type { Viewer } from './layout.ts';

const IDLE_MS = 30 * 60 * 1000;
const LONGEST_MS = 12 * 60 * 60 * 1000;

interface Session extends Viewer {
  readonly beganAt: number;
  readonly usedAt: number;
}

/** Logins of the console: in memory only, a restart logs everyone out. */
export interface Sessions {
  /** @returns the secret for the cookie */
  begin(name: string, role: ConsoleRole): string;
  find(secret: string | undefined): Viewer | undefined;
  end(secret: string | undefined): void;
}

/** Sessions end after half an hour without use, and after twelve hours in any case. */
export function createSessions(now: Now): Sessions {
  const sessions = new Map<string, Session>();
  const sweep = (): void => {
    for (const [key, { beganAt, usedAt }] of sessions) {
      if (usedAt < now() - IDLE_MS || beganAt < now() - LONGEST_MS) sessions.delete(key);
    }
  };
  return {
    begin(name, role) {
      sweep();
      const secret = randomBytes(32).toString('base64url');
      const csrf = randomBytes(32).toString('base64url');
      sessions.set(sha256Hex(secret), { name, role, csrf, beganAt: now(), usedAt: now() });
      return secret;
    },
    find(secret) {
      sweep();
      const key = sha256Hex(secret ?? '');
      const session = sessions.get(key);
      if (session) sessions.set(key, { ...session, usedAt: now() });
      return session;
    },
    end(secret) {
      sessions.delete(sha256Hex(secret ?? ''));
    },
  };
}
