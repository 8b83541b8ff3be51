import { afterAll, beforeAll } from 'vitest';
import {
  sealedFile,
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from './platform.ts';
import { enrolTerminal, sha256, type TestTerminal } from './terminal.ts';

/** A platform that stands as long as the tests of a file run, with one terminal; each is there within them only. */
export interface Standing {
  readonly platform: TestPlatform;
  readonly terminal: TestTerminal;
  /** Where it keeps a paper that it has whole. */
  paperFile(bytes: Uint8Array): string;
  /** Starts it again on its folder, once it was closed. */
  startAgain(): Promise<void>;
}

/** Sets one up; to be called once, where a test file begins. */
export function standingPlatform(): Standing {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let platform: TestPlatform;
  let terminal: TestTerminal;
  beforeAll(async () => {
    folder = await temporaryFolder();
    platform = await startTestPlatform(folder.path);
    terminal = await enrolTerminal(() => platform.url, TEST_CODE);
  });
  afterAll(async () => {
    await platform.close();
    await folder.remove();
  });
  return {
    get platform() {
      return platform;
    },
    get terminal() {
      return terminal;
    },
    paperFile: (bytes) => sealedFile(folder.path, 'attachments', sha256(bytes)),
    async startAgain() {
      platform = await startTestPlatform(folder.path);
    },
  };
}
