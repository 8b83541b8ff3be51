import { byHand, REFERENCE_RECEIPT } from '../../drivers/receipt-printer/floor-support.ts';
import { encodeReceipt } from '../../drivers/receipt-printer/escpos-encoder.ts';
import { PROFILES } from '../../drivers/receipt-printer/profile.ts';
import type { Bench, BenchRow } from './row.ts';
import { percentile } from './row.ts';

const ROUNDS = 300;

async function measure(): Promise<readonly BenchRow[]> {
  const took: number[] = [];
  let bytes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    const pieces = await encodeReceipt(REFERENCE_RECEIPT, PROFILES.generic80);
    took.push(performance.now() - start);
    bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  }
  const median = percentile(took, 0.5);
  const wire = (bytes * 10_000) / 115_200;
  const floor = byHand().length;
  return [
    {
      what: 'receipt of 80 mm: encode',
      ours: `${median.toFixed(3)} ms`,
      limit: `wire ${wire.toFixed(1)} ms at 115200`,
      ratio: median / wire,
      goal: 0.01,
    },
    {
      what: 'the same: bytes',
      ours: `${String(bytes)} bytes`,
      limit: `by hand ${String(floor)} bytes`,
      ratio: bytes / floor,
      goal: 1.05,
    },
  ];
}

/** What making a receipt costs beside sending it, and its bytes beside the fewest there can be. */
export const receiptRows: Bench = { name: 'receipt', obstacle: () => undefined, measure };
