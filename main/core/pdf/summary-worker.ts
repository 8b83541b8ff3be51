import { serve } from '../workers/serve.ts';
import { drawSummary } from './application-summary.ts';
import type { SummaryInput } from './contract.ts';
import { summaryFont } from './font.ts';

serve<Uint8Array<ArrayBuffer>>(async (input: SummaryInput) => {
  const value = Uint8Array.from(await drawSummary(summaryFont(), input));
  input.signature.png.fill(0);
  return { value, transfer: [value.buffer] };
});

// the first document should find the tables of the font read
summaryFont().layout('申报信息 Application 回执号码 0123456789');
