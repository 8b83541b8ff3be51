/**
 * `npm run outbox -- list | export FOLDER | release NUMBER | clock-right "YYYY-MM-DD HH:MM" [--data DIR] [--json]`:
 * what lies in a terminal's outbox, a sealed copy of what waits for the day the network does not come back, another
 * try of what was held for a person, and a technician's word that the clock is right again. A running core is asked over its
 * admin socket; where none runs the outbox is opened here.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DEFAULT_START } from '../kiosk-config/index.ts';
import { createSystemPorts } from '../main/core/adapters/system-ports.ts';
import { createDurableCore } from '../main/core/durable.ts';
import { hasKeyFile, KeyStoreError, systemdCredential } from '../main/core/keys/key-store.ts';
import type { ItemSummary } from '../main/core/outbox/contract.ts';
import type { Exported } from '../main/core/outbox/export-waiting.ts';
import { answersTo, type AdminAnswer } from '../main/core/server/admin-socket-answers.ts';
import { outboxCommands } from '../main/core/server/admin-socket-outbox.ts';
import { StorageError } from '../main/core/storage/storage-error.ts';
import { findCore } from './devices/core-link.ts';
import { linesOf, listed, REFUSALS } from './outbox/told.ts';

const USAGE = `用法 Usage: npm run outbox -- list [--data DIR] [--json]
              npm run outbox -- export FOLDER [--data DIR] [--json]
              npm run outbox -- release 回执号码 RECEIPT-NUMBER [--data DIR] [--json]
              npm run outbox -- clock-right "2026-12-02 09:10" [--data DIR] [--json]`;

interface Told {
  readonly request: {
    readonly do: string;
    readonly folder?: string;
    readonly receiptNumber?: string;
    readonly time?: string;
  };
  readonly data: string;
  readonly json: boolean;
}

/** ISO 8601 of a day and minute as the watch at the hall shows it. */
function timeAtHall(text: string | undefined): string | undefined {
  const parts = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})$/.exec(text ?? '');
  return parts ? `${String(parts[1])}T${String(parts[2])}:00+08:00` : undefined;
}

function commandLine(): Told | undefined {
  try {
    const { values, positionals } = parseArgs({
      options: { data: { type: 'string' }, json: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    const [command, what, ...more] = positionals;
    const told = { data: resolve(values.data ?? DEFAULT_START.dataDir), json: values.json };
    if (more.length > 0) return undefined;
    if (command === 'list' && what === undefined)
      return { ...told, request: { do: 'outbox.list' } };
    if (command === 'export' && what !== undefined) {
      return { ...told, request: { do: 'outbox.export', folder: resolve(what) } };
    }
    const time = command === 'clock-right' ? timeAtHall(what) : undefined;
    if (time !== undefined) return { ...told, request: { do: 'outbox.clockRight', time } };
    if (command === 'release' && what !== undefined) {
      return { ...told, request: { do: 'outbox.release', receiptNumber: what } };
    }
  } catch {
    // told below
  }
  return undefined;
}

/**
 * No core runs: the outbox is opened without a network, asked, and closed. Never with a key made for it: what
 * that signed would break the terminal's chain for good.
 */
async function askHere(told: Told): Promise<AdminAnswer | undefined> {
  const unwrappedKey = await systemdCredential(process.env['CREDENTIALS_DIRECTORY']);
  if (unwrappedKey === undefined && !(await hasKeyFile(told.data))) {
    return { ok: false, error: 'keyElsewhere' };
  }
  const ports = await createSystemPorts({
    dataFolder: told.data,
    platformUrl: 'http://127.0.0.1:9',
    environment: 'production',
    ...(unwrappedKey === undefined ? {} : { unwrappedKey }),
  });
  try {
    const durable = await createDurableCore(ports, {
      environment: 'production',
      softwareVersion: 'outbox',
      enrolmentCode: undefined,
    });
    try {
      const commands = outboxCommands(durable);
      for await (const answer of answersTo(
        JSON.stringify(told.request),
        commands,
        new AbortController().signal,
      )) {
        return answer;
      }
    } finally {
      await durable.stop();
    }
  } finally {
    await ports.close();
  }
  return undefined;
}

async function ask(told: Told): Promise<AdminAnswer | undefined> {
  const core = await findCore(told.data);
  if (core.is === 'none') return askHere(told);
  if (core.is !== 'running') return { ok: false, error: core.is };
  for await (const answer of core.desk.ask(told.request, new AbortController().signal)) {
    return answer;
  }
  return undefined;
}

function tell(told: Told, value: unknown): void {
  if (told.json) {
    console.log(JSON.stringify(value));
  } else if (told.request.do === 'outbox.list') {
    const items = value as readonly ItemSummary[];
    for (const line of listed(items)) console.log(line);
  } else if (told.request.do === 'outbox.clockRight') {
    console.log(
      '记下了：机器的时间是对的。平台下次联系时再核对。Noted: the clock is right. The platform’s next word is believed in its place.',
    );
  } else if (told.request.do === 'outbox.release') {
    const { receiptNumber } = value as ItemSummary;
    console.log(
      `${receiptNumber}：已放行，等待再次上传。若原因没有消除，平台还会退回。Released; it is sent again, and held again while the reason lasts.`,
    );
  } else {
    for (const line of linesOf(value as Exported)) console.log(line);
  }
}

async function main(): Promise<number> {
  const told = commandLine();
  if (!told) {
    console.error(USAGE);
    return 2;
  }
  let answer: AdminAnswer | undefined;
  try {
    answer = await ask(told);
  } catch (error) {
    if (!(error instanceof StorageError || error instanceof KeyStoreError)) throw error;
    console.error(error.message);
    return 1;
  }
  if (answer?.ok === true && 'value' in answer) {
    tell(told, answer.value);
    const damaged = (answer.value as Partial<Exported>).damaged ?? [];
    return damaged.length > 0 ? 1 : 0;
  }
  const error = answer?.ok === false ? answer.error : 'gone';
  console.error(REFUSALS[error] ?? `没有做成 / it failed: ${error}`);
  return 1;
}

process.exitCode = await main();
