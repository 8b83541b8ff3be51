import { parseArgs } from 'node:util';
import type { Candidate } from '../../drivers/detection/contract.ts';
import { RAW_PRINTER_PORT } from '../../drivers/detection/contract.ts';
import { httpUrl } from '../../drivers/detection/escl-prober.ts';
import { DEFAULT_START } from '../../kiosk-config/index.ts';
import { BadArguments, wholeNumber } from '../launch/arguments.ts';

/** How the command is used. */
export const USAGE = `用法 Usage: npm run devices -- list|probe|test ID|logo FILE|export FILE|import FILE|watch [--json] [--data DIR] [--config FILE]
  list              已设置的设备和现在的状态，插上但没有设置的；devices that are set up, as they are now, and what is plugged in besides
  probe [ADDRESS…]  查找设备，只提建议；looks for devices, proposes only
      ADDRESS       串口 /dev/ttyUSB0、COM3，主机:端口，IP，http://主机/eSCL；serial port, host:port, IP, eSCL address
      --only        只查给出的地址；only the addresses given
      --propose     输出设备配置（不改文件）；prints a devices layer, writes nothing
  test ID           测试一台设备，不留资料；tests one device, keeps nothing
      --seconds N   等身份证多少秒（默认 60）；how long a card is waited for
  logo FILE         把标志存进回执打印机，以后的回执都打印；puts a logo into the memory of the receipt printer and has it printed
  export FILE       把设备配置写进一个新文件，带到别的终端；writes the set-up into a new file, for another terminal
  import FILE       检查、核对、存为新的一版；checks a set-up, fits it to this machine, saves it as a new version
      --check       只检查，不改；checks only
  watch             状态一变就输出一行；one line for every change
      --seconds N   到时间就结束；ends after so long
  --data DIR        终端数据目录；folder of the terminal's data (${DEFAULT_START.dataDir})
  --config FILE     启动配置；start configuration of the terminal
  --json            每行一个 JSON；one JSON object a line
  退出码 Exit: 0 正常 fine, 1 发现问题 something is wrong, 2 用法不对 wrong usage`;

/** What is to be done. */
export type DeviceCommand =
  | { readonly do: 'list' }
  | {
      readonly do: 'probe';
      /** For each address, what it may mean. */
      readonly given: readonly (readonly Candidate[])[];
      readonly only: boolean;
      readonly propose: boolean;
    }
  | { readonly do: 'test'; readonly id: string; readonly seconds: number }
  | { readonly do: 'logo' | 'export'; readonly file: string }
  | { readonly do: 'import'; readonly file: string; readonly check: boolean }
  | { readonly do: 'watch'; readonly seconds: number | undefined };

/** The command line, read. */
export interface DeviceArguments {
  readonly command: DeviceCommand;
  readonly json: boolean;
  readonly dataDir: string | undefined;
  readonly config: string | undefined;
}

/**
 * What an address means: a serial port, `host:port`, an http address, or a host, at which both a scanner and
 * a printer on port 9100 are looked for. Throws BadArguments.
 */
export function candidatesOf(address: string): readonly Candidate[] {
  if (/^(\/dev\/.+|\\\\\.\\.+|COM\d+)$/i.test(address)) return [{ type: 'serial', path: address }];
  if (/^[a-z]+:\/\//i.test(address)) {
    const url = httpUrl(address);
    if (url === undefined) throw new BadArguments(`地址不对 / not an address: ${address}`);
    if (url.pathname === '/') url.pathname = '/eSCL';
    return [{ type: 'url', url: url.href }];
  }
  const [, bracketed, plain, port] =
    /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?$/.exec(address) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) throw new BadArguments(`地址不对 / not an address: ${address}`);
  if (port !== undefined) {
    const number = wholeNumber(port, 'ADDRESS', 1);
    if (number > 65_535) throw new BadArguments(`端口不对 / no such port: ${address}`);
    return [{ type: 'tcp', host, port: number }];
  }
  const inUrl = bracketed === undefined ? host : `[${host}]`;
  return [
    { type: 'tcp', host, port: RAW_PRINTER_PORT },
    { type: 'url', url: `http://${inUrl}/eSCL` },
  ];
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        data: { type: 'string' },
        config: { type: 'string' },
        only: { type: 'boolean', default: false },
        check: { type: 'boolean', default: false },
        propose: { type: 'boolean', default: false },
        seconds: { type: 'string' },
      },
    });
  } catch (error) {
    throw new BadArguments(error instanceof Error ? error.message : String(error));
  }
}

/** Reads the command line. Throws BadArguments naming what is wrong. */
export function readDeviceArguments(argv: readonly string[]): DeviceArguments {
  const { values, positionals } = parsed(argv);
  const [name, ...rest] = positionals;
  const seconds =
    values.seconds === undefined ? undefined : wholeNumber(values.seconds, 'seconds', 1);
  const onlyWith = (option: string, given: boolean, ...commands: readonly string[]): void => {
    if (given && !commands.includes(name ?? '')) {
      throw new BadArguments(`--${option} 只用于 / belongs to ${commands.join(', ')}`);
    }
  };
  onlyWith('only', values.only, 'probe');
  onlyWith('propose', values.propose, 'probe');
  onlyWith('check', values.check, 'import');
  onlyWith('seconds', seconds !== undefined, 'test', 'watch');
  const command = commandOf(name, rest, seconds, values);
  return { command, json: values.json, dataDir: values.data, config: values.config };
}

function commandOf(
  name: string | undefined,
  rest: readonly string[],
  seconds: number | undefined,
  { only, propose, check }: Readonly<Record<'only' | 'propose' | 'check', boolean>>,
): DeviceCommand {
  const [id, ...more] = rest;
  switch (name) {
    case 'probe': {
      if (only && rest.length === 0) throw new BadArguments('--only 需要地址 / needs an address');
      return { do: 'probe', given: rest.map(candidatesOf), only, propose };
    }
    case 'test':
      if (id === undefined) throw new BadArguments('test 需要设备编号 / needs the id of a device');
      noMore(more);
      if ((seconds ?? 1) > 600) throw new BadArguments('--seconds ≤ 600');
      return { do: 'test', id, seconds: seconds ?? 60 };
    case 'logo':
      if (id === undefined) throw new BadArguments('logo 需要图片文件 / needs a picture');
      noMore(more);
      return { do: 'logo', file: id };
    case 'export':
    case 'import':
      if (id === undefined) throw new BadArguments(`${name} 需要文件 / needs a file`);
      noMore(more);
      return name === 'export' ? { do: name, file: id } : { do: name, file: id, check };
    case 'list':
      noMore(rest);
      return { do: 'list' };
    case 'watch':
      noMore(rest);
      return { do: 'watch', seconds };
    default:
      throw new BadArguments(`不懂 / unknown: ${name ?? '（空 nothing）'}`);
  }
}

function noMore(rest: readonly string[]): void {
  if (rest.length > 0) throw new BadArguments(`多余的参数 / too much: ${rest.join(' ')}`);
}
