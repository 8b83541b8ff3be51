/** What became of a strip that the presenter held out. */
export type StripFate = 'inside' | 'hanging' | 'taken' | 'retracted' | 'pushedOut';

/** The presenter of a simulated printer: at most one strip in it, and a bin for those that nobody took. */
export class SimulatedOutlet {
  readonly #fates = new Map<number, StripFate>();
  #strip: number | undefined;
  #hanging = false;
  #bin = 0;
  #asked = 0;

  /** Whether something hangs in the outlet. */
  get hanging(): boolean {
    return this.#hanging;
  }

  /** How often it was told to somebody that what hangs there hangs there. */
  get asked(): number {
    return this.#asked;
  }

  /** What the sensor says. */
  look(): boolean {
    if (this.#hanging) this.#asked += 1;
    return this.#hanging;
  }

  /** How many strips lie in the bin. */
  get bin(): number {
    return this.#bin;
  }

  fateOf(strip: number): StripFate | undefined {
    return this.#fates.get(strip);
  }

  /** A strip was cut off. One that still hangs there is pushed out by it. */
  cut(strip: number): void {
    this.#leave('pushedOut');
    this.#strip = strip;
    this.#fates.set(strip, 'inside');
  }

  present(): void {
    if (this.#strip === undefined) return;
    this.#hanging = true;
    this.#fates.set(this.#strip, 'hanging');
  }

  /** A person pulls it out, if it hangs there. */
  take(): void {
    if (this.#hanging) this.#leave('taken');
  }

  retract(): void {
    if (this.#strip === undefined) return;
    this.#leave('retracted');
    this.#bin += 1;
  }

  eject(): void {
    this.#leave('pushedOut');
  }

  #leave(fate: StripFate): void {
    if (this.#strip !== undefined) this.#fates.set(this.#strip, fate);
    this.#strip = undefined;
    this.#hanging = false;
    this.#asked = 0;
  }
}
