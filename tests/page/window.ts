import { LOCALES, type Locale } from '../../domain/text.ts';

/** The window of a terminal that stands upright, and who looks at it. */
export const WINDOW = {
  viewport: { width: 1080, height: 1920 },
  hasTouch: true,
  locale: 'zh-CN',
  timezoneId: 'Asia/Shanghai',
} as const;

/** The moving hint of the attract screen keeps a core busy where no graphics card draws. */
export const CALM = { reducedMotion: 'reduce' } as const;

/** Everything is looked at, not only what the quick tests have time for. */
export const FULL = process.env['BIANMIN_TESTS'] === 'full';

/** The languages in which screens are looked at: the quick tests leave the English to the full ones. */
export const LOOKED_AT_LOCALES: readonly Locale[] = FULL ? LOCALES : ['zh'];
