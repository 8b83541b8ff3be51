import type { Parameter } from './operation.ts';

/** A part of the path. */
export const path = (name: string, text: string, pattern?: string): Parameter => ({
  name,
  in: 'path',
  required: true,
  text,
  ...(pattern === undefined ? {} : { pattern }),
});

/** A word of the query. */
export const query = (name: string, text: string, required = false): Parameter => ({
  name,
  in: 'query',
  required,
  text,
});

/** A number of bytes in a header. */
export const header = (name: string, text: string): Parameter => ({
  name,
  in: 'header',
  required: true,
  pattern: '^[0-9]{1,12}$',
  text,
});

/** A header that may be left out. */
export const optionalHeader = (name: string, text: string): Parameter => ({
  name,
  in: 'header',
  required: false,
  text,
});
