import { pino } from 'pino';
import { expect, test } from 'vitest';
import { startTestPlatform, temporaryFolder } from '../tests/platform-kit/platform.ts';

test.each([
  ['with the WAL-reset bug', '3.51.2', true],
  ['of this Node', undefined, false],
])(
  'a platform on an SQLite %s serves, and says at its start when it is one',
  async (_what, sqliteVersion, said) => {
    const folder = await temporaryFolder();
    const lines: string[] = [];
    const log = pino({ level: 'error' }, { write: (line: string) => void lines.push(line) });
    const platform = await startTestPlatform(folder.path, {
      log,
      ...(sqliteVersion === undefined ? {} : { sqliteVersion }),
    });
    try {
      expect((await platform.admin('/terminals')).status).toBe(200);
      expect(lines.filter((line) => line.includes('WAL-reset bug'))).toHaveLength(said ? 1 : 0);
      if (said) expect(lines[0]).toContain('3.51.2');
    } finally {
      await platform.close();
      await folder.remove();
    }
  },
);
