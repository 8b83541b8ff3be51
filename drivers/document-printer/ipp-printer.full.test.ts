import { describe, expect, it } from 'vitest';
import { describeDocumentPrinter, describePatientDocumentPrinter } from './conformance.ts';
import { pdf, WatchedPrinter } from './conformance-support.ts';
import { IMPATIENT, simulated } from './ipp-test-support.ts';

describePatientDocumentPrinter('IPP, job and document apart', () => simulated({}, IMPATIENT));
describeDocumentPrinter('IPP, all in Print-Job', () => simulated({ createJob: false }));
describePatientDocumentPrinter('IPP, all in Print-Job', () =>
  simulated({ createJob: false }, IMPATIENT),
);

describe('a job that was lost from sight', { timeout: 60_000 }, () => {
  it('takes back after a silence what the printer still holds, before anybody gets it', async () => {
    const watched = new WatchedPrinter(await simulated({}, IMPATIENT));
    await watched.online();
    watched.command({ do: 'setPaper', paper: 'out', afterPages: 0 });
    watched.command({ do: 'setMute', mute: true, afterBytes: 100 });
    const outcome = await watched.print(pdf('0001'), { deadlineMs: 8_000 });
    expect(outcome.outcome).toBe('unknown');
    watched.command({ do: 'setMute', mute: false });
    await watched.status({ state: 'userError' });
    await watched.idle();
    watched.command({ do: 'setPaper', paper: 'full' });
    await watched.status({ state: 'online' });
    expect(await watched.whole()).toEqual([]);
    await watched.printer.close();
    await watched.simulator.close();
  });
});
