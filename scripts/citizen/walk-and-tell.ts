import { dirname, join } from 'node:path';
import { CASE_STATES, type CaseState } from '../../domain/application-state.ts';
import type { Stack } from '../launch/stack.ts';
import { journey } from './journey.ts';
import { platformItem } from './platform-view.ts';

/** One synthetic citizen goes the whole way; the receipt and the case are printed as text. For machines without a display. */
export async function walkAndTell(stack: Stack): Promise<void> {
  console.log('没有显示器：先让一位虚构的群众在无头浏览器里走完全程 …');
  console.log('No display: a synthetic citizen goes the whole way in a headless browser …\n');
  const terminalDir = join(dirname(dirname(stack.platform.ready.adminTokenFile)), 'terminal');
  const done = await journey({
    stack,
    terminalDir,
    personaId: 'returnee',
    serviceId: 'unemployment-reg',
  });
  console.log('—— 收件回执 / The printed receipt ——————————————');
  console.log(done.receipt.text.trimEnd());
  console.log('————————————————————————————————————');
  const item = await platformItem(stack.platform.ready, done.envelope.header.id, true);
  if (!item) throw new Error('the platform does not have the application');
  const state = CASE_STATES[item.state as CaseState];
  const { clear, ...rest } = item;
  console.log('—— 平台上的办件 / The case as the platform has it ————————');
  console.log(`${state.zh} / ${state.en}`);
  console.log(JSON.stringify(rest, null, 2));
  console.log(
    `内容（只有平台能打开）/ contents, which only the platform can open:\n${JSON.stringify(clear, null, 1).slice(0, 2_000)} …`,
  );
  console.log('————————————————————————————————————\n');
}
