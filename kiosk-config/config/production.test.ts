import { describe, expect, it } from 'vitest';
import { DEMO_ENROLMENT_CODE, DEMO_POLICY, demoDevices } from '../demo/index.ts';
import { demoCatalogue } from '../catalogue/index.ts';
import { DEFAULT_DEVICES, devicesSchema } from './devices.ts';
import { DEFAULT_POLICY, idleTimesFor, policySchema } from './policy.ts';
import { checkProduction } from './production.ts';
import { DEFAULT_START } from './start.ts';

const pathsOf = (config: Parameters<typeof checkProduction>[0]): string[] =>
  checkProduction(config).map(({ file, path }) => `${file} ${path}`);

describe('a production terminal', () => {
  it('starts with nothing but defaults', () => {
    const config = { start: DEFAULT_START, policy: DEFAULT_POLICY, devices: DEFAULT_DEVICES };
    expect(checkProduction({ ...config, keyEnvironment: 'production' })).toEqual([]);
  });

  it('refuses simulators, demo codes, demo keys, the demo policy and the demo catalogue', () => {
    expect(
      pathsOf({
        start: {
          ...DEFAULT_START,
          simulatorsUrl: 'http://127.0.0.1:9000',
          simulatedCamera: true,
          enrolmentCode: DEMO_ENROLMENT_CODE.toLowerCase(),
          platformUrl: 'http://10.0.0.1',
        },
        policy: DEMO_POLICY,
        devices: demoDevices({ idCardPort: 1, receiptPrinterPort: 2, securityCardPort: 3 }),
        keyEnvironment: 'demo',
        catalogueVersion: demoCatalogue().catalogueVersion,
      }),
    ).toEqual([
      'start $.simulatorsUrl',
      'start $.simulatedCamera',
      'start $.enrolmentCode',
      'start $.platformUrl',
      'devices $.devices.idCard.transport.host',
      'devices $.devices.receiptPrinter.transport.host',
      'devices $.devices.securityCard.transport.host',
      'policy $.environment',
      'keys $',
      'catalogue $.catalogueVersion',
    ]);
  });

  it('takes a USB scanner, which is served on this machine', () => {
    const devices = demoDevices({ documentScannerUrl: 'http://127.0.0.1:60000/eSCL' });
    expect(checkProduction({ start: DEFAULT_START, devices })).toEqual([]);
  });

  it('refuses relays over this machine’s own network, and takes them at a serial port or elsewhere', () => {
    const problemsWith = (transport: object) =>
      checkProduction({
        start: DEFAULT_START,
        devices: devicesSchema.parse({
          ...DEFAULT_DEVICES,
          devices: {
            ...DEFAULT_DEVICES.devices,
            terminalParts: { driver: 'lcusRelays', lamps: { scanner: 2 }, transport },
          },
        }),
      }).map(({ path }) => path);
    expect(problemsWith({ type: 'tcp', host: '127.0.0.1', port: 4106 })).toEqual([
      '$.devices.terminalParts.transport.host',
    ]);
    expect(problemsWith({ type: 'tcp', host: '10.0.0.9', port: 4106 })).toEqual([]);
    expect(problemsWith({ type: 'serial', path: '/dev/ttyUSB0', baud: 9600 })).toEqual([]);
  });

  it('refuses a simulated reader of social security cards wherever it is, and takes one over PC/SC', () => {
    const problemsWith = (securityCard: object) =>
      checkProduction({
        start: DEFAULT_START,
        devices: devicesSchema.parse({
          ...DEFAULT_DEVICES,
          devices: { ...DEFAULT_DEVICES.devices, securityCard },
        }),
      }).map(({ path }) => path);
    const transport = { type: 'tcp', host: '10.0.0.9', port: 4104 };
    expect(problemsWith({ driver: 'cardLine', transport })).toEqual([
      '$.devices.securityCard.transport.host',
    ]);
    expect(problemsWith({ driver: 'pcsc' })).toEqual([]);
    expect(problemsWith({ driver: 'pcsc', reader: 'Feitian bR301' })).toEqual([]);
  });

  it('takes a reader on a serial port', () => {
    const devices = devicesSchema.parse({
      ...DEFAULT_DEVICES,
      devices: {
        ...DEFAULT_DEVICES.devices,
        idCard: { driver: 'sdt', transport: { type: 'serial', path: '/dev/ttyS0', baud: 115_200 } },
      },
    });
    expect(checkProduction({ start: DEFAULT_START, devices })).toEqual([]);
  });
});

it('a demo terminal refuses nothing of a demonstration', () => {
  const start = {
    ...DEFAULT_START,
    environment: 'demo' as const,
    simulatorsUrl: 'http://127.0.0.1:1',
  };
  expect(checkProduction({ start, policy: DEMO_POLICY, keyEnvironment: 'demo' })).toEqual([]);
});

describe('idle times', () => {
  const policy = policySchema.parse({
    environment: 'production',
    session: { idleByService: { long: { quietSeconds: 240 }, short: { quietSeconds: 30 } } },
  });

  it('are 60 and 20 seconds, 180 and 30 in senior mode, unless a service says otherwise', () => {
    expect(idleTimesFor(DEFAULT_POLICY, {})).toEqual({ quietSeconds: 60, warningSeconds: 20 });
    expect(idleTimesFor(DEFAULT_POLICY, { senior: true })).toEqual({
      quietSeconds: 180,
      warningSeconds: 30,
    });
    expect(idleTimesFor(policy, { service: 'long' })).toEqual({
      quietSeconds: 240,
      warningSeconds: 20,
    });
    expect(idleTimesFor(policy, { service: 'other' })).toEqual({
      quietSeconds: 60,
      warningSeconds: 20,
    });
  });

  it('never give seniors less than others', () => {
    expect(idleTimesFor(policy, { service: 'long', senior: true })).toEqual({
      quietSeconds: 240,
      warningSeconds: 30,
    });
    expect(idleTimesFor(policy, { service: 'short', senior: true })).toEqual({
      quietSeconds: 180,
      warningSeconds: 30,
    });
  });
});

it('policy cannot shorten what the law keeps', () => {
  const result = policySchema.safeParse({
    environment: 'production',
    retention: { auditDays: 30 },
  });
  expect(result.success).toBe(false);
});
