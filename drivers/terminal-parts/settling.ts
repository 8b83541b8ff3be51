import type { DriverClock, Unsubscribe } from '../device.ts';

/** Tells a value only once it has stood for a while; how long depends on the value. */
export class Settling<T extends string> {
  readonly #clock: DriverClock;
  /** In ms; 0 tells at once. */
  readonly #waits: Readonly<Record<T | 'unknown', number>>;
  readonly #tell: (value: T | 'unknown') => void;
  #told: T | 'unknown' = 'unknown';
  #coming: T | 'unknown' | undefined;
  #cancel: Unsubscribe = () => undefined;

  constructor(
    clock: DriverClock,
    waits: Readonly<Record<T | 'unknown', number>>,
    tell: (value: T | 'unknown') => void,
  ) {
    this.#clock = clock;
    this.#waits = waits;
    this.#tell = tell;
  }

  /** What was told last. */
  get value(): T | 'unknown' {
    return this.#told;
  }

  /** The value is seen: told after its wait, unless another one is seen before. What was unknown is told at once. */
  see(value: T | 'unknown'): void {
    if (value === this.#coming) return;
    this.#drop();
    if (value === this.#told) return;
    const wait = this.#waits[value];
    if (this.#told === 'unknown' || wait <= 0) {
      this.take(value);
      return;
    }
    this.#coming = value;
    this.#cancel = this.#clock.after(wait, () => {
      this.take(value);
    });
  }

  /** The value stands, without waiting. */
  take(value: T | 'unknown'): void {
    this.#drop();
    if (value === this.#told) return;
    this.#told = value;
    this.#tell(value);
  }

  #drop(): void {
    this.#coming = undefined;
    this.#cancel();
    this.#cancel = () => undefined;
  }
}
