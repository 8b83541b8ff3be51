import type { Bench } from './row.ts';
import { machine, rowText } from './row.ts';
import { pagePipelineRows } from './page-pipeline.ts';
import { receiptRows } from './receipt.ts';
import { serialRows } from './serial.ts';

const BENCHES: readonly Bench[] = [receiptRows, serialRows, pagePipelineRows];

/** What devices cost beside the limit of their line or of the bare library, in one run. Prints a table; asserts nothing. */
export async function benchDevices(): Promise<void> {
  const lines: string[] = [];
  const left: string[] = [];
  for (const bench of BENCHES) {
    const obstacle = bench.obstacle();
    if (obstacle === undefined) lines.push(...(await bench.measure()).map(rowText));
    else left.push(`NOT RUN: ${bench.name}: ${obstacle}`);
  }
  console.log(`\n${machine()}\n`);
  console.log('| what | ours | limit | ratio | goal |\n|---|---|---|---|---|');
  for (const line of [...lines, ...left]) console.log(line);
}
