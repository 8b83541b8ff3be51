import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FAULT_IMAGES, FAULT_PICTURES } from '../pictures/device-faults.ts';
import { ROOT } from '../launch/part.ts';

const named = Object.values(FAULT_PICTURES).flat().toSorted();

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
    // some names are put together from what is tried
    for (const name of names) expect(test).toContain(name.split('-')[0]);
  }
});
