import { z } from 'zod';
import { wanted } from './wanted.ts';

const httpUrl = z.url({ protocol: /^https?$/ });

const settings = z.strictObject({
  /** Everything the terminal keeps lies below it. */
  dataDir: z.string().min(1).default('data/terminal'),
  /** Of the page, on 127.0.0.1; 0 takes any free one. */
  port: z.int().min(0).max(65_535).default(0),
  platformUrl: httpUrl.optional(),
  /**
   * PEM file of the authorities that alone are trusted for the platform; those that Node trusts when absent.
   * Two of them while one follows the other.
   */
  platformCaFile: z.string().min(1).optional(),
  environment: z.enum(['production', 'demo']).default('production'),
  /** Works once, at the first start. */
  enrolmentCode: z.string().min(4).max(200).optional(),
  /** Control plane of the simulators, for the dock; never in production. */
  simulatorsUrl: httpUrl.optional(),
  /** The page's browser sees a film instead of a document camera: one is set up beside the simulators; never in production. */
  simulatedCamera: z.boolean().optional(),
  /** The line is paid by the byte: the platform's policy says when scans go over it. */
  meteredLink: z.boolean().optional(),
  /** The technician's layer; `devices.json` in the data folder when absent. */
  devicesFile: z.string().min(1).optional(),
});

/**
 * Start configuration: what the core must know before it can read anything else. Read by
 * `npm run terminal -- --config FILE`; flags go before the file, the file before the defaults.
 */
export const startSchema = settings.superRefine(({ platformUrl, platformCaFile }, context) => {
  // over http nobody proves to be the platform: an authority that is named would count for nothing
  if (platformCaFile === undefined || platformUrl === undefined) return;
  if (!/^http:/i.test(platformUrl)) return;
  context.addIssue({
    code: 'custom',
    path: ['platformUrl'],
    ...wanted({
      zh: '以 https:// 开头的网址：写了 platformCaFile，http 就没有什么可核对的',
      en: 'an address that begins with https://: with platformCaFile, as http proves nothing by it',
    }),
  });
});

/** What the core starts with. */
export type StartConfig = z.infer<typeof startSchema>;

/** What was given on the command line. */
export type StartFlags = Partial<StartConfig>;

/** The start configuration of a terminal that nobody configured. */
export const DEFAULT_START: StartConfig = startSchema.parse({});
