/**
 * `npm run platform -- --port N --data DIR [--config FILE] [--new-keys] [--die-with-parent]`: the reference platform
 * alone, with the demo catalogue. Prints one JSON line when it serves; its log goes to stderr.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { z } from 'zod';
import { checkCatalogue } from '../domain/catalogue/check-catalogue.ts';
import { LEAST_AUDIT_DAYS } from '../domain/wire/audit.ts';
import {
  DEMO_ENROLMENT_CODE,
  DEMO_HALL,
  DEMO_POLICY,
  demoCatalogue,
  problemText,
  readPolicy,
} from '../kiosk-config/index.ts';
import {
  type PlatformOptions,
  PlatformOptionsError,
  type RunningPlatform,
  startPlatform,
} from '../platform/main.ts';
import { KeysRefused } from '../platform/published-keys.ts';
import { consoleRoles } from '../platform/storage/port.ts';
import { StorageError } from '../platform/storage/sqlite/migrations.ts';

const USAGE =
  'npm run platform -- [--port N] [--host ADDRESS] [--data DIR] [--config FILE] [--new-keys] [--die-with-parent]';

/** Members of --config FILE, all optional. docs/platform-contract.md tells what they mean. */
const configSchema = z.strictObject({
  environment: z.enum(['production', 'demo']).default('demo'),
  publicUrl: z.url({ protocol: /^https?$/ }).optional(),
  trustedProxies: z.array(z.string()).default([]),
  catalogueFile: z.string().optional(),
  policy: z.record(z.string(), z.unknown()).optional(),
  enrolmentCodes: z
    .array(
      z.strictObject({
        code: z.string().min(4),
        region: z.string().regex(/^\d{9}$/),
        terminal: z.string().regex(/^\d{3}$/),
        reusable: z.boolean().default(false),
      }),
    )
    .optional(),
  users: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(100),
        role: z.enum(consoleRoles),
        password: z.string().min(12),
      }),
    )
    .optional(),
  archiveEveryMs: z.int().min(0).optional(),
  auditDays: z.int().min(LEAST_AUDIT_DAYS).optional(),
  limits: z
    .strictObject({
      attachmentBytes: z.int().min(1024).optional(),
      envelopeBytes: z.int().min(1024).optional(),
      requestsPerMinute: z.int().min(1).optional(),
    })
    .default({}),
});
type Config = z.output<typeof configSchema>;

const DEMO_USERS: NonNullable<PlatformOptions['users']> = [
  { name: 'clerk', role: 'clerk', password: 'clerk-demo-2026' },
  { name: 'auditor', role: 'auditor', password: 'auditor-demo-2026' },
  { name: 'operator', role: 'operator', password: 'operator-demo-2026' },
];

/** A command line or a file that cannot be used; the message says what to write instead. */
class Unusable extends Error {}

function readArguments() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        port: { type: 'string', default: '0' },
        host: { type: 'string', default: '127.0.0.1' },
        data: { type: 'string', default: 'data/platform' },
        config: { type: 'string' },
        'new-keys': { type: 'boolean', default: false },
        'die-with-parent': { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw new Unusable(error instanceof Error ? error.message : String(error));
  }
  if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535) {
    throw new Unusable('--port 应是 0 到 65535 的整数 / must be a whole number from 0 to 65535');
  }
  return { ...values, port: Number(values.port) };
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Unusable(`${file} 读不出来 / cannot be read: ${why}`);
  }
}

async function readConfig(file: string | undefined): Promise<Config> {
  const read = configSchema.safeParse(file === undefined ? {} : await readJson(file));
  if (read.success) return read.data;
  throw new Unusable(`${file ?? ''} 不对 / is wrong:\n${z.prettifyError(read.error)}`);
}

async function readCatalogue(file: string | undefined) {
  if (file === undefined) return demoCatalogue();
  const checked = checkCatalogue(await readJson(file));
  if (checked.ok) return checked.catalogue;
  const places = checked.problems.map(({ code, path }) => `  ${code}: ${path}`);
  throw new Unusable(`${file} 不能发布 / cannot be published:\n${places.join('\n')}`);
}

/**
 * What is published as policy; nothing where production has none. Terminals take no setting that is wrong, and go
 * without words that they do not know: here both are mistakes.
 */
function policyOf({ environment, policy }: Config): PlatformOptions['policy'] {
  if (policy === undefined) return environment === 'demo' ? DEMO_POLICY : undefined;
  // earlier terminals ask for this word
  const content = { environment, ...policy };
  const read = readPolicy(content);
  if (!read.ok) {
    throw new Unusable(read.error.map(problemText).join('\n'));
  }
  const { unknownWords } = read.value;
  if (unknownWords.length > 0) {
    const words = unknownWords.join(', ');
    throw new Unusable(`policy: ${words} 没有这个设置项 / there is no such setting`);
  }
  if (environment === 'production' && read.value.policy.environment === 'demo') {
    throw new Unusable(
      'policy $.environment 正式环境不能用演示策略 / a policy of demonstrations is refused in production',
    );
  }
  return content;
}

function withoutUndefined<T extends object>(value: T) {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

async function start(): Promise<{ platform: RunningPlatform; dieWithParent: boolean }> {
  const options = readArguments();
  const config = await readConfig(options.config);
  const isDemo = config.environment === 'demo';
  const users = config.users ?? (isDemo ? DEMO_USERS : []);
  const policy = policyOf(config);
  const crashAt = process.env['BIANMIN_CRASH_AT'];
  const platform = await startPlatform({
    dataDir: options.data,
    port: options.port,
    host: options.host,
    environment: config.environment,
    newKeys: options['new-keys'],
    catalogue: await readCatalogue(config.catalogueFile),
    users,
    enrolmentCodes:
      config.enrolmentCodes ??
      (isDemo
        ? [
            {
              code: DEMO_ENROLMENT_CODE,
              region: DEMO_HALL.region,
              terminal: DEMO_HALL.terminal,
              reusable: true,
            },
          ]
        : []),
    trustedProxies: config.trustedProxies,
    limits: withoutUndefined(config.limits),
    log: pino(
      { level: process.env['LOG_LEVEL'] ?? 'info' },
      pino.destination({ dest: 2, sync: true }),
    ),
    ...(policy === undefined ? {} : { policy }),
    ...(config.publicUrl === undefined ? {} : { publicUrl: config.publicUrl }),
    ...(config.archiveEveryMs === undefined ? {} : { archiveEveryMs: config.archiveEveryMs }),
    ...(config.auditDays === undefined ? {} : { auditDays: config.auditDays }),
    ...(crashAt === undefined ? {} : { crashAt }),
  });
  const ready = {
    ready: true,
    part: 'platform',
    url: platform.url,
    console: `${platform.url}/console`,
    docs: `${platform.url}/docs`,
    contract: `${platform.url}/openapi.json`,
    adminTokenFile: platform.adminTokenFile,
    ageIdentityFile: platform.ageIdentityFile,
    // passwords of demonstrations only: those of a configuration are not repeated
    users: config.users ? [] : users.map(({ name, role, password }) => ({ name, role, password })),
  };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  return { platform, dieWithParent: options['die-with-parent'] };
}

function stopWhenAsked(platform: RunningPlatform, dieWithParent: boolean): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    platform.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (dieWithParent) {
    process.stdin.on('end', stop).on('close', stop).resume();
  }
}

try {
  const { platform, dieWithParent } = await start();
  stopWhenAsked(platform, dieWithParent);
} catch (error) {
  const known =
    error instanceof Unusable ||
    error instanceof PlatformOptionsError ||
    error instanceof StorageError ||
    error instanceof KeysRefused ||
    error instanceof RangeError;
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (known) process.stderr.write(`${error.message}\n${USAGE}\n`);
  else if (code === 'EADDRINUSE' || code === 'EACCES') {
    process.stderr.write(`端口用不了 / the port cannot be used: ${code}\n${USAGE}\n`);
  } else process.stderr.write(`${error instanceof Error ? String(error.stack) : String(error)}\n`);
  process.exit(known || code === 'EADDRINUSE' || code === 'EACCES' ? 2 : 1);
}
