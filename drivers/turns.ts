/** One work after the other, in the order in which they were asked for; one that fails holds nobody up. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Begins when all before have ended; ends as the work does. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}
