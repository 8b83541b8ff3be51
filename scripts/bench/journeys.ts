import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { journey } from '../citizen/journey.ts';
import { ensurePage } from '../launch/build-page.ts';
import { openCuttableLink, type CuttableLink } from '../launch/cuttable-link.ts';
import { startStack } from '../launch/stack.ts';
import { machine } from './row.ts';

const RUNS = 5;

function row(name: string, values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): string =>
    String(
      Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN),
    );
  return `| ${name} | ${at(0.5)} | ${at(0.95)} | ${at(1)} | ${String(values.length)} |`;
}

/**
 * What people feel, measured through the real page on this machine, beside the cost of a bare Node
 * process in the same run, for machines differ. Prints a table; asserts nothing.
 */
export async function benchJourneys(): Promise<void> {
  ensurePage();
  const measured: Record<string, number[]> = {};
  const keep = (name: string, value: number | null): void => {
    if (value !== null) (measured[name] ??= []).push(value);
  };

  for (let run = 0; run < 2; run++) {
    const bare = performance.now();
    spawnSync(process.execPath, ['-e', '0']);
    keep('a bare `node -e 0`, for comparison', performance.now() - bare);
    const dataDir = mkdtempSync(join(tmpdir(), 'bianmin-bench-'));
    let link: CuttableLink | undefined;
    const stack = await startStack({
      dataDir,
      async link(url) {
        link = await openCuttableLink(url);
        return link.url;
      },
    });
    const terminalDir = join(dataDir, 'terminal');
    const restartFrom = performance.now();
    await stack.terminal.stop();
    const stopped = performance.now();
    await stack.restart('terminal');
    keep('process start → serving (terminal alone, enrolled)', performance.now() - stopped);
    keep('stop of the terminal', stopped - restartFrom);
    for (let i = 0; i < RUNS; i++) {
      const offline = i % 2 === 1 && link ? { offline: { link, seconds: 1 } } : {};
      const { timings } = await journey({
        stack,
        terminalDir,
        personaId: 'returnee',
        serviceId: 'unemployment-reg',
        ...offline,
      });
      keep('card laid down → greeted, form prefilled', timings.cardToGreeting);
      keep('submit touched → the screen says that it is being stored', timings.submitToAnswer);
      keep('submit touched → receipt on the screen (durable)', timings.submitToReceiptScreen);
      keep('submit touched → first dot of the receipt on the paper', timings.submitToFirstDot);
      keep('submit touched → paper out, confirmed', timings.submitToPrinted);
      if (timings.linkBackToPlatform === null)
        keep('submit touched → on the platform (online)', timings.submitToPlatform);
      else keep('link back → item on the platform', timings.linkBackToPlatform);
    }
    await stack.stop();
    await link?.close();
    rmSync(dataDir, { recursive: true, force: true });
  }

  console.log(`\n${machine()}\n`);
  console.log('| what | median ms | p95 ms | worst ms | n |\n|---|---|---|---|---|');
  for (const [name, values] of Object.entries(measured)) console.log(row(name, values));
}
