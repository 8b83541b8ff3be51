import { runTerminal } from '../main/core/main.ts';
import { printChromiumPolicy } from './launch/chromium-policy.ts';

const args = process.argv.slice(2);
if (args.includes('--print-policy')) {
  process.exitCode = await printChromiumPolicy(args.filter((arg) => arg !== '--print-policy'));
} else {
  await runTerminal(args);
}
