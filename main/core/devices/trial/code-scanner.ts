import { fault } from '../../../../domain/device/fault-catalogue.ts';
import type { CodeEvent } from '../../../device-host/wires.ts';
import { failed, type Trial } from './contract.ts';
import { settled, unusable } from './settled.ts';
import { waitAt } from './wait-at.ts';

/** Waits for a code and says how long it was, not what it says. */
export const tryCodeScanner: Trial = async (parts, signal, tell) => {
  const { clock, devices, seconds } = parts;
  const scanner = devices.codeScanner;
  const status = await settled(scanner, clock, signal, ['starting']);
  // one that cannot be asked is known by its first code only, which is what is tried here
  const away = status.state === 'unknown' ? status.fault : unusable(status);
  if (away !== undefined) return failed(away);
  const looking = Promise.withResolvers<AbortSignal>();
  const refused = new AbortController();
  const either = AbortSignal.any([signal, refused.signal]);
  const trial = waitAt<CodeEvent>(scanner, parts, either, {
    begin: (over) => {
      tell({ type: 'showCode', seconds });
      looking.resolve(over);
    },
    heard: (event) =>
      event.type === 'failed'
        ? failed(event.fault)
        : { result: 'passed', code: { characters: Array.from(event.text).length } },
    late: failed(fault('codeScanner.notRead')),
  });
  // One that waits to be told is told; one that looks by itself refuses. What comes of it comes as an event.
  const lit = looking.promise.then((over) =>
    scanner.look({ deadlineMs: seconds * 1_000, signal: over }),
  );
  const ended = await Promise.race([
    trial,
    lit.then((looked) =>
      looked.ok || looked.error.code === 'device.unsupported' ? trial : failed(looked.error),
    ),
  ]);
  refused.abort();
  return ended;
};
