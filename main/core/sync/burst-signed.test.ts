import { expect, test } from 'vitest';
import { verifyChain } from '../audit/chain.ts';
import { until } from './line.test-helper.ts';
import { beats, core, disk, started, submit, useCore } from './platform-side.test-helper.ts';

useCore();

/** The chain as it would be found after a power cut now. */
const signing = () => {
  const rows = core.audit.latest(100_000).toReversed();
  const checked = verifyChain(rows, new Map([[disk.signer.keyId, disk.signer.publicKey]]));
  if (!checked.ok) throw new Error(checked.error.what);
  return { events: rows.length, unsigned: rows.length - checked.value.signedThrough };
};

test('what is sent in one go between two rounds is signed while it is sent', async () => {
  await started();
  const rounds = beats().length;
  for (let n = 0; n < 80; n++) await submit();
  await until('sent', () => core.outbox.waiting() === 0);
  expect(beats()).toHaveLength(rounds);
  const { events, unsigned } = signing();
  expect(events).toBeGreaterThan(240);
  expect(unsigned).toBeLessThan(200);
});
