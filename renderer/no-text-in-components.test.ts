import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { en } from './messages/en.ts';
import { zh } from './messages/zh.ts';

const SPOKEN = new Set(['aria-label', 'title', 'alt', 'placeholder', 'aria-description', 'label']);
const HAN = /\p{Script=Han}/u;

/** Words that stand in a file and not in the catalogues of messages. */
function textsIn(name: string, source: string): readonly string[] {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node) && /\p{L}/u.test(node.text)) found.push(node.text.trim());
    if (
      ts.isJsxAttribute(node) &&
      SPOKEN.has(node.name.getText()) &&
      node.initializer !== undefined &&
      ts.isStringLiteral(node.initializer) &&
      // a key that types X says X
      /\p{L}{2}/u.test(node.initializer.text)
    ) {
      found.push(node.initializer.text);
    }
    if (
      (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) &&
      HAN.test(node.text)
    ) {
      found.push(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) =>
      /\.tsx?$/.test(name) &&
      !/\.(test|d)\.tsx?$/.test(name) &&
      !name.startsWith('messages') &&
      // the words a keyboard offers are data, the same in every language
      !/^(keyboard\/build-pinyin-table|fields\/text-field)\./.test(name),
  );
}

/** Keys of a catalogue, with the places left for values. */
function shapeOf(messages: object, path = ''): readonly string[] {
  return Object.entries(messages).flatMap(([key, value]: [string, unknown]) => {
    const here = path === '' ? key : `${path}.${key}`;
    if (typeof value === 'object' && value !== null) return shapeOf(value, here);
    const places = (String(value).match(/\{\{\w+\}\}/g) ?? []).sort();
    return [`${here} ${places.join(' ')}`];
  });
}

describe('words of the page', () => {
  const folder = import.meta.dirname;
  const files = filesBelow(folder);

  test('all stand in the catalogues of messages, none in a component', () => {
    expect(files.length).toBeGreaterThan(40);
    const found = files.flatMap((name) =>
      textsIn(name, readFileSync(join(folder, name), 'utf8')).map((text) => `${name}: ${text}`),
    );
    expect(found).toEqual([]);
  });

  test('the search finds words where they must not be', () => {
    expect(textsIn('planted.tsx', 'const A = () => <p>Hello</p>;')).toEqual(['Hello']);
    expect(textsIn('planted.tsx', 'const A = () => <b aria-label="Close" />;')).toEqual(['Close']);
    expect(textsIn('planted.tsx', "const a = '你好';")).toEqual(['你好']);
  });

  test('both languages have the same keys, with the same places for values', () => {
    expect(shapeOf(en)).toEqual(shapeOf(zh));
  });

  test('no word is empty, and Chinese never stands in English but for what is meant to', () => {
    const both = ['otherLanguage', 'pinyin', 'example'];
    const walk = (messages: object): readonly string[] =>
      Object.entries(messages).flatMap(([key, value]: [string, unknown]) =>
        typeof value === 'object' && value !== null
          ? key.endsWith('Other')
            ? []
            : walk(value)
          : HAN.test(String(value)) && !both.includes(key) && !key.endsWith('Other')
            ? [key]
            : [],
      );
    expect(walk(en)).toEqual([]);
    expect(shapeOf(zh).filter((line) => line.trim() === '')).toEqual([]);
  });
});
