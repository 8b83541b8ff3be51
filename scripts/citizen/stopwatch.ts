import type { Page } from 'playwright-core';

/** When what happened on the screen around a submit, in ms of the wall clock. */
export interface SubmitMoments {
  /** The finger left the button that submits, and the button took it. */
  readonly touched: number;
  /** The frame was drawn that says that it is being stored, or what came after. */
  readonly answered: number;
  /** The frame with the receipt was drawn. */
  readonly receipt: number;
  /** The frame was drawn that says what came of the paper. */
  readonly printed: number;
}

interface Frame {
  readonly step: string | null;
  readonly print: string | null;
  readonly at: number;
}

interface Stopwatch {
  touched: number | undefined;
  readonly frames: Frame[];
}

type Watched = typeof globalThis & { submitStopwatch?: Stopwatch };

/**
 * Begins to watch, in the page itself: whoever drives the page looks at it every now and then, and waits before it
 * touches, up to a second in all, until a button takes touches.
 */
export async function watchSubmit(page: Page): Promise<void> {
  await page.evaluate(() => {
    const watch: Stopwatch = { touched: undefined, frames: [] };
    (globalThis as Watched).submitStopwatch = watch;
    const onClick = (event: Event): void => {
      const button = event.target instanceof Element && event.target.closest('.footer-next button');
      if (!button || button.getAttribute('aria-disabled') === 'true') return;
      // the click is told late when the page is busy: its own time counts
      watch.touched ??= Date.now() - (performance.now() - event.timeStamp);
    };
    addEventListener('click', onClick, { capture: true });
    let last = '';
    const look = (): void => {
      const screen = document.querySelector('.screen');
      const step = screen?.getAttribute('data-step') ?? null;
      const print = screen?.getAttribute('data-print') ?? null;
      if (last === `${String(step)} ${String(print)}`) return;
      last = `${String(step)} ${String(print)}`;
      requestAnimationFrame(() => {
        // a message is delivered when the frame is done
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => watch.frames.push({ step, print, at: Date.now() });
        port2.postMessage(null);
      });
    };
    new MutationObserver(look).observe(document.body, {
      subtree: true,
      childList: true,
      attributeFilter: ['data-step', 'data-print'],
    });
  });
}

/**
 * What was seen since `watchSubmit`. Waits for the frame that says what came of the paper.
 * @throws Error when the button was not touched
 */
export async function submitMoments(page: Page): Promise<SubmitMoments> {
  const ended = await page.waitForFunction(
    () => {
      const watch = (globalThis as Watched).submitStopwatch;
      const frames = watch?.frames.filter(({ at }) => at >= (watch.touched ?? Infinity)) ?? [];
      const receipts = frames.filter(({ step }) => step === 'receipt');
      const answered = frames.find(({ step }) => step === 'submitting') ?? receipts[0];
      const printed = receipts.find(({ print }) => print !== 'none' && print !== 'printing');
      return printed && { touched: watch?.touched, answered, receipts, printed };
    },
    undefined,
    { timeout: 60_000 },
  );
  const seen = await ended.jsonValue();
  const [receipt] = seen?.receipts ?? [];
  if (seen?.touched === undefined || seen.answered === undefined || receipt === undefined)
    throw new Error('nothing was submitted by a touch');
  return {
    touched: seen.touched,
    answered: seen.answered.at,
    receipt: receipt.at,
    printed: seen.printed.at,
  };
}
