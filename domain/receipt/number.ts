/** A receipt number in its parts. */
export interface ReceiptNumberParts {
  /** 9 digits: division code of the street or town. */
  readonly region: string;
  /** 3 digits: the terminal within the region. */
  readonly terminal: string;
  /** yyMMdd */
  readonly date: string;
  /** 1 to 9999, per terminal and day. */
  readonly sequence: number;
}

/**
 * Check digit of ISO/IEC 7064 MOD 11,10 (hybrid system).
 * @param digits decimal digits without the check digit
 */
export function mod11_10(digits: string): string {
  let product = 10;
  for (const digit of digits) {
    const sum = (product + Number(digit)) % 10;
    product = ((sum === 0 ? 10 : sum) * 2) % 11;
  }
  return String((11 - product) % 10);
}

/** Makes the 23 digits: region, terminal, date, sequence, check digit. Throws on parts of wrong shape. */
export function formatReceiptNumber(parts: ReceiptNumberParts): string {
  const body = `${parts.region}${parts.terminal}${parts.date}${String(parts.sequence).padStart(4, '0')}`;
  if (!/^\d{22}$/.test(body) || parts.sequence < 1) {
    throw new RangeError('receipt number parts have the wrong shape');
  }
  return body + mod11_10(body);
}

/** Takes a receipt number apart; `undefined` when it is not 23 digits or the check digit is wrong. */
export function parseReceiptNumber(text: string): ReceiptNumberParts | undefined {
  if (!/^\d{23}$/.test(text) || mod11_10(text.slice(0, 22)) !== text[22]) return undefined;
  return {
    region: text.slice(0, 9),
    terminal: text.slice(9, 12),
    date: text.slice(12, 18),
    sequence: Number(text.slice(18, 22)),
  };
}

/**
 * Groups the digits for reading aloud and typing, the same on paper and screen, for people compare them:
 * `500151 001 001 261123 00017` (county, town, terminal, day, sequence with check digit).
 */
export function groupReceiptNumber(text: string): string {
  return `${text.slice(0, 6)} ${text.slice(6, 9)} ${text.slice(9, 12)} ${text.slice(12, 18)} ${text.slice(18)}`;
}
