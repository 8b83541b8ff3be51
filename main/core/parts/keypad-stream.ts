import { keypadKeys, type KeypadKey } from '../../contract/contract.ts';
import { Channel } from '../server/admin-socket-channel.ts';
import type { PartsDesk } from './parts-desk.ts';

/** The keys that move about in the page, from now on until the signal; no key is lost or told twice. */
export async function* keypadStream(
  desk: Pick<PartsDesk, 'onKey'>,
  signal: AbortSignal | undefined,
): AsyncGenerator<KeypadKey, void> {
  const told = new Channel<KeypadKey>(signal ?? new AbortController().signal);
  const stop = desk.onKey((key) => {
    const moving = keypadKeys.find((one) => one === key);
    if (moving !== undefined) told.push(moving);
  });
  try {
    yield* told;
  } finally {
    stop();
  }
}
