import type { ToldHardware } from '../hardware.ts';
import type { PrinterLink } from './printer-link.ts';

/** GS I n with an answer in text: `_`, the word, NUL (Epson's reference; kept by the makers of its clones). */
const QUESTIONS = [
  ['model', 67],
  ['maker', 66],
  ['firmware', 65],
  ['serialNumber', 68],
] as const;
const NAME_BLOCK = 0x5f;

/**
 * Asks a printer who it is; undefined when it does not say. Carried out in its turn with the data: only for
 * a printer that works. The first question without an answer is the last one.
 */
export async function askIdentity(
  link: PrinterLink,
  patienceMs: number,
): Promise<Parameters<ToldHardware['told']>[0] | undefined> {
  const words: Partial<Record<(typeof QUESTIONS)[number][0], string>> = {};
  for (const [key, n] of QUESTIONS) {
    const [kind, ...text] = (await link.askBlock(Uint8Array.of(0x1d, 0x49, n), patienceMs)) ?? [];
    if (kind === undefined) break;
    if (kind === NAME_BLOCK) words[key] = String.fromCharCode(...text);
  }
  return Object.keys(words).length === 0 ? undefined : words;
}
