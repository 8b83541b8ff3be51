import type { LocalizedText } from '../../../domain/text.ts';

/** One answer as a person reads it. */
export interface SummaryAnswer {
  readonly label: string;
  readonly value: string;
  /** What the card said instead, when the citizen questioned it. */
  readonly cardValue?: string;
}

/** What the summary of an application says. Plain data: it crosses to a worker. */
export interface SummaryInput {
  readonly serviceName: LocalizedText;
  readonly department: LocalizedText;
  readonly hall: LocalizedText;
  readonly terminalId: string;
  /** 23 digits. */
  readonly receiptNumber: string;
  /** Day and minute at the hall. */
  readonly submittedAt: string;
  readonly sections: readonly {
    readonly title: string;
    readonly answers: readonly SummaryAnswer[];
  }[];
  readonly materials: readonly {
    readonly name: string;
    readonly means: string;
    readonly pages: number;
  }[];
  readonly signature: {
    readonly png: Uint8Array;
    readonly mode: 'signature' | 'witnessedMark';
    readonly witnessName?: string;
  };
}

/** Makes summaries in a thread of its own: the core's loop never waits for one. */
export interface SummaryMaker {
  /** PDF 1.7, tagged, zh-CN. Every character of the answers comes back from `pdftotext` as it was given. */
  make(input: SummaryInput): Promise<Uint8Array>;
  warm(): void;
  close(): Promise<void>;
}
