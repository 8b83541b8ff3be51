/** Files of a card by identifier, each a list of records: tag, length, value. */
export type CardFiles = ReadonlyMap<number, readonly Uint8Array[]>;

/** How a chip behaves; cards of different makers and years do. */
export interface ChipOptions {
  /** Name of the environment; undefined on a card that has none, such as a bank card. */
  readonly environment: Uint8Array | undefined;
  readonly files: CardFiles;
  /** A SELECT that finds something says 61xx and keeps its answer for GET RESPONSE, as over T=0. */
  readonly says61?: boolean;
  /** A READ RECORD with any length but the right one says 6Cxx. */
  readonly exactLengths?: boolean;
  /** Files cannot be selected and records not be asked for by tag: only short identifier and number. */
  readonly shortIdentifiersOnly?: boolean;
  /** Status of a record that is not given to everybody, by tag. */
  readonly protectedTags?: readonly number[];
}

const OK = [0x90, 0x00];

/** A chip as ISO 7816-4 has it, as far as social security cards go: SELECT, READ RECORD, GET RESPONSE. */
export class SimulatedChip {
  readonly #options: ChipOptions;
  #inEnvironment = false;
  #file: number | undefined;
  #kept: Uint8Array = new Uint8Array(0);
  #failures = 0;

  constructor(options: ChipOptions) {
    this.#options = options;
  }

  /** Power on, or reset: nothing is selected. */
  reset(): void {
    this.#inEnvironment = false;
    this.#file = undefined;
    this.#kept = new Uint8Array(0);
  }

  /** So many of the coming READ RECORDs end with 6F00. */
  failNext(times: number): void {
    this.#failures = times;
  }

  /** Answers one command, status word included. */
  transmit(command: Uint8Array): Uint8Array {
    const [cla, ins] = command;
    if (command.length < 4) return Uint8Array.of(0x67, 0x00);
    if (cla !== 0x00) return Uint8Array.of(0x6e, 0x00);
    if (ins === 0xc0) return this.#getResponse(command);
    this.#kept = new Uint8Array(0);
    switch (ins) {
      case 0xa4:
        return this.#select(command);
      case 0xb2:
        return this.#readRecord(command);
      default:
        return Uint8Array.of(0x6d, 0x00);
    }
  }

  #select(command: Uint8Array): Uint8Array {
    const [, , p1 = 0, p2 = 0, lc = 0] = command;
    const data = command.subarray(5, 5 + lc);
    if (lc === 0 || data.length !== lc || command.length > 6 + lc) return Uint8Array.of(0x67, 0x00);
    if (p2 !== 0) return Uint8Array.of(0x6a, 0x86);
    if (p1 === 0x04) {
      const { environment } = this.#options;
      this.#inEnvironment = environment !== undefined && equal(data, environment);
      this.#file = undefined;
      if (!this.#inEnvironment) return Uint8Array.of(0x6a, 0x82);
      // file control information: the name of what was selected
      return this.#found(Uint8Array.of(0x6f, data.length + 2, 0x84, data.length, ...data));
    }
    if (p1 !== 0x02 && p1 !== 0x00) return Uint8Array.of(0x6a, 0x86);
    const id = ((data[0] ?? 0) << 8) | (data[1] ?? 0);
    const { files, shortIdentifiersOnly = false } = this.#options;
    if (!this.#inEnvironment || shortIdentifiersOnly || !files.has(id)) {
      return Uint8Array.of(0x6a, 0x82);
    }
    this.#file = id;
    return this.#found(Uint8Array.of(0x6f, 4, 0x83, 2, id >> 8, id & 0xff));
  }

  #found(information: Uint8Array): Uint8Array {
    if (this.#options.says61 !== true) return Uint8Array.from(OK);
    this.#kept = information;
    return Uint8Array.of(0x61, information.length);
  }

  #getResponse([, , , , le = 0]: Uint8Array): Uint8Array {
    const kept = this.#kept;
    if (kept.length === 0) return Uint8Array.of(0x69, 0x85);
    const wanted = le === 0 ? 256 : le;
    if (wanted > kept.length) return Uint8Array.of(0x6c, kept.length);
    this.#kept = kept.slice(wanted);
    const status = this.#kept.length === 0 ? OK : [0x61, this.#kept.length];
    return Uint8Array.from([...kept.slice(0, wanted), ...status]);
  }

  #readRecord(command: Uint8Array): Uint8Array {
    const [, , p1 = 0, p2 = 0, le = 0] = command;
    if (command.length !== 5) return Uint8Array.of(0x67, 0x00);
    if (this.#failures > 0) {
      this.#failures -= 1;
      return Uint8Array.of(0x6f, 0x00);
    }
    const short = p2 >> 3;
    const id = short === 0 ? this.#file : 0xef00 | short;
    const records = id === undefined ? undefined : this.#options.files.get(id);
    if (!this.#inEnvironment || records === undefined) {
      return id === undefined ? Uint8Array.of(0x69, 0x86) : Uint8Array.of(0x6a, 0x82);
    }
    if (short !== 0) this.#file = id;
    const record = this.#find(records, p1, p2 & 7);
    if (typeof record === 'number') return Uint8Array.of(record >> 8, record & 0xff);
    if (this.#options.protectedTags?.includes(record[0] ?? 0) === true) {
      return Uint8Array.of(0x69, 0x82);
    }
    const wanted = le === 0 ? 256 : le;
    if (
      wanted !== record.length &&
      (this.#options.exactLengths === true || wanted < record.length)
    ) {
      return Uint8Array.of(0x6c, record.length);
    }
    return Uint8Array.from([...record, ...OK]);
  }

  #find(records: readonly Uint8Array[], p1: number, mode: number): Uint8Array | number {
    if (mode === 0x04) return records[p1 - 1] ?? 0x6a83;
    if (mode !== 0x00) return 0x6a86;
    if (this.#options.shortIdentifiersOnly === true) return 0x6a81;
    return records.find(([tag]) => tag === p1) ?? 0x6a83;
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
