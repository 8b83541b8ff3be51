import { z } from 'zod';
import { KEY_NAMES } from '../contract.ts';

const key = z.enum(KEY_NAMES);

/** The members that `PartsSimulatorCommand` adds to the schema of commands of the control plane. */
export const partsCommandSchemas = [
  z.strictObject({ do: z.literal('pressKey'), key }),
  z.strictObject({ do: z.literal('setKey'), key, down: z.boolean() }),
  z.strictObject({ do: z.literal('pressCall') }),
  z.strictObject({ do: z.literal('setCall'), down: z.boolean() }),
  z.strictObject({ do: z.literal('setHeadphones'), plugged: z.boolean() }),
  z.strictObject({ do: z.literal('setPresence'), near: z.boolean() }),
  z.strictObject({ do: z.literal('setDoor'), open: z.boolean() }),
  z.strictObject({
    do: z.literal('setPower'),
    mains: z.enum(['on', 'lost']),
    battery: z.enum(['ok', 'low']).exactOptional(),
  }),
  z.strictObject({
    do: z.literal('restartBoard'),
    forMs: z.int().min(0).max(600_000).exactOptional(),
  }),
  z.strictObject({ do: z.literal('spoilLines'), times: z.int().min(0).max(1_000).exactOptional() }),
  z.strictObject({
    do: z.literal('sendBody'),
    body: z
      .string()
      .max(240)
      .regex(/^[^<>*\P{ASCII}\p{Cc}]*$/u),
  }),
  z.strictObject({ do: z.literal('setRelay'), channel: z.int().min(1).max(8), on: z.boolean() }),
] as const;
