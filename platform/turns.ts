import { setImmediate as nextTurn } from 'node:timers/promises';

const AT_ONCE = 100;

/**
 * One after another, with room for others in between: what is read at once from a database that answers without
 * waiting lets nobody else in, however often it is awaited.
 */
export async function* inTurns<T>(list: Iterable<T>): AsyncGenerator<T, void> {
  let count = 0;
  for (const each of list) {
    count += 1;
    if (count % AT_ONCE === 0) await nextTurn();
    yield each;
  }
}
