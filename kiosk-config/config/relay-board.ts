import { z } from 'zod';
import { transportSchema } from './transports.ts';
import { wanted } from './wanted.ts';

/** The number of a relay, as it is printed beside its clamps. */
const relay = z.int().min(1).max(8).exactOptional();

/** A relay board of the LCUS kind: guide lights, one a relay. */
export const relayBoardSchema = z.strictObject({
  driver: z.literal('lcusRelays'),
  /** Which relay switches the lamp of which place. */
  lamps: z
    .strictObject({ cardReader: relay, receiptPrinter: relay, scanner: relay, keypad: relay })
    .refine(
      (lamps) => {
        const relays = Object.values(lamps);
        return relays.length > 0 && new Set(relays).size === relays.length;
      },
      wanted({
        zh: '至少一盏灯，每盏灯用不同的继电器编号',
        en: 'at least one lamp, each with a relay of its own',
      }),
    ),
  /** It tells its state when it is sent FF. Most do not: docs/terminal-parts.md says how to try it. */
  answers: z.boolean().default(false),
  transport: transportSchema,
});
