import { z } from 'zod';
import { partsCommandSchemas } from '../terminal-parts/simulator/command-schema.ts';
import type { SimulatorCommand } from './simulator.ts';

const hex = (mostBytes: number) =>
  z
    .string()
    .max(mostBytes * 2)
    .regex(/^([0-9a-fA-F]{2})*$/, '应为十六进制 / must be hex, two digits a byte');
const source = z.enum(['flatbed', 'feeder']);
const ms = z.int().min(0).max(600_000);
const afterPages = z.int().min(0).max(100).exactOptional();
const afterBytes = z.int().min(0).max(1_000_000).exactOptional();

/** What POST /v1/devices/:id/commands takes: one `SimulatorCommand`, and no key that is not known. */
export const commandSchema: z.ZodType<SimulatorCommand> = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('insertCard'), persona: z.string().min(1).max(60) }),
  z.strictObject({
    do: z.literal('insertRawCard'),
    textHex: hex(4_096),
    photoHex: hex(4_096).exactOptional(),
  }),
  z.strictObject({
    do: z.literal('insertOtherCard'),
    kind: z.enum(['bankCard', 'upsideDown']),
  }),
  z.strictObject({ do: z.literal('removeCard') }),
  z.strictObject({ do: z.literal('noise'), hex: hex(65_536) }),
  z.strictObject({
    do: z.literal('loadPages'),
    source,
    count: z.int().min(0).max(100),
    paper: z.enum(['householdRegister', 'disabilityCertificate', 'bankCard']).exactOptional(),
  }),
  z.strictObject({ do: z.literal('loadPageImage'), source, jpegBase64: z.base64() }),
  z.strictObject({
    do: z.literal('setPaper'),
    paper: z.enum(['full', 'low', 'out']),
    afterBytes,
    afterPages,
  }),
  z.strictObject({ do: z.literal('setCover'), open: z.boolean(), afterBytes, afterPages }),
  z.strictObject({
    do: z.literal('scan'),
    text: z.string().min(1).max(4_096),
    encoding: z.enum(['utf-8', 'gb18030']).exactOptional(),
    symbology: z
      .enum(['qr', 'dataMatrix', 'pdf417', 'code128', 'code39', 'interleaved2of5', 'ean'])
      .exactOptional(),
    pieceBytes: z.int().min(1).max(4_096).exactOptional(),
  }),
  z.strictObject({ do: z.literal('scanRaw'), hex: hex(8_192), ended: z.boolean().exactOptional() }),
  z.strictObject({ do: z.literal('holdJobs'), hold: z.boolean() }),
  z.strictObject({ do: z.literal('answerHtml'), html: z.boolean() }),
  z.strictObject({ do: z.literal('setToner'), percent: z.int().min(0).max(100) }),
  ...partsCommandSchemas,
  z.strictObject({
    do: z.literal('setJam'),
    jammed: z.boolean(),
    afterPages,
    afterBytes,
  }),
  z.strictObject({ do: z.literal('setHead'), hot: z.boolean(), afterBytes }),
  z.strictObject({ do: z.literal('setCutter'), stuck: z.boolean() }),
  z.strictObject({ do: z.literal('takeTicket') }),
  z.strictObject({ do: z.literal('setDelay'), ms }),
  z.strictObject({ do: z.literal('setReadTime'), ms }),
  z.strictObject({ do: z.literal('dropLine'), forMs: ms.exactOptional(), afterBytes }),
  z.strictObject({ do: z.literal('setBusy'), busy: z.boolean() }),
  z.strictObject({ do: z.literal('failNext'), times: z.int().min(0).max(1_000).exactOptional() }),
  z.strictObject({ do: z.literal('setMute'), mute: z.boolean(), afterBytes }),
]);
