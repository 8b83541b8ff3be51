/**
 * Shapes of data that came from outside: a small structural check, for domain imports no package.
 * A shape tells the paths at which a value is not what it should be.
 */
export type Shape = (value: unknown, path: string, wrong: (path: string) => void) => void;

/** A value for which the test holds. */
export function that(test: (value: unknown) => boolean): Shape {
  return (value, path, wrong) => {
    if (!test(value)) wrong(path);
  };
}

/** Any text but an empty one. */
export const text = that((value) => typeof value === 'string' && value.trim() !== '');

/** True or false. */
export const flag = that((value) => typeof value === 'boolean');

/** A whole number from 0 on. */
export const count = that((value) => Number.isSafeInteger(value) && Number(value) >= 0);

/** A text that fits. */
export function matching(pattern: RegExp): Shape {
  return that((value) => typeof value === 'string' && pattern.test(value));
}

/** One of these values. */
export function oneOf(...values: readonly unknown[]): Shape {
  return that((value) => values.includes(value));
}

/** A list; `least` entries or more. */
export function list(entry: Shape, least = 0): Shape {
  return (value, path, wrong) => {
    if (!Array.isArray(value) || value.length < least) {
      wrong(path);
      return;
    }
    value.forEach((each: unknown, at) => {
      entry(each, `${path}[${at}]`, wrong);
    });
  };
}

/** What the shape says, or nothing at all. */
export function optional(shape: Shape): Shape {
  return (value, path, wrong) => {
    if (value !== undefined) shape(value, path, wrong);
  };
}

/** Whether a value is an object with members, no list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object with these members. Unknown ones are wrong only with `closed`. */
export function object(
  members: Readonly<Record<string, Shape>>,
  options: { readonly closed?: boolean } = {},
): Shape {
  return (value, path, wrong) => {
    if (!isRecord(value)) {
      wrong(path);
      return;
    }
    for (const [name, shape] of Object.entries(members)) {
      shape(Object.hasOwn(value, name) ? value[name] : undefined, `${path}.${name}`, wrong);
    }
    if (options.closed !== true) return;
    for (const name of Object.keys(value)) {
      if (!Object.hasOwn(members, name)) wrong(`${path}.${name}`);
    }
  };
}

/** An object used as a map. */
export function mapOf(entry: Shape): Shape {
  return (value, path, wrong) => {
    if (!isRecord(value)) {
      wrong(path);
      return;
    }
    for (const [name, each] of Object.entries(value)) entry(each, `${path}.${name}`, wrong);
  };
}

/** A text in both languages, neither empty. */
export const bothLanguages = object({ zh: text, en: text }, { closed: true });
