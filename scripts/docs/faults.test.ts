import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { FAULT_CLASSES, FAULTS, type FaultCode } from '../../domain/device/fault-catalogue.ts';
import type { FaultEntry } from '../../domain/device/fault-entry.ts';
import { LOCALES, type LocalizedText } from '../../domain/text.ts';
import { classOf, codesOf, faultManual } from './fault-manual.ts';

const file = join(import.meta.dirname, '..', '..', 'docs', 'faults.md');
const entries = Object.entries(FAULTS) as [FaultCode, FaultEntry][];

/** Long enough to say something, short enough for a screen or a step. */
const LONGEST = { message: { zh: 48, en: 150 }, other: { zh: 110, en: 260 } } as const;

function textsOf({ message, meaning, steps }: FaultEntry): readonly [string, LocalizedText][] {
  return [
    ['message', message],
    ['meaning', meaning],
    ...steps.staff.map((step, i): [string, LocalizedText] => [`steps.staff.${i}`, step]),
    ...steps.technician.map((step, i): [string, LocalizedText] => [`steps.technician.${i}`, step]),
  ];
}

describe('the fault manual', () => {
  it('in docs/faults.md is that of the catalogue (node scripts/node24.mjs scripts/docs/write-faults.ts)', async () => {
    const options = await resolveConfig(file);
    const now = await format(faultManual(), { ...options, parser: 'markdown' });
    expect(await readFile(file, 'utf8')).toBe(now);
  });

  it('has every code once, under its own anchor, and every link leads somewhere', () => {
    const manual = faultManual();
    const anchors = [...manual.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id);
    expect(new Set(anchors).size).toBe(anchors.length);
    expect(anchors.toSorted()).toEqual(
      [...Object.keys(FAULT_CLASSES), ...Object.keys(FAULTS)].toSorted(),
    );
    for (const [, link] of manual.matchAll(/\]\(#([^)]+)\)/g)) expect(anchors).toContain(link);
  });
});

describe.each(entries)('%s', (code, entry) => {
  it.each(textsOf(entry))('says its %s in Chinese and in English', (name, text) => {
    for (const locale of LOCALES) expect(text[locale].trim()).toBe(text[locale]);
    expect(text.zh).toMatch(/\p{Script=Han}{2}/u);
    expect(text.en).toMatch(/[A-Za-z]{2}/);
    expect(text.en).not.toMatch(/[\p{Script=Han}，。；：、（）「」]/u);
    // whole sentences: what was cut off must not stand on a screen
    expect(text.zh).toMatch(/[。？]$/u);
    expect(text.en).toMatch(/[.?]$/);
    const longest = name === 'message' ? LONGEST.message : LONGEST.other;
    expect(Array.from(text.zh).length).toBeLessThanOrEqual(longest.zh);
    expect(text.en.length).toBeLessThanOrEqual(longest.en);
  });

  it('tells citizens what happened and what to do now', () => {
    expect(entry.message.zh).toMatch(/请|可以/u);
    expect(entry.message.en).toMatch(/please|ask|go to|try|touch/i);
  });

  it('is a word that a person could guess, of a class that has a name', () => {
    expect(code).toMatch(/^[a-z][A-Za-z]+\.[a-z][A-Za-z]+$/);
    expect(Object.keys(FAULT_CLASSES)).toContain(classOf(code));
  });
});

it.each(Object.keys(FAULT_CLASSES) as (keyof typeof FAULT_CLASSES)[])(
  'no two faults of %s are told in the same words',
  (faultClass) => {
    const codes = codesOf(faultClass);
    expect(codes.length).toBeGreaterThan(0);
    for (const locale of LOCALES) {
      const words = codes.map((code) => FAULTS[code].message[locale]);
      expect(new Set(words).size).toBe(words.length);
      const meanings = codes.map((code) => FAULTS[code].meaning[locale]);
      expect(new Set(meanings).size).toBe(meanings.length);
    }
  },
);
