import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FAULT_IMAGES, FAULT_PICTURES } from '../pictures/device-faults.ts';
import { ROOT } from '../launch/part.ts';

const named = Object.values(FAULT_PICTURES).flat().toSorted();

/** Names that are put together from what is tried: the words of the test, and how a name is made of them. */
const MADE = {
  template: "`printer-${what.replaceAll(' ', '-')}`",
  words: (name: string): string => name.replace(/^printer-/, '').replaceAll('-', ' '),
};

/** Whether a test takes a picture of this very name. */
function isTakenBy(test: string, name: string): boolean {
  return (
    test.includes(`'${name}'`) ||
    (test.includes(MADE.template) && test.includes(`'${MADE.words(name)}'`))
  );
}

it('every picture of a fault is there, is shown with a sentence, and is taken by a test', () => {
  const markdown = readFileSync(join(ROOT, 'docs/when-devices-fail.md'), 'utf8');
  const shown = [
    ...markdown.matchAll(/\| ([^|]+)<br>!\[[^\]]+\]\(images\/faults\/([\w-]+)\.png\)/g),
  ];
  expect(shown.map(([, , name = '']) => name).toSorted()).toEqual(named);
  for (const [, sentence = ''] of shown) expect(sentence.length).toBeGreaterThan(10);
  const files = readdirSync(join(ROOT, FAULT_IMAGES)).map((file) => file.replace(/\.png$/, ''));
  expect(files.toSorted()).toEqual(named);
  for (const [file, names] of Object.entries(FAULT_PICTURES)) {
    expect(existsSync(join(ROOT, file)), file).toBe(true);
    const test = readFileSync(join(ROOT, file), 'utf8');
    for (const name of names) expect(isTakenBy(test, name), name).toBe(true);
  }
});
