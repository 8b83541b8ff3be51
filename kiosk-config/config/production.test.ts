import { describe, expect, it } from 'vitest';
import { DEMO_ENROLMENT_CODE, DEMO_POLICY, demoDevices } from '../demo/index.ts';
import { demoCatalogue } from '../catalogue/index.ts';
import { DEFAULT_DEVICES, devicesSchema } from './devices.ts';
import { assuranceFor, DEFAULT_POLICY, idleTimesFor, policySchema } from './policy.ts';
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

  it('are 60 and 20 seconds, unless a service says otherwise', () => {
    const usual = { quietSeconds: 60, warningSeconds: 20 };
    expect(idleTimesFor(DEFAULT_POLICY, undefined)).toEqual(usual);
    expect(idleTimesFor(policy, 'long')).toEqual({ quietSeconds: 240, warningSeconds: 20 });
    expect(idleTimesFor(policy, 'short')).toEqual({ quietSeconds: 30, warningSeconds: 20 });
    expect(idleTimesFor(policy, 'other')).toEqual(usual);
  });
});

it('the policy raises what a service asks of an applicant, and never lowers it', () => {
  const asked = (assurance: object, level: 'L0' | 'L1' | 'L2' | 'L3') =>
    assuranceFor(policySchema.parse({ assurance }), { id: 'it', assurance: level });
  expect([asked({}, 'L0'), asked({}, 'L2'), asked({}, 'L3')]).toEqual(['L2', 'L2', 'L3']);
  expect(asked({ applyAtLeast: 'L0' }, 'L1')).toBe('L1');
  expect(asked({ applyAtLeast: 'L3' }, 'L2')).toBe('L3');
  expect(asked({ applyByService: { it: 'L3' } }, 'L2')).toBe('L3');
  expect(asked({ applyByService: { other: 'L3' } }, 'L2')).toBe('L2');
  expect(asked({ applyByService: { it: 'L0' } }, 'L3')).toBe('L3');
  // with the bar for all raised, a lower one for this service is none
  expect(asked({ applyAtLeast: 'L3', applyByService: { it: 'L1' } }, 'L2')).toBe('L3');
});

it('policy cannot shorten what the law keeps', () => {
  const result = policySchema.safeParse({
    environment: 'production',
    retention: { auditDays: 30 },
  });
  expect(result.success).toBe(false);
});
