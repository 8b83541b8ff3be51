import { z } from 'zod';
import type { LocalizedText } from '../../domain/text.ts';
import { devicesSchema } from './devices.ts';
import { policySchema } from './policy.ts';
import { startSchema } from './start.ts';

/** Layers of configuration; none can set a key of another. */
export const LAYERS = {
  start: {
    schema: startSchema,
    name: { zh: '启动配置（start）', en: 'the start configuration' },
    setBy: { zh: '写在 --config 指定的文件里', en: 'Put it into the file given with --config.' },
  },
  policy: {
    schema: policySchema,
    name: { zh: '平台策略（policy）', en: 'the policy layer' },
    setBy: {
      zh: '由平台签名下发，本机不能设，请删去这一项',
      en: 'Only the platform sets it, with its signature. Remove it here.',
    },
  },
  devices: {
    schema: devicesSchema,
    name: { zh: '本机设备（devices）', en: 'the devices layer' },
    setBy: {
      zh: '由技术员在本机设备配置里设',
      en: 'The technician sets it in the device configuration of the terminal.',
    },
  },
} as const satisfies Record<
  string,
  { schema: z.ZodType; name: LocalizedText; setBy: LocalizedText }
>;

/** Name of a layer. */
export type Layer = keyof typeof LAYERS;

/** What each layer holds once it is read. */
export interface LayerConfig {
  start: z.infer<typeof startSchema>;
  policy: z.infer<typeof policySchema>;
  devices: z.infer<typeof devicesSchema>;
}

function keysOf(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([keyword, value]: [string, unknown]) => {
    const below: readonly unknown[] =
      typeof value === 'object' && value !== null ? Object.values(value) : [];
    if (keyword === 'properties') {
      return [...Object.keys(value as object), ...below.flatMap(keysOf)];
    }
    return Array.isArray(value) ? below.flatMap(keysOf) : keysOf(value);
  });
}

const KEYS: ReadonlyMap<Layer, ReadonlySet<string>> = new Map(
  (Object.keys(LAYERS) as Layer[]).map((layer) => [
    layer,
    new Set(keysOf(z.toJSONSchema(LAYERS[layer].schema, { io: 'input' }))),
  ]),
);

/** The other layer that has a key of this name, at whatever depth. */
export function layerOf(key: string, notThisOne: Layer): Layer | undefined {
  for (const [layer, keys] of KEYS) {
    if (layer !== notThisOne && keys.has(key)) return layer;
  }
  return undefined;
}
