import { parseArgs } from 'node:util';
import { loadStart, problemText } from '../../kiosk-config/index.ts';
import { managedPolicy } from '../../main/shell/browser/settings.ts';

const USAGE =
  '用法 Usage: npm run terminal -- --print-policy [--config FILE] [--port N]；端口要固定 the port must be a fixed one';

/**
 * Prints the managed policy of the Chromium shell for the page of this terminal; its port stands in the start
 * configuration or is given. Gives the exit code: 2 when no fixed port is known.
 */
export async function printChromiumPolicy(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { config: { type: 'string' }, port: { type: 'string' } },
  });
  const flags = values.port === undefined ? {} : { port: Number(values.port) };
  const start = await loadStart(flags, values.config);
  if (!start.ok || start.value.port === 0) {
    console.error(start.ok ? USAGE : start.error.map(problemText).join('\n'));
    return 2;
  }
  const policy = managedPolicy(`http://127.0.0.1:${String(start.value.port)}`);
  console.log(JSON.stringify(policy, null, 2));
  return 0;
}
