import type { SeededBug } from '../seeded-bugs/seeded-bug.ts';

/** Bugs that a run of kills must notice: `npm run test:kill -- --break ID`. */
export const KILL_BUGS: readonly SeededBug[] = [
  {
    id: 'commit-later',
    what: 'the receipt comes before the transaction has committed',
    file: 'main/core/outbox/submit.ts',
    find: `    commit(context, item, sealed);
`,
    replace: `    setTimeout(() => commit(context, item, sealed), 20);
    return storedItemOf(item, context.codeOf);
`,
    tests: [],
  },
  {
    id: 'platform-commit-later',
    what: 'the platform answers, and commits 200 ms later',
    file: 'platform/storage/sqlite/group-commit.ts',
    find: `          ends.push(error === undefined ? each.done : () => each.failed(error));
        }
`,
    replace: `          ends.push(error === undefined ? each.done : () => each.failed(error));
        }
        for (const end of ends.splice(0)) end();
        await new Promise((resolve) => setTimeout(resolve, 200));
`,
    tests: [],
  },
];
