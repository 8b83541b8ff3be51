/** Who wants to hear of something. */
export interface Listeners<T> {
  add(listener: (value: T) => void): () => void;
  emit(value: T): void;
}

/** A set of listeners; one added twice is called twice. */
export function createListeners<T>(): Listeners<T> {
  const entries = new Set<{ readonly call: (value: T) => void }>();
  return {
    add(call) {
      const entry = { call };
      entries.add(entry);
      return () => void entries.delete(entry);
    },
    emit(value) {
      for (const { call } of [...entries]) call(value);
    },
  };
}
