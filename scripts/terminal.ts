import { runTerminal } from '../main/core/main.ts';

await runTerminal(process.argv.slice(2));
