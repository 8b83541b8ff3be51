/**
 * `npm run pin -- --role staff|technician [--data DIR]`: sets the PIN of the service page. The PIN comes
 * from standard input (asked for twice at a keyboard), never from the command line, which others can read.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { DEFAULT_START, DEMO_PINS } from '../kiosk-config/index.ts';
import { isUsablePin, PinStore } from '../main/core/service/pins.ts';

const USAGE = `用法 Usage: npm run pin -- --role staff|technician [--data DIR]
  从标准输入读口令（6 到 12 位数字，不能是连续或相同的数字）。
  The PIN comes from standard input: 6 to 12 digits, not all the same nor in a row.`;

function refuse(text: string): never {
  process.stderr.write(`${text}\n`);
  process.exit(2);
}

function commandLine(): { readonly role: 'staff' | 'technician'; readonly data: string } {
  try {
    const { values } = parseArgs({
      options: { role: { type: 'string' }, data: { type: 'string' } },
    });
    const { role } = values;
    if (role !== 'staff' && role !== 'technician') refuse(USAGE);
    return { role, data: resolve(values.data ?? DEFAULT_START.dataDir) };
  } catch {
    refuse(USAGE);
  }
}

/** A line from standard input; what is typed is not shown. */
function ask(lines: AsyncIterator<string>, question: string): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write(question);
  return lines.next().then(({ value }) => {
    if (process.stdin.isTTY) process.stderr.write('\n');
    return typeof value === 'string' ? value.trim() : '';
  });
}

const { role, data } = commandLine();
const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
const input = createInterface({
  input: process.stdin,
  output: nowhere,
  terminal: process.stdin.isTTY,
});
const lines = input[Symbol.asyncIterator]();
const pin = await ask(lines, '新口令 New PIN: ');
const again = process.stdin.isTTY ? await ask(lines, '再输一次 Once more: ') : pin;
input.close();
if (pin !== again) refuse('两次不一样，没有改。The two differ; nothing was changed.');
const demo: readonly string[] = Object.values(DEMO_PINS);
if (!isUsablePin(pin) || demo.includes(pin)) {
  refuse(`这个口令不能用。This PIN cannot be used.\n${USAGE}`);
}
mkdirSync(data, { recursive: true, mode: 0o700 });
const pins = new PinStore(
  join(data, 'service-pins.json'),
  { wall: () => Date.now() },
  { bytes: (length) => randomBytes(length) },
);
await pins.set(role, pin);
process.stdout.write('口令已设好，马上有效。The PIN is set and counts from now on.\n');
