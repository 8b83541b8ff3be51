/** What the printer takes in at once: a command with its data, or a character. */
export type Token = Uint8Array;

/** Takes a stream of ESC/POS apart into commands and characters. Never throws, whatever comes. */
export class TokenReader {
  #pending: number[] = [];
  #chinese = false;

  /** Bytes of a command of which the end has not come. */
  get pendingBytes(): number {
    return this.#pending.length;
  }

  /** Forgets a command of which the end has not come. */
  forget(): void {
    this.#pending = [];
  }

  /** The tokens that these bytes complete. */
  read(bytes: Uint8Array): readonly Token[] {
    const tokens: Token[] = [];
    for (const byte of bytes) {
      this.#pending.push(byte);
      if (this.#pending.length < (tokenLength(this.#pending, this.#chinese) ?? Infinity)) continue;
      const token = Uint8Array.from(this.#pending);
      this.#pending = [];
      if (token[0] === 0x1c && token[1] === 0x26) this.#chinese = true;
      if (token[0] === 0x1c && token[1] === 0x2e) this.#chinese = false;
      if (token[0] === 0x1b && token[1] === 0x40) this.#chinese = false;
      tokens.push(token);
    }
    return tokens;
  }
}

/** Length of the token that begins so, or nothing when too little of it is there to tell. */
function tokenLength(bytes: readonly number[], chinese: boolean): number | undefined {
  const [lead = 0, name] = bytes;
  if (chinese && lead >= 0x81 && lead <= 0xfe) return 2;
  if (lead !== 0x10 && lead !== 0x1b && lead !== 0x1c && lead !== 0x1d) return 1;
  if (name === undefined) return undefined;
  const letter = String.fromCharCode(name);
  if (lead === 0x10) return realTimeLength(bytes, name);
  if (lead === 0x1b) return escapeLength(bytes, letter);
  if (lead === 0x1c) return fileLength(bytes, letter);
  return groupLength(bytes, letter);
}

function realTimeLength(bytes: readonly number[], name: number): number | undefined {
  if (name === 0x04 || name === 0x05) return 3;
  if (name !== 0x14) return 1;
  if (bytes[2] === undefined) return undefined;
  return bytes[2] === 8 ? 10 : 5;
}

function escapeLength(bytes: readonly number[], letter: string): number | undefined {
  if ('aEdJ!-3GMRtV{r%= '.includes(letter)) return 3;
  if ('$\\c'.includes(letter)) return 4;
  if (letter === 'p') return 5;
  if (letter === 'D') return bytes.length > 2 && bytes.at(-1) === 0 ? bytes.length : undefined;
  if (letter !== '*') return 2;
  const [, , mode, low, high] = bytes;
  if (mode === undefined || low === undefined || high === undefined) return undefined;
  return 5 + (low + high * 256) * (mode >= 32 ? 3 : 1);
}

function fileLength(bytes: readonly number[], letter: string): number | undefined {
  if (letter !== 'q') return ({ '!': 3, W: 3, '-': 3, S: 4, p: 4, '2': 76 } as const)[letter] ?? 2;
  const [, , pictures] = bytes;
  if (pictures === undefined) return undefined;
  let length = 3;
  for (let i = 0; i < pictures; i++) {
    if (bytes.length < length + 4) return undefined;
    const at = (place: number): number => bytes[length + place] ?? 0;
    length += 4 + (at(0) + at(1) * 256) * (at(2) + at(3) * 256) * 8;
  }
  return length;
}

function groupLength(bytes: readonly number[], letter: string): number | undefined {
  if ('!BhwHfarIb'.includes(letter)) return 3;
  if ('LWP$\\'.includes(letter)) return 4;
  const third = bytes[2];
  // GS e 3 has a distance
  if (letter === 'e') return third === undefined ? undefined : third === 3 ? 4 : 3;
  if (!'Vv(8k'.includes(letter)) return 2;
  if (third === undefined) return undefined;
  const at = (i: number): number => bytes[i] ?? 0;
  switch (letter) {
    case 'V':
      return third === 0x41 || third === 0x42 ? 4 : 3;
    case 'v':
      if (bytes.length < 8) return undefined;
      return 8 + (at(4) + at(5) * 256) * (at(6) + at(7) * 256);
    case '(':
      return bytes.length < 5 ? undefined : 5 + at(3) + at(4) * 256;
    case '8':
      if (bytes.length < 7) return undefined;
      return 7 + at(3) + at(4) * 256 + at(5) * 65_536 + at(6) * 16_777_216;
    default:
      if (third >= 65) return bytes.length < 4 ? undefined : 4 + at(3);
      return bytes.length > 3 && bytes.at(-1) === 0 ? bytes.length : undefined;
  }
}
