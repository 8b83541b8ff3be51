import type { SeededBug } from './seeded-bug.ts';

const PAGES = ['domain/page-image', 'main/core/materials', 'tests/page-images'];

/** Bugs in what finds, straightens and judges pages. */
export const PAGE_BUGS: readonly SeededBug[] = [
  {
    id: 'page-mirrored',
    what: 'the corners of a paper go the other way round, so that it comes out mirrored',
    file: 'domain/page-image/find-page.ts',
    find: '? { corners: [ac, cb, bd, da], sides: [C, B, D, A] }\n        : { corners: [ac, da, bd, cb], sides: [A, D, B, C] };',
    replace:
      '? { corners: [ac, da, bd, cb], sides: [A, D, B, C] }\n        : { corners: [ac, cb, bd, da], sides: [C, B, D, A] };',
    tests: PAGES,
  },
  {
    id: 'page-scale-forgotten',
    what: 'corners are told in pixels of the small picture',
    file: 'main/core/materials/straighten.ts',
    find: 'x: (x + 0.5) * scale - 0.5,',
    replace: 'x,',
    tests: PAGES,
  },
  {
    id: 'page-unsure-cut',
    what: 'what is not surely a paper is cut out all the same',
    file: 'main/core/materials/straighten.ts',
    find: "found.confidence >= (source === 'scanner' ? SURE_SCANNER : SURE)",
    replace: 'found.confidence >= 0',
    tests: PAGES,
  },
  {
    id: 'page-skew-sign',
    what: 'a crooked page is turned the wrong way',
    file: 'domain/page-image/skew.ts',
    find: 'return { degrees: best.degrees, clearness',
    replace: 'return { degrees: -best.degrees, clearness',
    tests: PAGES,
  },
  {
    id: 'page-warp-channels',
    what: 'red and blue are exchanged when a page is straightened',
    file: 'domain/page-image/warp.ts',
    find: '((redBlue >>> 8) & PAIR)',
    replace: '((redBlue >>> 24) | ((redBlue & 0xff00) << 8))',
    tests: PAGES,
  },
  {
    id: 'page-quarter-off-by-one',
    what: 'a turned page loses a column',
    file: 'domain/page-image/warp.ts',
    find: '? height - 1 - y',
    replace: '? height - y',
    tests: PAGES,
  },
  {
    id: 'page-glare-anywhere',
    what: 'paper that is white all over counts as shining',
    file: 'domain/page-image/quality.ts',
    find: 'if (blocks.length < 16 || paperLevel(blocks) > 238) return 0;',
    replace: 'if (blocks.length < 16) return 0;',
    tests: PAGES,
  },
  {
    id: 'page-blur-missed',
    what: 'any picture counts as sharp',
    file: 'domain/page-image/quality.ts',
    find: 'return Math.min(...told.map((values) => quantile(values, 0.7)));',
    replace: 'return Math.max(...told.map((values) => quantile(values, 1)));',
    tests: PAGES,
  },
  {
    id: 'page-dark-missed',
    what: 'a dark picture counts as bright',
    file: 'domain/page-image/quality.ts',
    find: 'return blocks.length === 0 ? 0 : 1 - paperLevel(blocks) / 255;',
    replace: 'return blocks.length === 0 ? 0 : paperLevel(blocks) / 255;',
    tests: PAGES,
  },
  {
    id: 'page-corner-missed',
    what: 'a corner outside the picture is not told',
    file: 'domain/page-image/quality.ts',
    find: 'return [cut(quad[0]), cut(quad[1]), cut(quad[2]), cut(quad[3])];',
    replace: 'return [cut(quad[0]), cut(quad[1]), cut(quad[2]), false];',
    tests: PAGES,
  },
  {
    id: 'page-duplicate-anything',
    what: 'two forms that were filled in differently count as one page',
    file: 'domain/page-image/fingerprint.ts',
    find: 'worst = Math.max(worst, differ / (ink + 1200));',
    replace: 'worst = Math.max(worst, differ / (ink + 120000));',
    tests: PAGES,
  },
  {
    id: 'page-duplicate-none',
    what: 'a page that lies elsewhere is not known again',
    file: 'domain/page-image/fingerprint.ts',
    find: 'const field = row + Math.floor(((x - wide.from) * COLUMNS) / wide.length);',
    replace: 'const field = row + Math.floor((x * COLUMNS) / width);',
    tests: PAGES,
  },
];
