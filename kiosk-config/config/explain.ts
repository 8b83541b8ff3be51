import { z } from 'zod';
import type { LocalizedText } from '../../domain/text.ts';
import { LAYERS, layerOf, type Layer } from './layers.ts';
import type { ConfigProblem } from './problem.ts';

type Issue = z.core.$ZodIssue;

const KINDS: Readonly<Record<string, LocalizedText>> = {
  string: { zh: '文字', en: 'text' },
  number: { zh: '数字', en: 'a number' },
  int: { zh: '整数', en: 'a whole number' },
  boolean: { zh: 'true 或 false', en: 'true or false' },
  object: { zh: '一组 { } 里的设置', en: 'settings in { }' },
  record: { zh: '一组 { } 里的设置', en: 'settings in { }' },
  array: { zh: '一列 [ ]', en: 'a list in [ ]' },
};

const ANY: LocalizedText = { zh: '说明书里写的值', en: 'a value from the manual' };
/** What a check of ours says is wanted. */
const textSchema = z.object({ zh: z.string(), en: z.string() });

const FORMS = {
  url: {
    zh: '完整网址，如 http://10.0.0.7/eSCL',
    en: 'a whole address such as http://10.0.0.7/eSCL',
  },
  usbHalf: {
    zh: '四位十六进制数，如 lsusb 显示的 0400:c35a 里的 0400',
    en: 'four hex digits such as 0400, of the 0400:c35a that lsusb shows',
  },
  usbPair: {
    zh: '两组四位十六进制数，如 0316:5020',
    en: 'two times four hex digits such as 0316:5020',
  },
  socket: { zh: 'USB 插口，如 1-2.3', en: 'a USB socket such as 1-2.3' },
  other: { zh: '规定格式的文字', en: 'text of the right form' },
} as const satisfies Record<string, LocalizedText>;

/** How a text should look, by the setting it stands in. */
function formOf(path: readonly PropertyKey[]): LocalizedText {
  const last = path.at(-1);
  if (last === 'vendorId' || last === 'productId') return FORMS.usbHalf;
  if (path.includes('alsoIds')) return FORMS.usbPair;
  return last === 'port' ? FORMS.socket : FORMS.other;
}

/** The words that choose between kinds of settings, such as those of a transport. */
function optionsOf(issue: Extract<Issue, { code: 'invalid_union' }>): readonly unknown[] {
  return 'options' in issue && Array.isArray(issue.options) ? issue.options : [];
}

const same = (text: string): LocalizedText => ({ zh: text, en: text });

/** Key names come from the file and could hold anything: only plain ones are repeated. */
function step(key: PropertyKey): string {
  if (typeof key === 'number') return `[${key}]`;
  return /^[\w-]{1,64}$/.test(String(key)) ? `.${String(key)}` : '.?';
}

function pathText(path: readonly PropertyKey[]): string {
  return `$${path.map(step).join('')}`;
}

/** Whether there is nothing at the path: a missing key and a wrong one ask for different remedies. */
function isMissing(value: unknown, path: readonly PropertyKey[]): boolean {
  let at: unknown = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return true;
    at = (at as Record<PropertyKey, unknown>)[key];
  }
  return at === undefined;
}

function unknownKey(key: string, layer: Layer): Pick<ConfigProblem, 'message' | 'remedy'> {
  const other = layerOf(key, layer);
  if (other === undefined) {
    return {
      message: { zh: '没有这个设置项。', en: 'There is no such setting.' },
      remedy: { zh: '请检查拼写，或删去它。', en: 'Check the spelling, or remove it.' },
    };
  }
  const { name, setBy } = LAYERS[other];
  return {
    message: {
      zh: `这个设置项属于${name.zh}，不能写在${LAYERS[layer].name.zh}里。`,
      en: `This setting belongs to ${name.en} and cannot stand in ${LAYERS[layer].name.en}.`,
    },
    remedy: { zh: `${setBy.zh}。`, en: setBy.en },
  };
}

function expected(issue: Issue): LocalizedText {
  switch (issue.code) {
    case 'invalid_type':
      return KINDS[issue.expected] ?? same(issue.expected);
    case 'invalid_value':
      return oneOf(issue.values);
    case 'too_small':
    case 'too_big':
      return bounds(issue);
    case 'invalid_format':
      return issue.format === 'url' ? FORMS.url : formOf(issue.path);
    case 'invalid_union':
      return oneOf(optionsOf(issue));
    case 'custom': {
      const found = textSchema.safeParse(issue.params?.['wanted']);
      return found.success ? found.data : ANY;
    }
    default:
      return ANY;
  }
}

function oneOf(values: readonly unknown[]): LocalizedText {
  const texts = values.map((value) => JSON.stringify(value));
  return texts.length === 0 ? ANY : { zh: texts.join('、'), en: texts.join(' or ') };
}

function bounds(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): LocalizedText {
  const small = issue.code === 'too_small';
  const bound = String(small ? issue.minimum : issue.maximum);
  if (issue.origin === 'string') {
    return small
      ? { zh: `至少 ${bound} 个字`, en: `at least ${bound} character${bound === '1' ? '' : 's'}` }
      : { zh: `最多 ${bound} 个字`, en: `at most ${bound} characters` };
  }
  return small
    ? { zh: `不小于 ${bound} 的数`, en: `a number not below ${bound}` }
    : { zh: `不大于 ${bound} 的数`, en: `a number not above ${bound}` };
}

/** Tells what zod found, in words of ours: where, what, what to do. */
export function explain(
  issues: readonly Issue[],
  value: unknown,
  layer: Layer,
  file: string,
): readonly ConfigProblem[] {
  return issues.flatMap((issue): readonly ConfigProblem[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        file,
        path: pathText([...issue.path, key]),
        ...unknownKey(key, layer),
      }));
    }
    const wanted = expected(issue);
    const missing = isMissing(value, issue.path);
    return [
      {
        file,
        path: pathText(issue.path),
        message: missing
          ? { zh: '缺少这个设置项。', en: 'This setting is missing.' }
          : { zh: '这个设置项的值不对。', en: 'The value of this setting is wrong.' },
        remedy: missing
          ? { zh: `请加上，应为${wanted.zh}。`, en: `Add it: ${wanted.en}.` }
          : { zh: `应为${wanted.zh}。`, en: `It should be ${wanted.en}.` },
      },
    ];
  });
}
