/**
 * Reads what a command was asked for. What cannot be read is told in a line, and the process ends with 2: 1 is the word
 * for a promise that was not kept.
 */
export function askedFor<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(2);
  }
}
