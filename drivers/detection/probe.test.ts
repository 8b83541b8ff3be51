import { afterEach, describe, expect, it } from 'vitest';
import { SDT } from '../id-card/sdt-commands.ts';
import { SdtSimulator } from '../id-card/simulator/sdt-simulator.ts';
import { EscPosSimulator } from '../receipt-printer/simulator/escpos-simulator.ts';
import type { Candidate, Skipped } from './contract.ts';
import { announcedUrl } from './mdns.ts';
import { dice, HASTY, PATIENT, stranger, type Stranger } from './probe-test-support.ts';
import { probe } from './probe.ts';
import { listSerialPorts } from './serial-ports.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).toReversed()) await thing.close();
});

function keep<T extends { close(): Promise<void> }>(thing: T): T {
  open.push(thing);
  return thing;
}

async function look(candidates: readonly Candidate[], timings = HASTY) {
  const skipped: Skipped[] = [];
  const found = await probe({ candidates, timings, onSkipped: (one) => skipped.push(one) });
  return { found, why: skipped.map(({ why }) => why) };
}

const at = ({ host, port }: Stranger): Candidate => ({ type: 'tcp', host, port });

async function printer(options?: ConstructorParameters<typeof EscPosSimulator>[0]) {
  const simulator = keep(new EscPosSimulator(options));
  const candidate = { type: 'tcp', host: '127.0.0.1', port: await simulator.listen(0) } as const;
  return { simulator, candidate };
}

async function gone(server: Stranger): Promise<void> {
  const end = performance.now() + 60_000;
  while (server.open() > 0) {
    if (performance.now() > end) throw new Error('a line was left open');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('a probe says nothing wrong', () => {
  it('of a port that is silent', async () => {
    const silent = keep(await stranger());
    expect(await look([at(silent)])).toEqual({ found: [], why: ['silent'] });
    await gone(silent);
  });

  it('of a port that echoes', async () => {
    const echo = keep(await stranger((socket) => socket.pipe(socket)));
    const { found } = await look([at(echo)], { ...HASTY, answerMs: 1_000 });
    expect(found).toMatchObject([
      { class: 'unknown', protocol: 'unknown', confidence: 'possible' },
    ]);
    expect(found[0]?.evidence.en).toBe('gives back what it is sent');
    await gone(echo);
  });

  it('of a port that sends noise all the time', async () => {
    const random = dice(7);
    const noise = keep(
      await stranger((socket) => {
        const timer = setInterval(() => socket.write(Uint8Array.of(random(), random())), 2);
        socket.once('close', () => clearInterval(timer));
      }),
    );
    const { found } = await look([at(noise)], { ...HASTY, listenMs: 300 });
    expect(found).toMatchObject([{ class: 'unknown' }]);
    expect(found[0]?.evidence.en).toMatch(/^talks without being asked/);
    await gone(noise);
  });

  it('of thirty ports that answer every question with a random byte or two', async () => {
    const servers = await Promise.all(
      Array.from({ length: 30 }, async (_, seed) => {
        const random = dice(seed);
        return keep(
          await stranger((socket) => {
            socket.on('data', () => {
              // half of the bytes have the pattern of a status
              const byte = random() % 2 === 0 ? 0x12 | (random() & 0x6c) : random();
              socket.write(Uint8Array.of(byte, random()).subarray(0, 1 + (random() % 2)));
            });
          }),
        );
      }),
    );
    const { found } = await look(servers.map(at), { ...HASTY, answerMs: 100 });
    expect(found.filter((one) => one.class !== 'unknown')).toEqual([]);
  });

  it('of a machine where nobody listens, or that is none', async () => {
    const closed = await stranger();
    await closed.close();
    const { found, why } = await look([
      at(closed),
      { type: 'tcp', host: '127.0.0.1', port: 70_000 },
      { type: 'url', url: 'file:///etc/passwd' },
      { type: 'url', url: `http://127.0.0.1:${String(closed.port)}/eSCL` },
      { type: 'serial', path: '/dev/no-such-port' },
    ]);
    expect(found).toEqual([]);
    expect(why.toSorted()).toEqual(['away', 'away', 'away', 'away', 'denied']);
  });

  it('of a printer behind a line that is cut in the middle', async () => {
    const cut = keep(
      await stranger((socket) => socket.once('data', () => socket.end(Uint8Array.of(0x12)))),
    );
    const { found } = await look([at(cut)]);
    expect(found.filter((one) => one.class !== 'unknown')).toEqual([]);
  });

  it('and ends when it is told, or when a candidate takes too long', async () => {
    const drip = keep(
      await stranger((socket) => {
        const timer = setInterval(() => socket.write(Uint8Array.of(0xaa)), 5);
        socket.once('close', () => clearInterval(timer));
      }),
    );
    const slow = { ...HASTY, listenMs: 60_000 };
    expect((await look([at(drip)], { ...slow, candidateMs: 2_000 })).found).toMatchObject([
      { class: 'unknown' },
    ]);
    const stop = new AbortController();
    const probing = probe({ candidates: [at(drip)], timings: slow, signal: stop.signal });
    stop.abort();
    expect((await probing).filter((one) => one.class !== 'unknown')).toEqual([]);
    await gone(drip);
  });
});

describe('a probe does no harm', () => {
  it('sends these bytes and no others to whoever says nothing', async () => {
    const silent = keep(await stranger());
    await look([at(silent)]);
    await gone(silent);
    const esc = [0x1b, 0x40];
    expect(silent.heard).toEqual([0x10, 0x04, 0x01, ...SDT.samId.frame, ...esc]);
  });

  it('sends no text where only printers listen, port 9100', async () => {
    const raw = keep(await stranger(() => undefined, { host: '127.0.91.9', port: 9_100 }));
    expect((await look([at(raw)])).why).toEqual(['silent']);
    await gone(raw);
    expect(raw.heard).toEqual([0x10, 0x04, 0x01]);
  });

  it('prints nothing, and leaves nothing in the printer, whatever state it is in', async () => {
    const states = [
      { options: {}, confidence: ['certain'] },
      { options: { answers: 'noRealTime' }, confidence: [] },
      { options: { answers: 'none' }, confidence: [] },
      { options: {}, paper: 'out', confidence: ['likely'] },
    ] as const;
    for (const { options, confidence, ...more } of states) {
      const { simulator, candidate } = await printer(options);
      const out = 'paper' in more;
      expect(simulator.command({ do: 'setPaper', paper: out ? 'out' : 'full' }).ok).toBe(true);
      const { found } = await look([candidate], confidence.length > 0 ? PATIENT : HASTY);
      expect(found.filter((one) => one.class !== 'unknown').map((one) => one.confidence)).toEqual(
        confidence,
      );
      // a question that waits in the buffer would be answered into somebody's receipt
      if (confidence.length > 0) expect(simulator.state()).toMatchObject({ bufferedBytes: 0 });
      // paper again: what it held would come out now
      expect(simulator.command({ do: 'setPaper', paper: 'full' }).ok).toBe(true);
      expect(simulator.state()).toMatchObject({ jobs: [], stripHanging: false, bufferedBytes: 0 });
    }
  });
});

describe('a probe finds', () => {
  it('a receipt printer that names itself', async () => {
    const text = (n: number): Uint8Array =>
      Buffer.concat([
        Buffer.from('_'),
        Buffer.from(n === 66 ? 'SNBC' : 'BTP-R880'),
        Buffer.from([0]),
      ]);
    const named = keep(
      await stranger((socket) => {
        socket.on('data', (bytes: Uint8Array) => {
          if (bytes[0] === 0x10) socket.write(Uint8Array.of(0x12));
          if (bytes[0] !== 0x1d) return;
          socket.write(bytes[2] === 1 ? Uint8Array.of(0x20) : text(bytes[2] ?? 0));
        });
      }),
    );
    expect((await look([at(named)], PATIENT)).found).toMatchObject([
      { class: 'receiptPrinter', model: 'SNBC BTP-R880', confidence: 'certain' },
    ]);
  });

  it('a card reader that is not well, with what it says', async () => {
    const reader = keep(new SdtSimulator({ samStatus: 0x66 }));
    const port = await reader.listen(0);
    const { found } = await look([{ type: 'tcp', host: '127.0.0.1', port }], PATIENT);
    expect(found).toMatchObject([{ class: 'idCard', protocol: 'sdt' }]);
    expect(found[0]?.evidence.en).toContain('00 00 66');
  });

  it('and names the serial ports of this machine, or why it cannot', async () => {
    expect((await listSerialPorts()).ok || process.platform === 'linux').toBe(true);
    const broken = await listSerialPorts(() =>
      Promise.reject(new Error('no binary for this chip')),
    );
    expect(broken).toMatchObject({ ok: false, error: { code: 'device.missingLibrary' } });
  });
});

describe('the address of an announced scanner', () => {
  it('is made of what has the right shape, and of nothing else', () => {
    const addresses = ['fe80::1', '10.0.0.7'];
    expect(announcedUrl({ addresses, port: 80, root: 'eSCL' })).toBe('http://10.0.0.7/eSCL');
    expect(announcedUrl({ addresses, port: 8080, root: '/eSCL/' })).toBe(
      'http://10.0.0.7:8080/eSCL',
    );
    expect(announcedUrl({ addresses, port: 80, root: 'x?y#z @evil' })).toBe('http://10.0.0.7/eSCL');
    expect(announcedUrl({ addresses: ['2001:db8::7'], port: 80 })).toBe(
      'http://[2001:db8::7]/eSCL',
    );
    expect(announcedUrl({ addresses: ['fe80::1'], port: 80 })).toBeUndefined();
    expect(announcedUrl({ addresses: ['not-an-address'], port: 80 })).toBeUndefined();
    expect(announcedUrl({ addresses, port: 0 })).toBeUndefined();
  });
});
