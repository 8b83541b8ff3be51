/**
 * What a terminal and a platform promise, as checks on what lies on their disks.
 *
 * ```ts
 * const ground = {
 *   terminals: [readTerminal('/path/to/terminal-data')],   // holds outbox/index.db and outbox/blobs
 *   platform: readPlatform('/path/to/platform-data'),      // holds platform.sqlite; undefined: not looked at
 *   witness: { printed, shown, people },                   // what the test itself wrote down
 * };
 * expect(checkInvariants(ground)).toEqual([]);
 * ```
 *
 * Look when the processes are stopped or killed, or at the image of a disk after a crash: before the core
 * is started again (files without rows, a missing or broken index are fine then) and after. Nothing in
 * the folders is changed: databases are read from copies. The witness is the test's memory and must lie
 * outside of what crashes: `printed` gets an entry the moment `Outbox.submit` resolved with ok (its value
 * fits), `shown` what a screen or a receipt said, `people` the names and numbers that went in. When faults
 * have ended and everything was sent, archived and deleted, look once more with `settled: true`: then an index that
 * is missing or broken is a violation of I6, as one that is broken always is where processes were only killed
 * (`onlyKilled: true`).
 *
 * | check | promise                                                                                |
 * | ----- | -------------------------------------------------------------------------------------- |
 * | I1    | what a receipt was printed for is on the platform exactly once, or still in the outbox |
 * | I2    | nothing that is not archived is removed                                                |
 * | I3    | same submission id, same content                                                       |
 * | I4    | nothing of a person is readable on disk                                                |
 * | I5    | receipt numbers never repeat                                                           |
 * | I6    | one audit event for each transition, the chain unbroken                                |
 * | I7    | nobody was shown more than was known                                                   |
 */
export { checkInvariants, INVARIANTS } from './checks.ts';
export { readPlatform, readTerminal, type PlatformDisk, type TerminalDisk } from './disks.ts';
export type { Ground, Printed, Shown, Violation, Witness } from './ground.ts';
