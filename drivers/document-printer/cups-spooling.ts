import type { LocalizedText } from '../../domain/text.ts';

/** What is wrong with the way a CUPS server keeps its jobs. */
export type CupsFindingCode =
  'keepsDocuments' | 'repeatsJobs' | 'keepsHistory' | 'forgetsJobs' | 'logsDetails';

/** One thing to change in cupsd.conf. */
export interface CupsFinding {
  readonly code: CupsFindingCode;
  /** `error`: a document stays on the disk or comes out in front of somebody else. */
  readonly severity: 'error' | 'warning';
  readonly directive: string;
  /** As it stands in the file; `default` when it is not there or not understood. */
  readonly found: string;
  /** The line to write. */
  readonly wanted: string;
  readonly why: LocalizedText;
}

const DAY_S = 86_400;
const SECONDS: Readonly<Record<string, number>> = {
  '': 1,
  m: 60,
  h: 3_600,
  d: DAY_S,
  w: 7 * DAY_S,
};
const YES = /^(true|on|enabled|yes)$/i;
const NO = /^(false|off|disabled|no)$/i;

/**
 * Whether a CUPS server with this cupsd.conf keeps nothing of what it prints and repeats nothing. Empty
 * when all is well. Defaults are those of CUPS 2.4: documents are kept for a day, job data for ever, and a
 * print that failed waits for the printer to come back. A queue of its own `ErrorPolicy` (`lpadmin -o
 * printer-error-policy=abort-job`) goes before the one here, and is not seen here.
 */
export function checkCupsSpooling(cupsdConf: string): readonly CupsFinding[] {
  const directives = directivesOf(cupsdConf);
  const at = (name: string): string | undefined => directives.get(name.toLowerCase());
  const found = (name: string): string => at(name) ?? 'default';
  const findings: CupsFinding[] = [];
  const historySeconds = durationOf(at('PreserveJobHistory')) ?? Infinity;
  if ((durationOf(at('PreserveJobFiles')) ?? DAY_S) > 0 && historySeconds > 0) {
    findings.push({
      code: 'keepsDocuments',
      severity: 'error',
      directive: 'PreserveJobFiles',
      found: found('PreserveJobFiles'),
      wanted: 'PreserveJobFiles No',
      why: {
        zh: '打印过的文件会留在硬盘上',
        en: 'Documents stay on the disk after they were printed',
      },
    });
  }
  if (!/^abort-job$/i.test(at('ErrorPolicy') ?? '')) {
    findings.push({
      code: 'repeatsJobs',
      severity: 'error',
      directive: 'ErrorPolicy',
      found: found('ErrorPolicy'),
      wanted: 'ErrorPolicy abort-job',
      why: {
        zh: '没打成的文件会留着，以后可能在别人面前打出来',
        en: 'A print that failed is kept and may come out later in front of somebody else',
      },
    });
  }
  if (historySeconds === 0) {
    findings.push({
      code: 'forgetsJobs',
      severity: 'warning',
      directive: 'PreserveJobHistory',
      found: found('PreserveJobHistory'),
      wanted: 'PreserveJobHistory 3600',
      why: {
        zh: '打完就忘，终端无法确认是否打印成功',
        en: 'Jobs are forgotten at their end, so that no print can be confirmed',
      },
    });
  } else if (historySeconds > DAY_S) {
    findings.push({
      code: 'keepsHistory',
      severity: 'warning',
      directive: 'PreserveJobHistory',
      found: found('PreserveJobHistory'),
      wanted: 'PreserveJobHistory 3600',
      why: {
        zh: '打印记录保留过久',
        en: 'The list of who printed when is kept for too long',
      },
    });
  }
  if (/^debug2?$/i.test(at('LogLevel') ?? '')) {
    findings.push({
      code: 'logsDetails',
      severity: 'warning',
      directive: 'LogLevel',
      found: found('LogLevel'),
      wanted: 'LogLevel warn',
      why: { zh: '日志记得太细', en: 'The log holds details of every job' },
    });
  }
  return findings;
}

/** Directives outside of sections, by their name in small letters; the last one counts, as for cupsd. */
function directivesOf(text: string): ReadonlyMap<string, string> {
  const directives = new Map<string, string>();
  let depth = 0;
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.replace(/(^|[^\\])#.*$/, '$1').trim();
    if (line.startsWith('</')) depth = Math.max(0, depth - 1);
    else if (line.startsWith('<')) depth += 1;
    else if (depth === 0) {
      const [, name, value] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
      if (name !== undefined && value !== undefined) directives.set(name.toLowerCase(), value);
    }
  }
  return directives;
}

/** Yes is for ever, No is 0, else seconds or a number with m, h, d or w; nothing for anything else. */
function durationOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (YES.test(value)) return Infinity;
  if (NO.test(value)) return 0;
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([mhdw]?)$/i.exec(value) ?? [];
  return number === undefined ? undefined : Number(number) * (SECONDS[unit.toLowerCase()] ?? 1);
}
