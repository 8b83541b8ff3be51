import type { IndexDb } from '../storage/index-db.ts';

/** For want of the link. */
const OF_THE_LINK = ['unreachable', 'timeout', 'tls', 'answerTooLong', 'internal'] as const;

/** Whether an attempt ended for want of the link, or of a platform that is in order. */
export function isOfTheLink(code: string): boolean {
  return OF_THE_LINK.some((each) => each === code) || code.startsWith('notThePlatform');
}

/** Whether it ended on the way; a platform that says itself that it is out of order is not on the way. */
export function isOnTheWay(code: string): boolean {
  return isOfTheLink(code) && code !== 'internal';
}

/**
 * After rounds that failed one went through: items that failed for want of the link, or of a platform
 * that knows this terminal, need not wait out their time.
 */
export function makeLinkFailuresDue(db: IndexDb): void {
  db.run(
    `UPDATE item SET not_before = 0 WHERE state = 'retry' AND
       (last_error IN ('${OF_THE_LINK.join("', '")}', 'unauthorised', 'revoked')
        OR last_error LIKE 'notThePlatform%')`,
  );
}
