import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasProgram, notRun } from '../../tests/support/not-run.ts';
import { systemClock } from '../transport/system-clock.ts';
import { createSecurityCardReader } from './card-reader.ts';
import {
  CONFORMANCE_TIMINGS,
  CONFORMANCE_TODAY,
  describeSecurityCardReader,
  until,
} from './conformance.ts';
import type { SecurityCardReader } from './contract.ts';
import { pcscConnection } from './pcsc-connection.ts';
import { ownPcscd, whyNoPcscd, type OwnPcscd } from './pcscd-support.ts';
import { SecurityCardSimulator } from './simulator/security-card-simulator.ts';

const missing = whyNoPcscd();
if (missing !== undefined) notRun('social security cards against pcscd and vpcd', missing);

const BACKOFF = { baseMs: 20, capMs: 200, floorMs: 10 };

function reader(name = 'Virtual PCD'): SecurityCardReader {
  return createSecurityCardReader({
    connection: pcscConnection({ reader: name, clock: systemClock, backoff: BACKOFF }),
    clock: systemClock,
    today: () => CONFORMANCE_TODAY,
    // pcscd looks every 400 ms whether a card is still in
    timings: { ...CONFORMANCE_TIMINGS, removalToldMs: 2_000 },
  });
}

/**
 * A tool that was not told of the card in so long is asked again, of a service and a card anew, and given that much
 * longer: of what it waits for it may have missed the news, or the machine is busy.
 */
const TOOL_MS = 20_000;
const TRIES = 4;
const LONG = { timeout: 300_000 };
/** The application, its files, and records of them: the last one is not there. */
const COMMANDS = [
  '00a404000f7378312e73682ec9e7bbe1b1a3d5cf',
  '00a4020002ef05',
  '00b207000b',
  '00a4020002ef06',
  '00b2080014',
  '00b2090020',
  '00b20d0006',
  '00b2630000',
];

describe.skipIf(missing !== undefined)('pcscd with a virtual reader', () => {
  let pcscd: OwnPcscd;

  beforeAll(async () => {
    pcscd = await ownPcscd();
    // read by libpcsclite at its first call: one folder for the whole file
    process.env['PCSCLITE_CSOCK_NAME'] = pcscd.socket;
    await pcscd.start();
  });

  afterAll(async () => {
    delete process.env['PCSCLITE_CSOCK_NAME'];
    await pcscd.dispose();
  });

  const withSimulator = (): SecurityCardSimulator =>
    new SecurityCardSimulator({ vpcdPort: pcscd.slotPort });

  const is = (driver: SecurityCardReader, state: string): Promise<void> =>
    until(
      () => driver.status.state === state,
      () => `${state}, it is ${JSON.stringify(driver.status)}`,
    );

  /** Waits until pcscd has seen that the card of the last test is out. */
  const emptySlot = async (): Promise<void> => {
    const connection = pcscConnection({
      reader: 'Virtual PCD',
      clock: systemClock,
      backoff: BACKOFF,
    });
    let last = 'nothing';
    connection.open(({ type }) => (last = type));
    await until(
      () => last === 'empty',
      () => `an empty slot, it is ${last}`,
    );
    await connection.close();
  };

  describeSecurityCardReader('PC/SC, the service dies and comes back', () =>
    Promise.resolve({
      reader: reader(),
      simulator: withSimulator(),
      loseReader: () => pcscd.stop(),
      returnReader: () => pcscd.start(),
      dispose: () => emptySlot(),
    }),
  );

  it('says that the service does not run', async () => {
    await pcscd.stop();
    const driver = reader();
    await driver.open();
    await is(driver, 'offline');
    expect(driver.status.fault?.code).toBe('securityCard.serviceDown');
    await pcscd.start();
    await is(driver, 'online');
    expect(driver.hardware.details.model).toBe('Virtual PCD 00 00');
    await driver.close();
  });

  it('says which readers there are when the one it is to use is not among them', async () => {
    const driver = reader('Feitian');
    await driver.open();
    await is(driver, 'offline');
    const { fault } = driver.status;
    expect(fault?.code).toBe('device.offline');
    expect(fault?.detail).toContain('no reader Feitian; there are: Virtual PCD 00 00');
    await driver.close();
  });

  /**
   * What the tool said of a card just laid in. One that hangs, hangs in this service or in this card's link: the next
   * try has both anew, for a tool that was killed in the middle may have left them so that no other goes on.
   */
  const readWithTool = async (): Promise<string> => {
    for (let times = 1; ; times++) {
      const simulator = withSimulator();
      expect(simulator.command({ do: 'insertCard', persona: 'returnee' }).ok).toBe(true);
      await until(
        () => simulator.state()['inPcscReader'] === true,
        () => 'the card in its reader',
      );
      const said = await openscTool(COMMANDS, times * TOOL_MS);
      await simulator.close();
      if (said === undefined) {
        if (times === TRIES) throw new Error('opensc-tool does not end');
        await pcscd.stop();
        await pcscd.start();
      }
      await emptySlot();
      if (said !== undefined) return said;
    }
  };

  it(
    'opensc-tool, a program that others wrote, reads the simulated card',
    LONG,
    async (context) => {
      if (!hasProgram('opensc-tool')) {
        notRun('opensc-tool as the judge of the simulated card', 'opensc-tool is not installed');
        context.skip();
      }
      const said = await readWithTool();
      const bytes = said.replaceAll(/^(?:[0-9A-F]{2} )+.*$/gm, (line) =>
        line.replace(/((?:[0-9A-F]{2} )+).*/, '$1'),
      );
      const hex = bytes.replaceAll(/\s/g, '');
      const ascii = (text: string): string =>
        Buffer.from(text, 'latin1').toString('hex').toUpperCase();
      expect(said.match(/SW1=0x90, SW2=0x00/g)).toHaveLength(7);
      expect(said).toContain('SW1=0x6A, SW2=0x83');
      expect(hex).toContain(`0812${ascii('500199196609090011')}`);
      // 张三丰 in GBK, then nothing
      expect(hex).toContain('091ED5C5C8FDB7E100');
      expect(hex).toContain('0D0419660909');
    },
  );
});

/** Sends commands with OpenSC's tool and gives all that it said; undefined when it did not end by itself. */
function openscTool(apdus: readonly string[], limitMs: number): Promise<string | undefined> {
  const options = apdus.flatMap((apdu) => ['-s', apdu]);
  return new Promise((resolve, reject) => {
    const tool = spawn('opensc-tool', ['--reader', 'Virtual PCD 00 00', '--wait', ...options]);
    const timer = setTimeout(() => tool.kill('SIGKILL'), limitMs);
    let said = '';
    tool.stdout.on('data', (chunk: Buffer) => (said += chunk.toString('latin1')));
    tool.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('latin1')));
    tool.once('error', reject);
    tool.once('close', (code) => {
      clearTimeout(timer);
      resolve(code === null ? undefined : said);
    });
  });
}
