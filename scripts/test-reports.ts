import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

/** What a runner keeps of its tests: vitest's shape or Playwright's. */
interface FailureReport {
  readonly testResults?: readonly {
    readonly name: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
  readonly suites?: readonly Suite[];
}
interface Suite {
  readonly title: string;
  readonly suites?: readonly Suite[];
  readonly specs: readonly {
    readonly title: string;
    readonly tests: readonly {
      readonly status: string;
      readonly results: readonly { readonly errors: readonly { readonly message?: string }[] }[];
    }[];
  }[];
}

const firstLines = (text: string): string =>
  stripVTControlCharacters(text).split('\n').slice(0, 6).join('\n      ');

/** The last dozen lines, without colours. */
export const lastLines = (text: string): readonly string[] =>
  stripVTControlCharacters(text).trimEnd().split('\n').slice(-12);

/** The failed tests of a report, each with the first lines of why; none where the report names none. */
export function failuresIn(file: string): readonly string[] {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as FailureReport;
    const ofFiles = (report.testResults ?? []).flatMap(({ name, message, assertionResults }) => [
      ...assertionResults
        .filter(({ status }) => status === 'failed')
        .map(
          (one) => `${one.fullName}\n      ${firstLines(one.failureMessages?.join('\n') ?? '')}`,
        ),
      ...(message ? [`${name}\n      ${firstLines(message)}`] : []),
    ]);
    return [...ofFiles, ...(report.suites ?? []).flatMap((suite) => failuresOf(suite))];
  } catch {
    return [];
  }
}

function failuresOf(suite: Suite): readonly string[] {
  const own = suite.specs.flatMap(({ title, tests }) =>
    tests
      .filter(({ status }) => status === 'unexpected' || status === 'flaky')
      .map(({ results }) => {
        const why = results.flatMap(({ errors }) => errors.map(({ message }) => message ?? ''));
        return `${suite.title}: ${title}\n      ${firstLines(why.join('\n'))}`;
      }),
  );
  return [...own, ...(suite.suites ?? []).flatMap((inner) => failuresOf(inner))];
}

/** Numbers of a report; undefined where the runner wrote none. */
export function counts(file: string): { passed: number; failed: number } | undefined {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as {
      numPassedTests?: number;
      numFailedTests?: number;
      stats?: { expected: number; unexpected: number; flaky: number };
    };
    if (report.stats) {
      // A flaky test is a failed one: nothing may depend on luck.
      return {
        passed: report.stats.expected,
        failed: report.stats.unexpected + report.stats.flaky,
      };
    }
    return { passed: report.numPassedTests ?? 0, failed: report.numFailedTests ?? 0 };
  } catch {
    return undefined;
  }
}
