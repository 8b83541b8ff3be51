import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCupsSpooling } from './cups-spooling.ts';

const GOOD = 'PreserveJobFiles No\nPreserveJobHistory 3600\nErrorPolicy abort-job\n';
const codes = (text: string) => checkCupsSpooling(text).map(({ code }) => code);

describe('how a CUPS server keeps its jobs', () => {
  it('finds nothing where nothing is kept and nothing repeated', () => {
    expect(checkCupsSpooling(GOOD)).toEqual([]);
  });

  it('finds the defaults of CUPS: documents kept for a day, job data for ever, failures kept', () => {
    expect(checkCupsSpooling('')).toMatchObject([
      {
        code: 'keepsDocuments',
        severity: 'error',
        found: 'default',
        wanted: 'PreserveJobFiles No',
      },
      { code: 'repeatsJobs', severity: 'error', found: 'default', wanted: 'ErrorPolicy abort-job' },
      { code: 'keepsHistory', severity: 'warning', wanted: 'PreserveJobHistory 3600' },
    ]);
  });

  it('finds what Debian ships: a failed print is tried again', () => {
    expect(checkCupsSpooling(`${GOOD}ErrorPolicy retry-job\n`)).toMatchObject([
      { code: 'repeatsJobs', found: 'retry-job' },
    ]);
  });

  it.each([
    ['PreserveJobFiles Yes', ['keepsDocuments']],
    ['PreserveJobFiles 1', ['keepsDocuments']],
    ['PreserveJobFiles 1h', ['keepsDocuments']],
    ['PreserveJobFiles perhaps', ['keepsDocuments']],
    ['PreserveJobFiles 0', []],
    ['preservejobfiles OFF', []],
    ['PreserveJobHistory No', ['forgetsJobs']],
    ['PreserveJobHistory 2d', ['keepsHistory']],
    ['PreserveJobHistory 1d', []],
    ['LogLevel debug2', ['logsDetails']],
    ['LogLevel info', []],
    ['# PreserveJobFiles Yes', []],
    ['<Policy default>\nPreserveJobFiles Yes\n</Policy>', []],
    ['<Location />\n</Location>\r\nPreserveJobFiles Yes # for a while', ['keepsDocuments']],
  ])('%j', (more, wanted) => {
    expect(codes(`${GOOD}${more}\n`)).toEqual(wanted);
  });

  it('without job history no documents are kept either', () => {
    expect(codes('PreserveJobHistory No\nErrorPolicy abort-job')).toEqual(['forgetsJobs']);
  });

  it('any text gives an answer', () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom('<Limit>', '</Limit>', 'PreserveJobFiles', 'ErrorPolicy  abort-job'),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        expect(Array.isArray(checkCupsSpooling(lines.join('\n')))).toBe(true);
      }),
    );
  });
});
