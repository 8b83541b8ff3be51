import { setImmediate as nextTurn } from 'node:timers/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Logger } from 'pino';
import type { Catalogue, ServiceItem } from '../domain/catalogue/catalogue.ts';

import { createFormValidator } from '../domain/catalogue/validate.ts';
import { missingMaterials } from '../domain/catalogue/visible-materials.ts';
import type { ApplicationBody, AttachedFile } from '../domain/envelope/body.ts';
import type { Bundles } from './bundles.ts';
import { filesOf, type Opening, type OpeningFault } from './opening.ts';
import type { ItemRow, ItemStore } from './storage/port.ts';
import { dayInChina, isoTime, type Now } from './time.ts';

/** Opens and checks what has come in, after it was acknowledged and never in its way. */
export interface Review {
  /** An item is on its way in: opening others waits. */
  arriving(): void;
  /** Begins, or goes on at once when something new has come. */
  poke(): void;
  /** Resolves when everything that was there is reviewed; it waits for no lull then. */
  idle(): Promise<void>;
  /** How many items no key that is here opens: they are looked at again at the next start. */
  withoutKey(): number;
  /** Waits for what is being opened, not for the rest: that is reviewed at the next start. */
  close(): Promise<void>;
}

/** Reviews that are written down together. */
const AT_ONCE = 16;
/** How long they wait for a lull at most, milliseconds. */
const LONGEST_WAIT_MS = 2000;
const DAY_MS = 24 * 60 * 60 * 1000;
/** A terminal that was cut off longer than this is not believed about the day of an application. */
const OLDEST_DAYS = 90;

/** The service as it was when the form was filled in; else as it is now. */
export function serviceOf(
  catalogues: readonly Catalogue[],
  wanted: { readonly id: string; readonly catalogueVersion?: string },
): ServiceItem | undefined {
  const then = catalogues.find((entry) => entry.catalogueVersion === wanted.catalogueVersion);
  return [then, catalogues[0]]
    .flatMap((catalogue) => catalogue?.services ?? [])
    .find((service) => service.id === wanted.id);
}

/** The day by which relative dates are judged: that of the application, when it can be believed. */
export function dayOfApplication(item: Pick<ItemRow, 'createdAt' | 'receivedAt'>): string {
  const received = Date.parse(item.receivedAt);
  const created = Date.parse(item.createdAt);
  const believable = created <= received + DAY_MS && created >= received - OLDEST_DAYS * DAY_MS;
  return dayInChina(believable ? created : received);
}

function headerProblems(item: ItemRow, body: ApplicationBody): readonly string[] {
  const named = filesOf(body).map(({ attachment }) => attachment);
  const sent = new Set(item.attachments.map(({ sha256 }) => sha256));
  return [
    ...(body.submissionId === item.submissionId &&
    body.receiptNumber === item.receiptNumber &&
    body.service.id === item.serviceId
      ? []
      : ['headerDiffers']),
    ...(named.every((sha256) => sent.has(sha256)) ? [] : ['attachmentNotSent']),
    ...(item.attachments.every(({ sha256 }) => named.includes(sha256))
      ? []
      : ['attachmentUnnamed']),
  ];
}

/** Throws for what came with the item and is lost here: its terminal may hand it in again, and then it is looked at. */
function unlessLostHere(fault: OpeningFault): Exclude<OpeningFault, 'fileMissing'> {
  if (fault === 'fileMissing') throw new Error('a file is lost here');
  return fault;
}

/** The files to open: of those that came with the item each once, however often the body names it. */
function filesToOpen(item: ItemRow, body: ApplicationBody): readonly AttachedFile[] {
  const named = new Map(filesOf(body).map((file) => [file.attachment, file]));
  const sent = new Set(item.attachments.map(({ sha256 }) => sha256));
  return [...named.values()].filter(({ attachment }) => sent.has(attachment));
}

/** Whether every mention of a file says the same of it. */
function mentionsAgree(body: ApplicationBody): boolean {
  const said = new Map<string, string>();
  return filesOf(body).every(({ attachment, clearSha256, size }) => {
    const before = said.get(attachment);
    said.set(attachment, `${clearSha256} ${size}`);
    return before === undefined || before === said.get(attachment);
  });
}

/** Where an error comes from. Its message may quote what was opened, and is not told. */
function placeOf(error: unknown) {
  const { name, code, stack } = error as Partial<NodeJS.ErrnoException>;
  return {
    name,
    code,
    place: stack
      ?.split('\n')
      .find((line) => /^\s+at /.test(line))
      ?.trim(),
  };
}

/**
 * Reviews items one by one in the background. Problems are codes and field names, never values. One that no key
 * opens which is here now stays as it came: what is away for a while says nothing of an application.
 *
 * @param parts.lullMs opening an item costs more than taking one in: what came is opened when nothing has come
 *   for so long, or after two seconds
 */
export function createReview(parts: {
  readonly items: ItemStore;
  readonly opening: Opening;
  readonly bundles: Bundles;
  readonly now: Now;
  readonly log: Logger;
  readonly lullMs: number;
}): Review {
  const { items, opening, bundles, now, log, lullMs } = parts;
  const validator = createFormValidator(new Ajv2020({ allErrors: true, strict: false }));
  let running: Promise<void> | undefined;
  let again = false;
  let closed = false;
  const isClosed = (): boolean => closed;

  /** `stopped`: the platform is, before all was looked at. `noKey`: what it says of an item would be about the keys. */
  const problemsOf = async (item: ItemRow): Promise<readonly string[] | 'stopped' | 'noKey'> => {
    const twice = (await items.findByReceipt(item.receiptNumber)).filter(
      (other) => other.kind === 'application' && other.cursor < item.cursor,
    );
    const problems = item.kind === 'application' && twice.length > 0 ? ['receiptNumberTwice'] : [];
    if (item.kind !== 'application') {
      const text = await opening.bodyText(item);
      if (text.ok) return problems;
      const fault = unlessLostHere(text.error);
      return fault === 'noKey' ? 'noKey' : [...problems, fault];
    }
    const opened = await opening.application(item);
    if (!opened.ok) {
      const fault = unlessLostHere(opened.error);
      return fault === 'noKey' ? 'noKey' : [...problems, fault];
    }
    const body = opened.value;
    const service = serviceOf(await bundles.catalogues(), body.service);
    if (!service) return [...problems, ...headerProblems(item, body), 'serviceUnknown'];
    const given = new Set(body.materials.map(({ materialId }) => materialId));
    const errors = validator.validate(service.form, body.answers, {
      today: dayOfApplication(item),
    });
    problems.push(
      ...headerProblems(item, body),
      ...errors.map(({ field, code }) => `field:${field}:${code}`),
      ...missingMaterials(service, body.answers, given).map(({ id }) => `materialMissing:${id}`),
    );
    if (!mentionsAgree(body)) problems.push('attachment:fileDiffers');
    for (const file of filesToOpen(item, body)) {
      await nextTurn();
      if (isClosed()) return 'stopped';
      const read = await opening.file(file);
      if (read.ok) continue;
      const fault = unlessLostHere(read.error);
      if (fault === 'noKey') return 'noKey';
      problems.push(`attachment:${fault}`);
    }
    return problems;
  };

  let lastArrival = -Infinity;
  let idlers = 0;
  /** Ends a waiting for a lull. */
  let wake = (): void => undefined;
  const lull = async (latest: number): Promise<void> => {
    for (;;) {
      // what lies in sockets is taken in first
      await nextTurn();
      const left = Math.min(lastArrival + lullMs, latest) - performance.now();
      if (left <= 0 || idlers > 0 || isClosed()) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  // keys are read at a start: until the next one no other is there
  const withoutKey = new Set<string>();
  /** Up to this cursor all is reviewed, or waits for a key. */
  let done = 0;
  const round = async (): Promise<void> => {
    // what cannot be read now is left for the next round and keeps nothing behind it
    const broken = new Set<string>();
    const latest = performance.now() + LONGEST_WAIT_MS;
    const failed = (item: ItemRow, error: unknown): void => {
      broken.add(item.submissionId);
      log.error({ caseNumber: item.caseNumber, ...placeOf(error) }, 'review of an item failed');
    };
    let after = done;
    while (!isClosed()) {
      const waiting = await items.unreviewed(AT_ONCE, after);
      const last = waiting.at(-1);
      if (!last) return;
      const writes: (() => Promise<void>)[] = [];
      for (const item of waiting) {
        if (withoutKey.has(item.submissionId)) continue;
        // should it come back after all, it is received anew, behind all that is reviewed
        if (item.givenUp.length > 0) continue;
        await lull(latest);
        if (isClosed()) break;
        try {
          const problems = await problemsOf(item);
          if (problems === 'stopped') break;
          if (problems === 'noKey') {
            withoutKey.add(item.submissionId);
            log.error(
              { caseNumber: item.caseNumber, waiting: withoutKey.size },
              'no key in keys/ opens an item: put the missing one into keys/old and start again',
            );
            continue;
          }
          writes.push(async () => {
            try {
              await items.reviewed(item.submissionId, problems, isoTime(now()));
              log.info({ caseNumber: item.caseNumber, problems: problems.length }, 'item reviewed');
            } catch (error) {
              failed(item, error);
            }
          });
        } catch (error) {
          failed(item, error);
        }
      }
      await Promise.all(writes.map((write) => write()));
      after = last.cursor;
      if (broken.size === 0 && !isClosed()) done = after;
      // what came meanwhile asks for a round of its own
      if (waiting.length < AT_ONCE) return;
    }
  };

  const run = async (): Promise<void> => {
    do {
      again = false;
      try {
        await round();
      } catch (error) {
        log.error(placeOf(error), 'review failed, tried again with the next item');
        return;
      }
    } while (takeAgain() && !isClosed());
  };
  const takeAgain = (): boolean => again;

  return {
    arriving() {
      lastArrival = performance.now();
    },
    poke() {
      if (closed) return;
      again = true;
      running ??= run().finally(() => {
        running = undefined;
      });
    },
    async idle() {
      idlers++;
      wake();
      while (running) await running;
      idlers--;
    },
    withoutKey: () => withoutKey.size,
    async close() {
      closed = true;
      wake();
      await running;
    },
  };
}
