import type { SeededBug } from '../seeded-bugs/seeded-bug.ts';

// `--break` tells, not a test file.
const tests: readonly string[] = [];

/** Bugs that the crash states must notice: `npm run test:crash-states -- --break ID`. */
export const CRASH_BUGS: readonly SeededBug[] = [
  {
    id: 'terminal-synchronous-normal',
    what: 'a commit of the index is not flushed before it returns',
    file: 'main/core/storage/index-db.ts',
    find: 'PRAGMA synchronous = FULL',
    replace: 'PRAGMA synchronous = NORMAL',
    tests,
  },
  {
    id: 'terminal-folder-not-synced',
    what: 'the names of sealed files are not flushed before the row of attachments is committed, or the index forgets an envelope',
    file: 'main/core/outbox/blob-folder.ts',
    find: 'sync: () => syncFolder(path)',
    replace: 'sync: () => Promise.resolve()',
    tests,
  },
  {
    id: 'terminal-file-not-synced',
    what: 'the bytes of a sealed file are not flushed before its name',
    file: 'main/core/storage/durable-files.ts',
    find: `      await handle.writeFile(bytes);
      await handle.sync();`,
    replace: '      await handle.writeFile(bytes);',
    tests,
  },
  {
    id: 'platform-synchronous-normal',
    what: 'a commit of the platform is not flushed before the item is acknowledged',
    file: 'platform/storage/sqlite/node-sqlite.ts',
    find: 'PRAGMA synchronous = FULL',
    replace: 'PRAGMA synchronous = NORMAL',
    tests,
  },
  {
    id: 'platform-folder-not-synced',
    what: 'the name of an attachment is not flushed before it is called whole',
    file: 'platform/storage/files.ts',
    find: '        await syncOrRemove(handle, isThere ? undefined : target);\n',
    replace: '',
    tests,
  },
];
