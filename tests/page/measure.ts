import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** Least side of what is touched, in CSS px at 1080 wide. */
const TARGET = 96;
/** Least size of any words; body text is 40. EN 301 549's character height at 600 mm on a 27-inch screen. */
const SMALLEST_TEXT = 32;

/**
 * Everything about the look of a screen that can be measured. Empty when all is well.
 *
 * @param scale - of a window that is smaller than an upright terminal
 */
export async function flaws(page: Page, scale = 1): Promise<readonly string[]> {
  return page.evaluate(
    ({ target, smallest }) => {
      const found: string[] = [];
      const scope = document.querySelector('dialog[open]') ?? document.body;
      const name = (element: Element): string =>
        `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''} «${(element.textContent || element.getAttribute('aria-label') || '').trim().slice(0, 24)}»`;
      const shown = (element: Element): boolean =>
        element.checkVisibility({ opacityProperty: false, visibilityProperty: true }) &&
        element.closest('.only-spoken') === null;

      for (const element of scope.querySelectorAll('button, a, input, select, label.option')) {
        if (!shown(element)) continue;
        // an input that fills its label is measured as the label
        const of = element.matches('input') ? (element.closest('label') ?? element) : element;
        const { width, height } = of.getBoundingClientRect();
        if (width < target - 0.5 || height < target - 0.5) {
          found.push(`small target ${Math.round(width)}x${Math.round(height)}: ${name(of)}`);
        }
      }
      const texts = document.createTreeWalker(scope, NodeFilter.SHOW_TEXT);
      for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
        const element = node.parentElement;
        if (element === null || node.textContent?.trim() === '' || !shown(element)) continue;
        const style = getComputedStyle(element);
        if (parseFloat(style.fontSize) < smallest) {
          found.push(`small text ${style.fontSize}: ${name(element)}`);
        }
        const range = document.createRange();
        range.selectNodeContents(node);
        const box = range.getBoundingClientRect();
        if (box.left < -1 || box.right > window.innerWidth + 1) {
          found.push(
            `text out of the screen (${Math.round(box.left)}–${Math.round(box.right)}): ${name(element)}`,
          );
        }
        const button = element.closest('button, label, .notice, .fact, .badge');
        const outer = button?.getBoundingClientRect();
        if (
          outer &&
          (box.left < outer.left - 1 ||
            box.right > outer.right + 1 ||
            box.top < outer.top - 6 ||
            box.bottom > outer.bottom + 6)
        ) {
          found.push(`text out of its frame: ${name(element)}`);
        }
      }
      for (const element of scope.querySelectorAll('*')) {
        if (element.closest('svg') !== null || !shown(element)) continue;
        const style = getComputedStyle(element);
        if (style.overflowX === 'hidden' && element.scrollWidth > element.clientWidth + 2) {
          found.push(`wider than its place: ${name(element)}`);
        }
      }
      const root = document.documentElement;
      if (root.scrollWidth > window.innerWidth) found.push('the page scrolls sideways');
      return [...new Set(found)];
    },
    { target: TARGET * scale, smallest: SMALLEST_TEXT * scale },
  );
}

/** What axe finds wrong: its rules of WCAG 2.2 AA and of good practice. Empty when all is well. */
export async function axeViolations(page: Page): Promise<readonly string[]> {
  // axe is long: it is handed to a page once, not for every screen of it
  const there = await page.evaluate(() => 'axe' in window);
  const { violations } = await new AxeBuilder({ page, ...(there ? { axeSource: ';' } : {}) })
    .options({ resultTypes: ['violations'] })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    // The page has no frames: spares a second tab for each screen that only joins frames' results.
    .setLegacyMode()
    .analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary ?? ''}`),
  );
}

/** A screen is accessible by axe, and by what is measured: targets, text, nothing cut. */
export async function expectGoodScreen(page: Page, name: string): Promise<void> {
  // soft: one run tells of every screen
  expect.soft(await flaws(page), `what is measured of ${name}`).toEqual([]);
  expect.soft(await axeViolations(page), `axe on ${name}`).toEqual([]);
}
