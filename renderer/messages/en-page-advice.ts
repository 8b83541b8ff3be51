import type { PageAdviceMessages } from './zh-page-advice.ts';

/** Words on what may be wrong with a page, in English. */
export const enPageAdvice: PageAdviceMessages = {
  blurred: 'A little blurred: the words may be hard to read.',
  tooDark: 'Too dark: the words may be hard to read.',
  glare: 'A light shines on it and hides some words.',
  cutCorner: 'A corner of the paper is not in the picture.',
  finger: 'A finger seems to cover the edge of the paper.',
  blank: 'This page is blank.',
  duplicate: 'This page seems to be here already. Did it go in twice?',
  skewed: 'It is not straight. Please look whether all the words are there.',
  upsideDownUnsure: 'It may be upside down. Please have a look.',
  aside: 'This page is blank. It was set aside and will not be handed in.',
  again: 'Scan again',
  againPhoto: 'Delete and take again',
  againNamed: 'Scan page {{n}} of “{{name}}” again',
  againPhotoNamed: 'Delete page {{n}} of “{{name}}” and take it again',
  keep: 'Keep it',
  keepNamed: 'Keep page {{n}} of “{{name}}” as it is',
  keepAside: 'Hand this page in too',
  keepAsideNamed: 'Hand page {{n}} of “{{name}}” in too',
};
