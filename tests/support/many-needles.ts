const FILTER_BITS = 20;
/** A needle is known by its last bytes: numbers of people begin alike. */
const KEY_BYTES = 4;

const slotOf = (key: number): number => Math.imul(key, 0x9e37_79b1) >>> (32 - FILTER_BITS);

/** Many needles, each of four bytes or more, looked for in one go. */
export class ManyNeedles<Needle extends { readonly bytes: Buffer }> {
  readonly #needles = new Map<number, Needle[]>();
  readonly #filter = new Uint8Array(1 << FILTER_BITS);

  constructor(needles: Iterable<Needle> = []) {
    for (const needle of needles) this.add(needle);
  }

  add(needle: Needle): void {
    const key = needle.bytes.readInt32BE(needle.bytes.length - KEY_BYTES);
    this.#filter[slotOf(key)] = 1;
    const there = this.#needles.get(key);
    if (there) there.push(needle);
    else this.#needles.set(key, [needle]);
  }

  /** @param found told of each place, with where the needle ends */
  in(hay: Uint8Array, found: (needle: Needle, end: number) => void): void {
    const filter = this.#filter;
    const bytes = Buffer.from(hay.buffer, hay.byteOffset, hay.length);
    let key = 0;
    for (let at = 0; at < hay.length; at += 1) {
      key = (key << 8) | (hay[at] ?? 0);
      if (filter[slotOf(key)] !== 1) continue;
      const end = at + 1;
      for (const needle of this.#needles.get(key) ?? []) {
        const begin = end - needle.bytes.length;
        if (begin >= 0 && bytes.subarray(begin, end).equals(needle.bytes)) found(needle, end);
      }
    }
  }
}
