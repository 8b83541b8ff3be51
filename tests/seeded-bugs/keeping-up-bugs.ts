import type { SeededBug } from './seeded-bug.ts';

const FEED = 'main/core/sync/feed.ts';
const BUNDLES = 'main/core/sync/poll-bundles.ts';

/** Bugs in asking the platform round after round, and in trying again. */
const ROUND_BUGS: readonly SeededBug[] = [
  {
    id: 'bundle-ends-round',
    what: 'a bundle that cannot be fetched ends the round: no feed, no heartbeat',
    file: BUNDLES,
    find: '      return endsTheRound(failure, answered)\n        ?',
    replace:
      '      return endsTheRound(failure, answered) || failure.kind !== undefined\n        ?',
    tests: ['main/core/sync/failing-bundle.test.ts'],
  },
  {
    id: 'bundle-each-round',
    what: 'a bundle that fails is asked for again in each round, for ever',
    file: BUNDLES,
    find: '    const wait = seldom ? FIRST_AGAIN_MS * 2 ** (last.times - 1) : FIRST_AGAIN_MS;',
    replace: '    const wait = seldom ? FIRST_AGAIN_MS : FIRST_AGAIN_MS;',
    tests: ['main/core/sync/failing-bundle.test.ts'],
  },
  {
    id: 'malformed-holds-at-once',
    what: 'what a proxy cut short holds its item at the first try',
    file: 'main/core/sync/try-again.ts',
    find: '  return MALFORMED[MALFORMED.findIndex((each) => each === lastError) + 1];',
    replace: "  return lastError === 'never' ? MALFORMED[0] : undefined;",
    tests: ['main/core/sync/perhaps-cut.test.ts'],
  },
  {
    id: 'malformed-never-holds',
    what: 'what the platform finds malformed each time is tried again for ever',
    file: 'main/core/sync/try-again.ts',
    find: '  return MALFORMED[MALFORMED.findIndex((each) => each === lastError) + 1];',
    replace:
      '  return MALFORMED[MALFORMED.findIndex((each) => each === lastError) + 1] ?? MALFORMED[1];',
    tests: ['main/core/sync/perhaps-cut.test.ts'],
  },
  {
    id: 'receipt-archives-too-early',
    what: 'what came back by its receipt’s word alone is archived by the cursor of before',
    file: FEED,
    find: '  const cursor = newest ?? item.platformCursor ?? 0;',
    replace: '  const cursor = item.platformCursor ?? newest ?? 0;',
    tests: ['main/core/sync/feed-own-copy.test.ts'],
  },
  {
    id: 'changed-on-the-way-unsettled',
    what: 'an envelope that something on the way changes each time is not asked for by its receipt',
    file: 'main/core/sync/hand-over.ts',
    find: "  'hashMismatch',\n",
    replace: '',
    tests: ['main/core/sync/feed-own-copy.test.ts'],
  },
  {
    id: 'house-stops-at-disk',
    what: 'a disk that cannot be looked at keeps archived files from going',
    file: 'main/core/sync/housekeeping.ts',
    find: '    try {\n      room.look(0);\n    } finally {',
    replace: '    room.look(0);\n    {',
    tests: ['main/core/sync/housekeeping.test.ts'],
  },
  {
    id: 'chain-left-unsigned',
    what: 'the audit is signed by rounds alone, however much comes between two',
    file: 'main/core/audit/chain.ts',
    find: '        if (own && seq % CHECKPOINT_EVERY === 0) checkpointWhenDue(own);\n',
    replace: '        void seq;\n',
    tests: ['main/core/audit/signs-itself.test.ts'],
  },
  {
    id: 'chain-signed-twice',
    what: 'an export that is the hundredth event ends with two signatures',
    file: 'main/core/audit/chain.ts',
    find: '      if (signedLastBy() === signer.keyId) return;\n',
    replace: '      void signedLastBy;\n',
    tests: ['main/core/audit/signs-itself.test.ts'],
  },
  {
    id: 'wiped-sealed-as-empty',
    what: 'a paper that was wiped before its turn is sealed as an empty one',
    file: 'main/core/seal/padding.ts',
    find: "  if (isWiped(bytes)) throw new Error('a file was wiped before it was sealed');\n",
    replace: '  void isWiped;\n',
    tests: ['main/core/outbox/wiped-paper.test.ts'],
  },
];

/** Bugs in what becomes of items whose terminal moved, or whose platform came back. */
const OTHER_PLACE_BUGS: readonly SeededBug[] = [
  {
    id: 'envelope-digest-unchecked',
    what: 'the platform does not look at the hash that an envelope came with',
    file: 'platform/server/item-routes.ts',
    find: '  if (said === undefined) return true;',
    replace: '  if (said !== null) return true;',
    tests: ['platform/server/cut-on-the-way.test.ts'],
  },
  {
    id: 'revoked-sealer-taken',
    what: 'what a revoked terminal sealed is taken from another place',
    file: 'platform/server/item-routes.ts',
    find: '          if (sealer.revokedAt === null || placeOf(sealer) === place) return;',
    replace: "          if (placeOf(sealer) !== '') return;",
    tests: ['platform/server/other-place.full.test.ts'],
  },
  {
    id: 'refused-without-reason',
    what: 'a terminal hears no reason why its item is refused: it says malformed, after an hour',
    file: 'main/core/sync/send-attachment.ts',
    find: "      return { kind: 'held', code: failure.reason ?? 'malformed' };",
    replace: "      return { kind: 'held', code: 'malformed' };",
    tests: ['platform/moved-terminal.full.test.ts'],
  },
  {
    id: 'mover-untold',
    what: 'who brought what another place sealed hears no more of it',
    file: 'platform/server/reception.ts',
    find: '          if (place !== undefined && place !== placeOf(sealer)) {',
    replace: "          if (place === '') {",
    tests: ['platform/server/other-place.full.test.ts'],
  },
  {
    id: 'mover-reads-on',
    what: 'a terminal that moved reads the feed on from where it stood before',
    file: FEED,
    find: "    writeNumber(db, 'feedCursor', anew ? 0 : cursor);",
    replace: "    writeNumber(db, 'feedCursor', cursor);",
    tests: ['main/core/sync/feed-other-place.test.ts'],
  },
  {
    id: 'cursors-by-wrong-clock',
    what: 'a platform from a backup begins its cursors by a clock that is behind',
    file: 'platform/cursors.ts',
    find: '  return items.beginAfter(cursorFloor(known) + leap, leap);',
    replace: '  return items.beginAfter(cursorFloor(now), leap);',
    tests: ['platform/cursors.full.test.ts'],
  },
  {
    id: 'planted-item-matches',
    what: 'reconciliation takes what a third place sealed under an id and number for the terminal’s',
    file: 'platform/server/import-routes.ts',
    find: "        here.set(submissionId, may ? item.receiptNumber : '');",
    replace:
      "        here.set(submissionId, may ? item.receiptNumber : (item.receiptNumber ?? ''));",
    tests: ['platform/server/reconciliation-others.full.test.ts'],
  },
  {
    id: 'stick-signed-by-another',
    what: 'a key of another terminal with the same id signs a stick’s chain',
    file: 'scripts/import/import-folder.ts',
    find: '  keys.set(terminal.keyId, [keyOf(terminal)]);\n',
    replace: '',
    tests: ['scripts/import/same-key-id.full.test.ts'],
  },
];

/** Bugs in keeping up with the platform, also at another place. */
export const KEEPING_UP_BUGS: readonly SeededBug[] = [...ROUND_BUGS, ...OTHER_PLACE_BUGS];
