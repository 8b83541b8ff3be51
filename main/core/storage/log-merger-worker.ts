import { DatabaseSync } from 'node:sqlite';
import { serve } from '../workers/serve.ts';

// PASSIVE takes no lock that a writer waits for; the writer begins the log anew once all of it is merged
serve<true>((file: string) => {
  const database = new DatabaseSync(file);
  try {
    database.exec('PRAGMA synchronous = FULL; PRAGMA wal_checkpoint(PASSIVE);');
  } finally {
    database.close();
  }
  return Promise.resolve({ value: true });
});
