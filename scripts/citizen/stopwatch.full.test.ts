import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../../tests/support/chromium.ts';
import { submitMoments, watchSubmit } from './stopwatch.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

/** A button that takes no touch at first, and screens that follow it; each tells when it was there. */
const PAGE = `
<div class="screen" data-step="review">
  <div class="footer-next"><button aria-disabled="true">submit</button></div>
</div>
<script>
  const screen = document.querySelector('.screen');
  const button = document.querySelector('button');
  window.told = {};
  const go = (name, step, print) => {
    told[name] = Date.now();
    screen.dataset.step = step;
    if (print) screen.dataset.print = print;
  };
  const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  setTimeout(() => {
    told.pressable = Date.now();
    button.removeAttribute('aria-disabled');
  }, 700);
  button.addEventListener('click', async () => {
    if (button.ariaDisabled === 'true' || told.touched !== undefined) return;
    told.touched = Date.now();
    await later(50);
    go('answered', 'submitting');
    await later(150);
    go('receipt', 'receipt', 'printing');
    await later(150);
    go('printed', 'receipt', 'printed');
  });
</script>`;

it('a submit is counted from the touch that the button took, and each screen from the frame that shows it', async () => {
  const page = await browser.newPage({ hasTouch: true });
  await page.setContent(PAGE);
  await watchSubmit(page);
  // a touch that the button does not take is none
  await page.evaluate('button.click()');
  await page.locator('.footer-next button').tap();
  const moments = await submitMoments(page);
  const told = await page.evaluate<Record<string, number>>('told');
  const { pressable = NaN, touched = NaN, answered = NaN, receipt = NaN, printed = NaN } = told;
  // in the order in which they happened: what the walker waited for before is not counted
  const order = [
    pressable,
    moments.touched,
    touched + 1,
    moments.answered,
    receipt,
    moments.receipt,
    printed,
    moments.printed,
  ];
  expect(answered).toBeLessThanOrEqual(moments.answered);
  expect(order).toEqual(order.toSorted((a, b) => a - b));
});
