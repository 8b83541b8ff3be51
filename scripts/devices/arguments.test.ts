import { describe, expect, it } from 'vitest';
import { BadArguments } from '../launch/arguments.ts';
import { candidatesOf, readDeviceArguments } from './arguments.ts';

describe('an address', () => {
  it.each([
    ['/dev/ttyUSB0', [{ type: 'serial', path: '/dev/ttyUSB0' }]],
    ['COM3', [{ type: 'serial', path: 'COM3' }]],
    ['10.0.0.7:4001', [{ type: 'tcp', host: '10.0.0.7', port: 4001 }]],
    ['[2001:db8::7]:9100', [{ type: 'tcp', host: '2001:db8::7', port: 9100 }]],
    ['http://10.0.0.7', [{ type: 'url', url: 'http://10.0.0.7/eSCL' }]],
    ['http://10.0.0.7:8080/eSCL', [{ type: 'url', url: 'http://10.0.0.7:8080/eSCL' }]],
    [
      'scanner.local',
      [
        { type: 'tcp', host: 'scanner.local', port: 9100 },
        { type: 'url', url: 'http://scanner.local/eSCL' },
      ],
    ],
  ])('%s means', (address, candidates) => {
    expect(candidatesOf(address)).toEqual(candidates);
  });

  it.each(['10.0.0.7:0', '10.0.0.7:70000', 'a b', 'ftp://10.0.0.7', '', 'a:b:c', '/etc/passwd'])(
    '%j is refused',
    (address) => {
      expect(() => candidatesOf(address)).toThrow(BadArguments);
    },
  );
});

describe('the command line', () => {
  it('is read', () => {
    expect(readDeviceArguments(['test', 'idCard', '--seconds', '5', '--json'])).toMatchObject({
      command: { do: 'test', id: 'idCard', seconds: 5 },
      json: true,
    });
    expect(readDeviceArguments(['probe', '--only', 'COM3', '10.0.0.7']).command).toMatchObject({
      do: 'probe',
      only: true,
      given: [[{ type: 'serial' }], [{ type: 'tcp' }, { type: 'url' }]],
    });
    expect(readDeviceArguments(['import', 'f.json', '--check']).command).toEqual({
      ...{ do: 'import', file: 'f.json', check: true },
    });
    expect(readDeviceArguments(['export', 'f.json']).command).toEqual({
      ...{ do: 'export', file: 'f.json' },
    });
    expect(readDeviceArguments(['watch', '--data', 'd'])).toMatchObject({ dataDir: 'd' });
  });

  it.each([
    [[]],
    [['lsit']],
    [['test']],
    [['test', 'a', 'b']],
    [['list', 'more']],
    [['list', '--only']],
    [['export']],
    [['export', 'f', '--check']],
    [['import', 'f', 'g']],
    [['list', '--seconds', '3']],
    [['watch', '--propose']],
    [['watch', '--seconds', 'soon']],
    [['test', 'idCard', '--seconds', '601']],
    [['probe', '--only']],
    [['list', '--no-such']],
  ])('%j is wrong usage', (argv) => {
    expect(() => readDeviceArguments(argv)).toThrow(BadArguments);
  });
});
