import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { err, ok, type Result } from '../../domain/result.ts';
import {
  PROFILES,
  type PrinterProfile,
  type PrinterProfileId,
} from '../receipt-printer/profile.ts';
import type { SimulatorHostOptions } from './host.ts';

/** How the command is used. */
export const USAGE = `用法 Usage: npm run simulators -- --port N --data DIR [--config FILE] [--die-with-parent]
  --port N            控制口，0 为任意空闲端口；port of control plane and dock, 0 takes any free one
  --data DIR          数据目录；folder of its own
  --config FILE       JSON，见 docs/simulators.md；see docs/simulators.md
  --die-with-parent   父进程的管道一断就退出；ends when stdin or the IPC channel closes`;

/** What the command line asks for. */
export interface HostArguments {
  readonly options: SimulatorHostOptions;
  readonly dieWithParent: boolean;
}

const port = z.int().min(0).max(65_535);
const configSchema = z.strictObject({
  idCard: z
    .strictObject({
      port: port.exactOptional(),
      pacedBaud: z.int().min(1_200).max(921_600).exactOptional(),
      readMs: z.int().min(0).max(60_000).exactOptional(),
      refindsLyingCard: z.boolean().exactOptional(),
    })
    .exactOptional(),
  receiptPrinter: z
    .strictObject({
      port: port.exactOptional(),
      /** What it can do: the name of a profile that comes with the terminal. */
      profile: z
        .enum(Object.keys(PROFILES) as PrinterProfileId[])
        .transform((id): PrinterProfile => PROFILES[id])
        .exactOptional(),
      answers: z.enum(['all', 'noRealTime', 'none']).exactOptional(),
      keepsWhatStopped: z.boolean().exactOptional(),
    })
    .exactOptional(),
  documentScanner: z
    .strictObject({
      port: port.exactOptional(),
      sources: z
        .array(z.enum(['flatbed', 'feeder']))
        .min(1)
        .exactOptional(),
      notReadyAnswers: z.int().min(0).max(100).exactOptional(),
    })
    .exactOptional(),
  codeScanner: z
    .strictObject({ port: port.exactOptional(), aimId: z.boolean().exactOptional() })
    .exactOptional(),
  documentPrinter: z
    .strictObject({
      port: port.exactOptional(),
      pageMs: z.int().min(0).max(60_000).exactOptional(),
    })
    .exactOptional(),
  terminalParts: z
    .strictObject({
      port: port.exactOptional(),
      /** A relay board with lamps in place of the board of parts. */
      relays: z
        .strictObject({
          channels: z.int().min(1).max(8).exactOptional(),
          answers: z.boolean().exactOptional(),
        })
        .exactOptional(),
    })
    .exactOptional(),
  securityCard: z
    .strictObject({
      port: port.exactOptional(),
      /** Of the first slot of pcscd's virtual reader: 35963 as Debian sets it up. */
      vpcdPort: z.int().min(1).max(65_535).exactOptional(),
      earlierCards: z.boolean().exactOptional(),
    })
    .exactOptional(),
});

/** Reads the command line; the error is a message for people that names the argument and the remedy. */
export function readArguments(argv: readonly string[]): Result<HostArguments, string> {
  let values;
  try {
    values = parseArgs({
      args: [...argv],
      options: {
        port: { type: 'string' },
        data: { type: 'string' },
        config: { type: 'string' },
        'die-with-parent': { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
  const number = values.port ?? '';
  if (!/^\d{1,5}$/.test(number) || Number(number) > 65_535) {
    return err(
      `--port 应为 0 到 65535 的整数：请写 --port 0 或一个空闲端口；--port must be a whole number from 0 to 65535: give --port 0 or a free port (got '${number}')`,
    );
  }
  if (values.data === undefined || values.data === '') {
    return err(
      '--data 没有给：请写一个目录，如 --data data/simulators；--data is missing: give a folder, for example --data data/simulators',
    );
  }
  const config = values.config === undefined ? ok({}) : readConfig(values.config);
  if (!config.ok) return config;
  return ok({
    options: { port: Number(number), dataDir: values.data, ...config.value },
    dieWithParent: values['die-with-parent'] ?? false,
  });
}

function readConfig(
  file: string,
): Result<Omit<SimulatorHostOptions, 'port' | 'dataDir' | 'log'>, string> {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return err(
      `--config ${file}：读不了，请给一个 JSON 文件；cannot be read, give a JSON file (${why})`,
    );
  }
  const parsed = configSchema.safeParse(json);
  if (!parsed.success) {
    return err(
      `--config ${file}：请改正下列各处，写法见 docs/simulators.md；correct these places, see docs/simulators.md\n${z.prettifyError(parsed.error)}`,
    );
  }
  const { idCard = {}, receiptPrinter = {}, documentScanner = {} } = parsed.data;
  const {
    codeScanner = {},
    documentPrinter = {},
    terminalParts = {},
    securityCard = {},
  } = parsed.data;
  const { port: idCardPort = 0, ...idCardOptions } = idCard;
  const { port: scannerPort = 0, ...scannerOptions } = documentScanner;
  const { port: receiptPrinterPort = 0, ...receiptPrinterOptions } = receiptPrinter;
  const { port: codePort = 0, ...codeOptions } = codeScanner;
  const { port: a4Port = 0, ...a4Options } = documentPrinter;
  const { port: securityCardPort = 0, ...securityCardOptions } = securityCard;
  return ok({
    ports: {
      idCard: idCardPort,
      receiptPrinter: receiptPrinterPort,
      documentScanner: scannerPort,
      codeScanner: codePort,
      documentPrinter: a4Port,
      terminalParts: terminalParts.port ?? 0,
      securityCard: securityCardPort,
    },
    idCard: idCardOptions,
    receiptPrinter: receiptPrinterOptions,
    documentScanner: scannerOptions,
    codeScanner: codeOptions,
    documentPrinter: a4Options,
    ...(terminalParts.relays && { relays: terminalParts.relays }),
    securityCard: securityCardOptions,
  });
}
