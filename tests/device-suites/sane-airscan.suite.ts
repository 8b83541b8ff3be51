import { describeDocumentScanner } from '../../drivers/document-scanner/conformance.ts';
import { SaneScanner } from '../../drivers/document-scanner/sane-scanner.ts';
import { EsclSimulator } from '../../drivers/document-scanner/simulator/escl-simulator.ts';
import { systemClock } from '../../drivers/transport/system-clock.ts';
import { saneConfig, SANE_TIMING } from './sane-bench.ts';

describeDocumentScanner(
  'scanimage with sane-airscan, and our eSCL simulator behind it',
  async () => {
    // sane-airscan cannot take a job back that it was killed in; like real scanners, ours gives it up.
    const simulator = new EsclSimulator({ jobIdleMs: 2_000 });
    await simulator.listen(0);
    const config = await saneConfig({
      'dll.conf': 'airscan\n',
      'airscan.conf': `[devices]\n"Sim" = ${simulator.url}, eSCL\n[options]\ndiscovery = disable\n`,
    });
    const scanner = new SaneScanner({
      ...{ device: 'airscan:e0:Sim', clock: systemClock, timing: SANE_TIMING },
      configDir: config.dir,
    });
    return {
      scanner,
      command: (command) => {
        const done = simulator.command(command);
        if (!done.ok) throw new Error(done.error);
      },
      stop: async () => {
        await scanner.close();
        await simulator.close();
        await config.remove();
      },
    };
  },
  { silentBetweenScans: true },
);
