const REMOVED = '[removed]';

/** Members whose values are a person's, whatever they hold. */
const PERSONAL_KEYS: ReadonlySet<string> = new Set(
  [
    'name displayName maskedName latinName witnessName applicant card proxyCard readout data address',
    'idNumber passNumber mobile phone bankAccount answers answer value values cardValue statedValue',
    'birthDate sex body document photo bytes png pngDataUrl token cookie authorization',
  ]
    .join(' ')
    .toLowerCase()
    .split(' '),
);

/**
 * Numbers that are a person's wherever they stand: id numbers (with a day in them), 15-character ones,
 * bank cards, mobiles. Receipt numbers have 23 digits and stay; so do hex digests.
 */
const PATTERNS: readonly RegExp[] = [
  /(?<!\d)\d{6}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)/g,
  /(?<![A-Za-z0-9])[A-Z]{3}\d{12}(?!\d)/g,
  /(?<![A-Za-z0-9.])(?:\d[ -]?){11,21}\d(?![A-Za-z0-9])/g,
  /(?<![A-Za-z0-9.])(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)/g,
];

/** Fields that pino itself writes as numbers. */
const OWN_NUMBERS: ReadonlySet<string> = new Set(['time', 'pid', 'level']);

/** Takes personal data out of log lines, at the last moment before they leave the process. */
export class Redactor {
  #protected: readonly string[] = [];

  /** Texts of the people of the running session; replaced as a whole, empty when it is over. */
  protect(texts: readonly string[]): void {
    // longest first, so that no part of one is left behind by another
    this.#protected = [...new Set(texts)].sort((a, b) => b.length - a.length);
  }

  /** A line of JSON as pino makes it, without personal data; a line that is no JSON as plain text. */
  line(line: string): string {
    try {
      return `${JSON.stringify(this.#clean(JSON.parse(line) as unknown, ''))}\n`;
    } catch {
      return `${this.text(line.trimEnd())}\n`;
    }
  }

  /** Free text without personal data. */
  text(text: string): string {
    let clean = text;
    for (const secret of this.#protected) clean = clean.replaceAll(secret, REMOVED);
    for (const pattern of PATTERNS) clean = clean.replace(pattern, REMOVED);
    return clean;
  }

  #clean(value: unknown, key: string): unknown {
    if (PERSONAL_KEYS.has(key.toLowerCase())) return REMOVED;
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'number') {
      return OWN_NUMBERS.has(key) || Math.abs(value) < 1e10 ? value : REMOVED;
    }
    if (Array.isArray(value)) return value.map((entry: unknown) => this.#clean(entry, ''));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]: [string, unknown]) => [
        this.text(name),
        this.#clean(member, name),
      ]),
    );
  }
}
