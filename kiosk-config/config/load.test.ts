import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoDevices, demoPlatformSeed } from '../demo/index.ts';
import { loadConfig, loadStart, parseConfig } from './load.ts';
import { problemText, type ConfigProblem, type ConfigResult } from './problem.ts';

let folder = '';
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bianmin-config-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function fileOf(content: string | Uint8Array): Promise<string> {
  files += 1;
  const file = join(folder, `${files}.json`);
  await writeFile(file, content);
  return file;
}

function problemsOf(result: ConfigResult<unknown>): readonly ConfigProblem[] {
  return result.ok ? [] : result.error;
}

const devices = demoDevices({
  idCardPort: 4001,
  receiptPrinterPort: 9100,
  documentScannerUrl: 'http://127.0.0.1:8080/eSCL',
});

describe('a configuration file', () => {
  it('is read, also with the byte order mark that some editors write', async () => {
    for (const start of ['', '\ufeff']) {
      const file = await fileOf(start + JSON.stringify(devices));
      expect(await loadConfig('devices', file)).toEqual({ ok: true, value: devices });
    }
  });

  it('that is not there, no file, or not text is told and never thrown', async () => {
    const cases: [file: string, word: string][] = [
      [join(folder, 'nowhere.json'), 'no such file'],
      [folder, 'cannot be read (EISDIR)'],
      [await fileOf(new Uint8Array([0x7b, 0xff, 0xfe, 0x7d])), 'UTF-8'],
      [await fileOf('x'.repeat(1_000_001)), 'UTF-8'],
      [await fileOf(''), 'Not valid JSON'],
    ];
    for (const [file, word] of cases) {
      const [problem] = problemsOf(await loadConfig('devices', file));
      expect(problem?.file).toBe(file);
      expect(problem?.path).toBe('$');
      expect(problem?.message.en).toContain(word);
      expect(problem?.message.zh).toMatch(/\p{Script=Han}/u);
      expect(problem?.remedy.en).not.toBe('');
    }
  });

  it('that cannot be read is told', async () => {
    const file = await fileOf('{}');
    await rm(file);
    await symlink(file, file);
    expect(problemsOf(await loadConfig('devices', file))[0]?.message.en).toContain('ELOOP');
  });

  it('that is no JSON is told by its line, without quoting what stands there', async () => {
    const file = await fileOf('{\n  "version": 1,\n  "secret": topsecret\n}');
    const [problem] = problemsOf(await loadConfig('devices', file));
    expect(problem?.message.en).toBe('Not valid JSON, near line 3.');
    expect(JSON.stringify(problem)).not.toContain('topsecret');
  });
});

describe('a scanner of SANE', () => {
  const withScanner = (device: string): unknown => ({
    version: 1,
    terminal: { hallName: { zh: '服务点', en: 'Hall' } },
    devices: { idCard: null, receiptPrinter: null, documentScanner: { driver: 'sane', device } },
  });

  it('is set up by its name', () => {
    for (const device of ['fujitsu:fi-7160:123456', 'airscan:e0:Some Scanner (USB)', 'test:0']) {
      expect(parseConfig('devices', withScanner(device)).ok, device).toBe(true);
    }
  });

  it('is refused when its name could be taken for an option or a command', () => {
    for (const device of ['', '-o/tmp/x', '--format=raw', 'a;b', 'a\nb', '$(id)']) {
      expect(parseConfig('devices', withScanner(device)).ok, device).toBe(false);
    }
  });
});

describe('the program that decodes photos', () => {
  const withDecoder = (photoDecoder: unknown): unknown => ({
    version: 1,
    terminal: { hallName: { zh: '服务点', en: 'Hall' }, photoDecoder },
    devices: { idCard: null, receiptPrinter: null, documentScanner: null },
  });

  it('is named by its whole path, with arguments or without', () => {
    for (const decoder of [
      { program: '/opt/photo/decode' },
      { program: 'C:\\Photo\\decode.exe', args: ['--bmp', '-'] },
    ]) {
      expect(parseConfig('devices', withDecoder(decoder)).ok, decoder.program).toBe(true);
    }
  });

  it('is never looked for in PATH, nor run by a shell', () => {
    for (const program of ['', 'decode', './decode', '../decode', 'sh -c decode']) {
      const parsed = parseConfig('devices', withDecoder({ program }));
      const [problem] = problemsOf(parsed);
      expect(problem?.path, program).toBe('$.terminal.photoDecoder.program');
      expect(problem?.remedy.en).toContain('/opt/photo/decode');
    }
  });
});

describe('devices on USB', () => {
  const withDevices = (idCard: unknown, receiptPrinter: unknown = null): unknown => ({
    version: 1,
    terminal: { hallName: { zh: '服务点', en: 'Hall' } },
    devices: {
      idCard: { driver: 'sdt', transport: idCard },
      receiptPrinter: receiptPrinter && {
        driver: 'escpos',
        profile: 'generic80',
        transport: receiptPrinter,
      },
      documentScanner: null,
    },
  });
  const ids = { vendorId: '0400', productId: 'c35a' };

  it('are set up by their ids, and by what tells two of one model apart', () => {
    const printers = [
      { type: 'usb', ...ids, serialNumber: 'P1' },
      { type: 'usbPrinter', path: '/dev/usb/lp0' },
    ];
    const readers = [
      { type: 'usb', ...ids, alsoIds: ['0316:5020'], port: '1-2.3' },
      { type: 'hid', ...ids, serialNumber: 'R1' },
      { type: 'serial', path: '/dev/ttyUSB0', baud: 115_200, usb: { ...ids, port: '1-2' } },
    ];
    for (const reader of readers) {
      for (const printer of printers) {
        expect(problemsOf(parseConfig('devices', withDevices(reader, printer)))).toEqual([]);
      }
    }
  });

  it('are refused where no such device is, and with ids of another form', () => {
    const remedy = (transport: unknown, printer: unknown = null): string | undefined =>
      problemsOf(parseConfig('devices', withDevices(transport, printer)))[0]?.remedy.en;
    expect(remedy({ type: 'usb', ...ids, vendorId: '0x400' })).toContain('0400:c35a');
    expect(remedy({ type: 'usb', ...ids, alsoIds: ['0316'] })).toContain('0316:5020');
    expect(remedy({ type: 'hid', ...ids, port: 'left' })).toContain('1-2.3');
    expect(remedy({ type: 'usbPrinter', path: '/dev/usb/lp0' })).toContain('"hid"');
    const reader = { type: 'hid', ...ids };
    expect(remedy(reader, reader)).toContain('"usbPrinter"');
    expect(remedy(reader, { type: 'usbPrinter', path: 'lp0' })).not.toBeUndefined();
  });
});

describe('a wrong setting', () => {
  const problemAt = (layer: 'start' | 'policy' | 'devices', value: unknown, path: string) =>
    problemsOf(parseConfig(layer, value)).find((problem) => problem.path === path);

  it('is told by its path, with what should stand there', () => {
    const broken = structuredClone(devices) as unknown as {
      devices: { idCard: { transport: Record<string, unknown> }; documentScanner: unknown };
    };
    broken.devices.idCard.transport['port'] = 70_000;
    broken.devices.documentScanner = { driver: 'escl', url: 'scanner' };
    expect(problemAt('devices', broken, '$.devices.idCard.transport.port')?.remedy).toEqual({
      zh: '应为不大于 65535 的数。',
      en: 'It should be a number not above 65535.',
    });
    expect(problemAt('devices', broken, '$.devices.documentScanner.url')?.remedy.en).toContain(
      'http://10.0.0.7/eSCL',
    );
  });

  it('is told apart from a missing one', () => {
    const missing = problemAt('devices', { ...devices, version: undefined }, '$.version');
    expect(missing?.message.en).toBe('This setting is missing.');
    const wrong = problemAt('devices', { ...devices, version: '1' }, '$.version');
    expect(wrong?.message.en).toBe('The value of this setting is wrong.');
    expect(problemAt('start', { environment: 'test' }, '$.environment')?.remedy.en).toBe(
      'It should be "production" or "demo".',
    );
    const noLine = { ...devices, devices: { ...devices.devices, idCard: { driver: 'sdt' } } };
    expect(problemAt('devices', noLine, '$.devices.idCard.transport')?.message.en).toContain(
      'missing',
    );
    const modem = { driver: 'sdt', transport: { type: 'modem' } };
    const wrongLine = { ...devices, devices: { ...devices.devices, idCard: modem } };
    expect(problemsOf(parseConfig('devices', wrongLine))[0]?.remedy.en).toContain(
      '"tcp" or "serial" or "usb" or "hid"',
    );
  });

  it('that belongs to another layer is told so: no layer can set the keys of another', () => {
    const technician = problemAt('devices', { ...devices, session: {} }, '$.session');
    expect(technician?.message.en).toContain('the policy layer');
    expect(technician?.message.zh).toContain('平台策略');
    const platform = problemAt('policy', { environment: 'demo', devices: {} }, '$.devices');
    expect(platform?.message.en).toContain('the devices layer');
    const nested = { ...devices, terminal: { ...devices.terminal, retention: { auditDays: 1 } } };
    expect(problemAt('devices', nested, '$.terminal.retention')?.message.en).toContain('policy');
    expect(problemAt('start', { baud: 9600 }, '$.baud')?.message.en).toContain('devices layer');
    const typo = problemAt('start', { prot: 1 }, '$.prot');
    expect(typo?.message.en).toBe('There is no such setting.');
  });

  it('is never repeated, and no content of the file ever throws', () => {
    const secret = 'SECRETVALUE 1';
    const value = fc.oneof(fc.jsonValue(), fc.constant(secret));
    const keys = fc.constantFrom(
      'version',
      'terminal',
      'devices',
      'enrolmentCode',
      'port',
      'session',
      secret,
    );
    fc.assert(
      fc.property(
        fc.constantFrom('start' as const, 'policy' as const, 'devices' as const),
        fc.dictionary(keys, fc.oneof(value, fc.dictionary(keys, value))),
        (layer, content) => {
          const problems = problemsOf(parseConfig(layer, content));
          expect(JSON.stringify(problems)).not.toContain(secret);
          for (const { message, remedy } of problems) {
            expect(
              Math.min(message.zh.length, message.en.length, remedy.zh.length, remedy.en.length),
            ).toBeGreaterThan(0);
          }
        },
      ),
    );
  });

  it('reads as a few lines in both languages', () => {
    const [problem] = problemsOf(parseConfig('start', { port: -1 }, 'terminal.json'));
    expect(problemText(problem!)).toBe(
      'terminal.json $.port\n' +
        '  这个设置项的值不对。 应为不小于 0 的数。\n' +
        '  The value of this setting is wrong. It should be a number not below 0.',
    );
  });
});

describe('the start configuration', () => {
  it('takes no http address of a platform whose authority is named, from the file or a flag', async () => {
    const file = await fileOf('{"environment":"demo","platformCaFile":"ca.pem"}');
    for (const platformUrl of ['http://127.0.0.1:9100', 'HTTP://platform.example']) {
      const [problem, ...more] = problemsOf(await loadStart({ platformUrl }, file));
      expect(more).toEqual([]);
      expect(problem && problemText(problem)).toMatch(
        /\$\.platformUrl\n.*应为以 https:\/\/ 开头.*platformCaFile.*\n.*begins with https:\/\/.*platformCaFile/,
      );
    }
    expect((await loadStart({ platformUrl: 'https://127.0.0.1:9100' }, file)).ok).toBe(true);
    expect((await loadStart({}, file)).ok).toBe(true);
  });

  it('lets flags go before the file, and the file before the defaults', async () => {
    const file = await fileOf(JSON.stringify({ port: 8800, environment: 'demo' }));
    const start = await loadStart({ port: 0, dataDir: 'here' }, file);
    expect(start).toEqual({ ok: true, value: { port: 0, dataDir: 'here', environment: 'demo' } });
    const bare = await loadStart({});
    expect(bare.ok && bare.value.environment).toBe('production');
  });

  it('that is a list, or lies in a folder, is told', async () => {
    expect(problemsOf(await loadStart({}, await fileOf('[]')))[0]?.path).toBe('$');
    const inner = join(folder, 'folder.json');
    await mkdir(inner);
    expect(problemsOf(await loadStart({}, inner))).toHaveLength(1);
  });
});

it('what a demo platform starts with survives JSON and fits the schemas', () => {
  const seed = JSON.parse(JSON.stringify(demoPlatformSeed())) as { policy: unknown };
  expect(seed).toEqual(demoPlatformSeed());
  expect(parseConfig('policy', seed.policy).ok).toBe(true);
});
