import { AIM_ID_BYTES } from './aim-id.ts';
import type { Assembled, CodeAssembler } from './code-assembler.ts';
import { MAX_CODE_BYTES } from './contract.ts';

/** What a bar code scanner is among HID devices: page "Bar Code Scanner", usage "Bar Code Scanner". */
export const HID_POS_SCANNER = { usagePage: 0x8c, usage: 0x02 } as const;

/** The input report that carries decoded data (HID POS 1.02), with its report id. */
export const DATA_REPORT = {
  id: 0x02,
  bytes: 64,
  length: 1,
  aimId: 2,
  data: 5,
  dataBytes: 56,
  /** The maker's own number for the symbology. */
  makerSymbology: 61,
  /** Bit 0: the code goes on in the next report. */
  flags: 63,
} as const;

const MORE = 0x01;

/**
 * Joins the input reports of an HID POS scanner to codes. A report that cannot be right spoils the whole code
 * it belongs to: everything up to the last report of that code, or up to a pause, is thrown away.
 */
export class HidReportJoiner implements CodeAssembler {
  #parts: Uint8Array[] = [];
  #bytes = 0;
  #aimId: Uint8Array | undefined;
  #spoilt: string | undefined;

  get partial(): boolean {
    return this.#parts.length > 0 || this.#spoilt !== undefined;
  }

  push(report: Uint8Array): readonly Assembled[] {
    // Other reports tell of triggers and settings.
    if (report[0] !== DATA_REPORT.id) return [];
    const goesOn = report.length !== DATA_REPORT.bytes || hasMore(report);
    this.#add(report);
    return goesOn ? [] : this.#finish();
  }

  paused(): readonly Assembled[] {
    if (this.#parts.length > 0) this.#spoilt ??= 'the last report did not come';
    return this.#finish();
  }

  reset(): void {
    this.#parts = [];
    this.#bytes = 0;
    this.#aimId = undefined;
    this.#spoilt = undefined;
  }

  #add(report: Uint8Array): void {
    if (this.#spoilt !== undefined) return;
    const { bytes, length: lengthAt, aimId: aimIdAt, data, dataBytes } = DATA_REPORT;
    const length = report[lengthAt] ?? 0;
    const aimId = report.slice(aimIdAt, aimIdAt + AIM_ID_BYTES);
    if (report.length !== bytes) {
      this.#spoil(`a report of ${report.length} bytes`);
    } else if (length > dataBytes) {
      this.#spoil(`a report that claims ${length} bytes of data`);
    } else if (this.#aimId !== undefined && !equal(this.#aimId, aimId)) {
      this.#spoil('reports of two codes in one');
    } else if (this.#bytes + length > MAX_CODE_BYTES) {
      this.#spoil(`longer than ${MAX_CODE_BYTES} bytes`);
    } else if (length > 0 || hasMore(report)) {
      this.#aimId = aimId;
      this.#parts.push(report.slice(data, data + length));
      this.#bytes += length;
    }
  }

  #spoil(why: string): void {
    this.reset();
    this.#spoilt = why;
  }

  #finish(): readonly Assembled[] {
    const bytes = Uint8Array.from(Buffer.concat(this.#parts));
    const { aimId = new Uint8Array() } = { aimId: this.#aimId };
    const spoilt = this.#spoilt;
    this.reset();
    if (spoilt !== undefined) return [{ type: 'dropped', why: spoilt }];
    return bytes.length === 0 ? [] : [{ type: 'code', bytes, aimId }];
  }
}

function hasMore(report: Uint8Array): boolean {
  return ((report[DATA_REPORT.flags] ?? 0) & MORE) !== 0;
}

function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.every((byte, i) => byte === other[i]);
}
