import type { Story, StoryEvent } from '../simulation/story.ts';
import { DELIVERY_BUGS } from './delivery-bugs.ts';
import { SIMULATION, type SeededBug } from './seeded-bug.ts';

/**
 * A bug that breaks no promise, because something else stands behind the place. The proof is a story that is played
 * three times: all is well with the bug alone and with the guard alone taken out, and not with both.
 */
export interface GuardedBug {
  readonly bug: SeededBug;
  /** Takes the guard out: a bug that is found by itself elsewhere. */
  readonly guard: SeededBug;
  /** Why nobody is harmed. */
  readonly why: string;
  readonly story: Story;
}

const tests = [SIMULATION];
const HOUR = 3_600_000;
const MINUTE = 60_000;

function known(id: string): SeededBug {
  const bug = DELIVERY_BUGS.find((each) => each.id === id);
  if (!bug) throw new RangeError(`no such bug: ${id}`);
  return bug;
}

const submit = (at: number): StoryEvent => ({
  ...{ at, type: 'submit', terminal: 0, papers: [5_000, 17_000], twice: false, age: false },
});

/** A start asks the platform at once; whoever looks makes it do something, so that it loses its power now. */
const askedAt = (at: number): readonly StoryEvent[] => [
  { at, type: 'crash', terminal: 0, after: 0, again: null, downMs: 5 * MINUTE },
  { at, type: 'look', terminal: 0 },
];

/** A portal is in the way while four people hand something in. */
const PORTAL: Story = {
  seed: 'portal 3',
  terminals: 1,
  days: 1,
  events: [
    { at: 9 * HOUR, type: 'weather', terminal: 0, weather: 'captive', forMs: 4 * HOUR },
    ...[1, 2, 3, 4].map((n) => submit(9 * HOUR + n * 20 * MINUTE)),
  ],
};

/** The terminal was told what the backup has; then the platform comes back from it and has less. */
const CAME_BACK: Story = {
  seed: 'came back',
  terminals: 1,
  days: 1,
  events: [
    submit(9 * HOUR),
    // what is asked makes the platform review what came, so that nothing is left to be told after the restore
    ...askedAt(9.5 * HOUR),
    { at: 10 * HOUR, type: 'archive' },
    ...askedAt(10.5 * HOUR),
    submit(12 * HOUR),
    { at: 14 * HOUR, type: 'restore' },
  ],
};

/** Bugs that are harmless, with the proof. */
export const GUARDED_BUGS: readonly GuardedBug[] = [
  {
    bug: {
      id: 'any-200-is-whole',
      what: 'any answer with status 200 counts as an attachment that is whole',
      file: 'main/core/sync/send-attachment.ts',
      find: '      const progress = status === 200 ? readJson(body, attachmentProgress) : undefined;',
      replace:
        "      const progress = status === 200 ? (readJson(body, attachmentProgress) ?? { result: 'stored' as const, sha256: attachment.sha256, offset: attachment.size, complete: true }) : undefined;",
      tests,
    },
    guard: known('platform-attachments-unasked'),
    why: 'the platform takes no envelope before it has every attachment that its header names, and the terminal begins them anew',
    story: PORTAL,
  },
  {
    bug: {
      id: 'watermark-forgotten',
      what: 'the watermark of the last look is not kept',
      file: 'main/core/sync/feed.ts',
      find: "  if (archivedThrough !== before) writeNumber(db, 'archivedThrough', archivedThrough);\n",
      replace: '',
      tests,
    },
    guard: known('last-cursor-untold'),
    why: 'the feed also tells the highest cursor given out, and one lower than the terminal was given says the same; only a platform that does not tell it needs the watermark kept',
    story: CAME_BACK,
  },
];
