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

/**
 * The languages in which the lesser screens are looked at: the quick tests leave the English of them to the full
 * ones. The screens on everybody's way are looked at in both, always.
 */
export const LESSER_LOCALES: readonly Locale[] =
  process.env['BIANMIN_TESTS'] === 'full' ? LOCALES : ['zh'];
