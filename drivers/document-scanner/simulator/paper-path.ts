import { err, ok, type Result } from '../../../domain/result.ts';
import type { SimulatorCommand } from '../../simulator-host/simulator.ts';
import type { ScanSource } from '../contract.ts';
import { PAPERS, type DrawnPage, type Exposure, type PaperStudio } from './papers.ts';

/** A sheet in the scanner: drawn by us, or a picture somebody gave, which is handed out unchanged. */
export type Sheet =
  | { readonly kind: 'drawn'; readonly page: DrawnPage }
  | { readonly kind: 'image'; readonly jpeg: Uint8Array };

const MOST_SHEETS = 100;

/** What lies on the glass and in the feeder, and what is wrong with it. */
export class PaperPath {
  readonly #sheets: Record<ScanSource, Sheet[]> = { flatbed: [], feeder: [] };
  #jamAfter: number | undefined;
  coverOpen = false;
  jammed = false;

  count(source: ScanSource): number {
    return this.#sheets[source].length;
  }

  sheets(source: ScanSource): readonly Sheet[] {
    return this.#sheets[source];
  }

  load(
    command: Extract<SimulatorCommand, { do: 'loadPages' | 'loadPageImage' }>,
  ): Result<void, string> {
    const sheets = this.#sheets[command.source];
    if (command.do === 'loadPageImage') {
      const jpeg = new Uint8Array(Buffer.from(command.jpegBase64, 'base64'));
      if (jpeg[0] !== 0xff || jpeg[1] !== 0xd8) {
        return err('这不是 JPEG 图片 / jpegBase64 holds no JPEG: give the base64 of a .jpg file');
      }
      if (sheets.length >= MOST_SHEETS) return err(`最多 ${MOST_SHEETS} 张 / too many sheets`);
      sheets.push({ kind: 'image', jpeg });
      return ok(undefined);
    }
    if (!Number.isInteger(command.count) || command.count < 0 || command.count > MOST_SHEETS) {
      return err(
        `张数应为 0 到 ${MOST_SHEETS} / count must be a whole number from 0 to ${MOST_SHEETS}`,
      );
    }
    this.#sheets[command.source] = Array.from({ length: command.count }, (_, i) => ({
      kind: 'drawn',
      page: {
        paper: command.paper ?? PAPERS[i % PAPERS.length] ?? 'householdRegister',
        page: i + 1,
      },
    }));
    return ok(undefined);
  }

  jam(command: Extract<SimulatorCommand, { do: 'setJam' }>): void {
    this.#jamAfter = command.jammed ? command.afterPages : undefined;
    this.jammed = command.jammed && command.afterPages === undefined;
  }

  /** Whether the next sheet of a feeder job that gave so many pages sticks; then it is jammed. */
  sticksAt(delivered: number): boolean {
    if (this.#jamAfter !== undefined && delivered >= this.#jamAfter) {
      this.#jamAfter = undefined;
      this.jammed = true;
    }
    return this.jammed;
  }

  /** Takes the next sheet; the last one stays on the glass, as it does in life. */
  next(source: ScanSource): Sheet | undefined {
    const sheets = this.#sheets[source];
    if (source === 'feeder' || sheets.length > 1) return sheets.shift();
    return sheets[0];
  }
}

/** What the light bar sees. `undefined` is the empty glass. */
export async function exposeSheet(
  studio: PaperStudio,
  sheet: Sheet | undefined,
  exposure: Exposure,
): Promise<Uint8Array> {
  if (sheet?.kind === 'image') return sheet.jpeg;
  return studio.scan(sheet?.page, exposure);
}
