// Run as a process of its own: FOLDER WAIT_MS [UID]. Takes the data lock, as that user, and says how it went.
import { lockData } from './data-lock.ts';
import { StorageError } from './storage-error.ts';

const [folder = '', waitMs = '', uid] = process.argv.slice(2);
// root may write everything
if (uid !== undefined) process.seteuid?.(Number(uid));
try {
  lockData(folder, Number(waitMs));
  console.log('has it');
} catch (error) {
  console.log(error instanceof StorageError ? `${error.code}: ${error.message}` : String(error));
}
