import type { LocalizedText } from '../text.ts';

/** What a technician calls each thing that hardware says of itself. */
export const HARDWARE_NAMES = {
  maker: { zh: '厂家', en: 'Maker' },
  model: { zh: '型号', en: 'Model' },
  firmware: { zh: '固件', en: 'Firmware' },
  serialNumber: { zh: '序列号', en: 'Serial number' },
  samId: { zh: '安全模块号', en: 'Security module' },
} as const satisfies Readonly<Record<string, LocalizedText>>;

/** Something that hardware says of itself. */
export type HardwareWord = keyof typeof HARDWARE_NAMES;

/** In the order in which they are shown. */
export const HARDWARE_WORDS = Object.keys(HARDWARE_NAMES) as readonly HardwareWord[];
