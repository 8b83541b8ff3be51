/** Lets work go on by itself. What it throws is a bug: it surfaces as an uncaught error, never silently. */
export function inBackground(work: Promise<unknown>): void {
  work.catch((error: unknown) => {
    queueMicrotask(() => {
      throw error;
    });
  });
}
