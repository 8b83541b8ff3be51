import type * as pcscMini from 'pcsc-mini';

/** The service names its readers at once; when it has named none for so long it has none, in ms. */
const LISTEN_MS = 800;

/**
 * Readers that the PC/SC service knows; no card is touched. Empty where the library does not load or the
 * service does not run. Never rejects.
 */
export async function listPcscReaders(
  load: () => Promise<typeof pcscMini> = () => import('pcsc-mini'),
  listenMs = LISTEN_MS,
): Promise<readonly string[]> {
  const names = new Set<string>();
  try {
    const { Client } = await load();
    const client = new Client();
    client.on('error', () => undefined);
    client.on('reader', (reader) => names.add(reader.name().slice(0, 100)));
    client.start();
    // the library must not be stopped while it still tells: by then it has been quiet for long
    await new Promise((resolve) => setTimeout(resolve, listenMs));
    client.stop();
  } catch {
    // no library, or nobody answers
  }
  return [...names].sort();
}
