/**
 * What may be wrong with a page, for the citizen to decide. Nothing of it stops anybody.
 *
 * - `blurred`: letters run into each other
 * - `tooDark`: ink and paper come too near to each other
 * - `glare`: a light shines on the paper and hides words
 * - `cutCorner`: a corner of the paper is not in the picture
 * - `finger`: something of the colour of skin lies over the rim of the paper
 * - `blank`: nothing is on the page; set aside, not handed in unless the citizen says so
 * - `duplicate`: looks like a page that was given before
 * - `skewed`: lies at an angle that could not be told surely enough to straighten it
 * - `upsideDownUnsure`: may stand on its head
 */
export const pageAdvices = [
  'blank',
  'duplicate',
  'blurred',
  'tooDark',
  'glare',
  'cutCorner',
  'finger',
  'skewed',
  'upsideDownUnsure',
] as const;

/** One thing that may be wrong with a page. */
export type PageAdvice = (typeof pageAdvices)[number];

/** Where a picture of a paper comes from. */
export type PageSource = 'scanner' | 'camera' | 'phone';
