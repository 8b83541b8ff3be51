/** The window of a terminal that stands upright, and who looks at it. */
export const WINDOW = {
  viewport: { width: 1080, height: 1920 },
  hasTouch: true,
  locale: 'zh-CN',
  timezoneId: 'Asia/Shanghai',
} as const;

/** The moving hint of the attract screen keeps a core busy where no graphics card draws. */
export const CALM = { reducedMotion: 'reduce' } as const;
