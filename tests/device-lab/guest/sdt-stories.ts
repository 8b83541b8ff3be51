// What an SDT reader must do on whatever line: the same stories for serial, HID and USB.
import assert from 'node:assert/strict';
import { PHOTO_BYTES } from '../../../drivers/id-card/sdt-commands.ts';
import type {
  SdtSimulator,
  SdtSimulatorOptions,
} from '../../../drivers/id-card/simulator/sdt-simulator.ts';
import { demoPersona } from '../../../drivers/simulator-host/personas.ts';
import type { Transport } from '../../../drivers/transport/transport.ts';
import { until } from '../patience.ts';
import type { OnBench } from './benches.ts';
import { sdtReader } from './benches.ts';
import type { LabTest, Trial } from './lab.ts';
import { tapped } from './tapped.ts';
import type { WatchedReader } from './watched.ts';

/** A resident whose address was changed on the card, and one whose was not. */
const CARDS = ['proxy', 'elder'];
/** An answer of 1,295 bytes takes four seconds and more: long enough to pull the cable in its middle. */
const SLOW_BAUD = 3_000;
const AMID_BYTES = 200;

/** How a reader comes on the bench, and the line to it. */
export interface SdtBench {
  plugIn(trial: Trial, options?: SdtSimulatorOptions): Promise<OnBench<SdtSimulator>>;
  line(): Promise<Transport>;
  /** The line gives whole answers only: nobody sees from outside when one is in its middle. */
  readonly givesWhole?: true;
}

function lay(simulator: SdtSimulator, persona: string): void {
  assert(simulator.command({ do: 'insertCard', persona }).ok);
}

function assertLastCardIs(watched: WatchedReader, id: string): void {
  const read = watched.events.filter((event) => event.type === 'card').at(-1)?.readout;
  const card = demoPersona(id)?.card;
  assert(read !== undefined && card !== undefined);
  const { name, idNumber, birthDate, validFrom } = read.data;
  const address = 'address' in read.data ? read.data.address : undefined;
  assert.deepEqual(
    { name, idNumber, birthDate, validFrom, address },
    {
      ...{ name: card.name, idNumber: card.idNumber, birthDate: card.birthDate },
      ...{ validFrom: card.validFrom, address: card.newestAddress ?? card.address },
    },
  );
  assert.equal(read.photo.length, PHOTO_BYTES);
}

/** The stories of one kind of line. */
export function sdtStories(device: string, bench: SdtBench): readonly LabTest[] {
  const amid: LabTest = {
    device,
    test: 'pulled in the middle of an answer: the reading ends as failed, no card is told',
    body: (trial) => pulledAmid(trial, bench),
  };
  return [
    {
      device,
      test: 'comes online and reads cards whole, with photographs',
      body: async (trial) => {
        const { simulator } = await bench.plugIn(trial);
        const watched = await sdtReader(trial, await bench.line());
        await watched.state('online');
        for (const [i, id] of CARDS.entries()) {
          lay(simulator, id);
          await watched.saw('card', i + 1);
          assert(simulator.command({ do: 'removeCard' }).ok);
          await watched.saw('removed', i + 1);
          assertLastCardIs(watched, id);
        }
        // Before, while the kernel still looked what was plugged in, it was truly away.
        assert.deepEqual(watched.statesOnceOnline, ['online']);
      },
    },
    {
      device,
      test: 'pulled while idle: offline after a moment; plugged in again: online, and it reads',
      body: async (trial) => {
        const { simulator, inside, port } = await bench.plugIn(trial);
        const watched = await sdtReader(trial, await bench.line());
        await watched.state('online');
        await inside.unplug();
        await watched.state('offline');
        assert.equal(watched.device.status.fault?.code, 'device.offline');
        await inside.plug(port);
        await watched.state('online');
        lay(simulator, 'elder');
        await watched.saw('card');
        assertLastCardIs(watched, 'elder');
        assert.deepEqual(watched.story, ['reading', 'card']);
      },
    },
    ...(bench.givesWhole === true ? [] : [amid]),
  ];
}

async function pulledAmid(trial: Trial, bench: SdtBench): Promise<void> {
  const { simulator, inside, port } = await bench.plugIn(trial, { pacedBaud: SLOW_BAUD });
  const tap = tapped(await bench.line());
  const watched = await sdtReader(trial, tap.transport);
  await watched.state('online');
  const before = tap.heard();
  lay(simulator, 'elder');
  await until(() => tap.heard() > before + AMID_BYTES, 'the middle of an answer');
  await inside.unplug();
  await watched.saw('failed');
  await watched.state('offline');
  assert.deepEqual(watched.story, ['reading', 'failed device.offline']);
  assert(simulator.command({ do: 'removeCard' }).ok);
  await inside.plug(port);
  await watched.state('online');
  assert.deepEqual(watched.story, ['reading', 'failed device.offline']);
}
