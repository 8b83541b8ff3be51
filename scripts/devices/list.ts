import { realpath } from 'node:fs/promises';
import { z } from 'zod';
import { candidateKey } from '../../drivers/detection/candidate-key.ts';
import { listSerialPorts } from '../../drivers/detection/serial-ports.ts';
import type { AdminAnswer } from '../../main/core/server/admin-socket-answers.ts';
import { deviceLineSchema, type DeviceLine } from '../../main/core/server/admin-socket-shapes.ts';
import type { DeviceDesk } from './core-link.ts';
import type { Output } from './output.ts';
import { both, deviceText, moreOf, refusalName } from './words.ts';

/** Something was not done, and why. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly answer: Extract<AdminAnswer, { ok: false }>;

  constructor(answer: Extract<AdminAnswer, { ok: false }>) {
    super(answer.error);
    this.answer = answer;
  }
}

/** A refusal for people and for programs. Gives the exit code. */
export function tellRefusal({ answer }: Refused, output: Output): 1 | 2 {
  const { known, why } = answer;
  const isDevice = answer.error === 'unknownDevice' && Array.isArray(known);
  const ids = isDevice ? `\n  可用的编号 ids: ${known.map(String).join(' ')}` : '';
  const detail = typeof why === 'string' ? `: ${why}` : '';
  const { ok: _ok, ...rest } = answer;
  output.note({ type: 'refused', ...rest }, `${both(refusalName(answer.error))}${detail}${ids}`);
  return answer.error === 'unknownDevice' || answer.error === 'badRequest' ? 2 : 1;
}

/** Devices that do their work. */
const FINE: readonly string[] = ['online', 'deviceBusy'];

/** Drivers that were just opened need a moment; a device that is away is told sooner. */
const SETTLE_MS = 10_000;

/** The devices of the configuration, as the desk has them. Throws Refused. */
export async function askList(desk: DeviceDesk): Promise<readonly DeviceLine[]> {
  for await (const answer of desk.ask({ do: 'devices.list' }, new AbortController().signal)) {
    if (!answer.ok) throw new Refused(answer);
    if ('value' in answer) return z.array(deviceLineSchema).parse(answer.value);
  }
  throw new Refused({ ok: false, error: 'gone' });
}

/** The devices, once those that this process opened itself know how they are. Throws Refused. */
export async function settledList(desk: DeviceDesk): Promise<readonly DeviceLine[]> {
  const end = performance.now() + SETTLE_MS;
  for (;;) {
    const lines = await askList(desk);
    const open = lines.some((line) => line.state === 'starting' || isUnknown(line));
    if (desk.holder === 'core' || !open || performance.now() > end) return lines;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/**
 * Classes of which some devices cannot be asked: they are unknown without a fault, a code scanner until its first
 * code, a relay board for ever. That is not waited for, and nothing is wrong with it.
 */
const UNASKED: readonly string[] = ['codeScanner', 'terminalParts'];

/** Not known yet. */
function isUnknown({ id, state, fault }: DeviceLine): boolean {
  return state === 'unknown' && !(UNASKED.includes(id) && fault === undefined);
}

/** Says whether a device that is meant to be there does its work, as far as it can be known without using it. */
export function isWell(line: DeviceLine): boolean {
  const { configured, id, state } = line;
  return (
    !configured ||
    FINE.includes(state) ||
    (UNASKED.includes(id) && state === 'unknown' && !isUnknown(line))
  );
}

/**
 * `list`: every device of the configuration with its state, and serial ports that none of them uses.
 * @returns exit code 1 when a device that is meant to be there does not work
 */
export async function runList(desk: DeviceDesk, output: Output): Promise<0 | 1> {
  const lines = await settledList(desk);
  const who =
    desk.holder === 'core'
      ? { zh: '设备（终端正在运行）', en: 'Devices (as the running terminal has them)' }
      : { zh: '设备（终端没有运行，直接打开）', en: 'Devices (no terminal runs; opened directly)' };
  if (!output.json) output.tell({}, both(who));
  for (const line of lines)
    output.tell(
      { type: 'device', ...line },
      `  ${[deviceText(line), ...moreOf(line)].join('\n      ')}`,
    );
  await tellPlugged(lines, output);
  return lines.every(isWell) ? 0 : 1;
}

/** Where devices of the configuration are, also by the port behind a link such as /dev/serial/by-id/…. */
export async function heldPlaces(lines: readonly DeviceLine[]): Promise<ReadonlySet<string>> {
  const places = new Set<string>();
  for (const { transport } of lines) {
    if (transport === undefined) continue;
    places.add(candidateKey(transport));
    if (transport.type !== 'serial') continue;
    const path = await realpath(transport.path).catch(() => transport.path);
    places.add(candidateKey({ type: 'serial', path }));
  }
  return places;
}

async function tellPlugged(lines: readonly DeviceLine[], output: Output): Promise<void> {
  const used = await heldPlaces(lines);
  const ports = await listSerialPorts();
  if (!ports.ok) {
    const { detail = '' } = ports.error;
    output.note(
      { type: 'note', code: ports.error.code, detail },
      `串口列不出来 the serial ports cannot be listed: ${detail}`,
    );
    return;
  }
  const free = ports.value.filter(({ path }) => !used.has(candidateKey({ type: 'serial', path })));
  if (free.length === 0) return;
  if (!output.json) {
    output.tell({}, '插上但没有设置（用 probe 查是什么） Plugged in, not set up (see with probe)');
  }
  for (const { path, maker, usb } of free) {
    const more = [maker, usb].filter((one) => one !== undefined).join(', ');
    output.tell(
      { type: 'plugged', transport: { type: 'serial', path }, maker, usb },
      `  ${path}${more === '' ? '' : `  ${more}`}`,
    );
  }
}
