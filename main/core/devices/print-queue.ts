import { readFile } from 'node:fs/promises';
import { checkCupsSpooling } from '../../../drivers/document-printer/cups-spooling.ts';
import type { ConfigProblem, DevicesConfig } from '../../../kiosk-config/index.ts';

/** Where CUPS keeps its settings. */
const CUPSD_CONF = '/etc/cups/cupsd.conf';

/** What is known of the queue before the A4 printer. */
export interface PrintQueueCheck {
  /**
   * `none`: no queue of CUPS. `fine`: it keeps nothing; of one on another machine a technician has stated so.
   * `keepsFiles`: documents would stay on the disk, or come out later in front of somebody else. `unchecked`: the
   * queue is on another machine and nobody has stated anything, or its settings here cannot be read.
   */
  readonly is: 'none' | 'fine' | 'keepsFiles' | 'unchecked';
  /** What to change, for the technician. */
  readonly details: readonly ConfigProblem[];
}

/** Whether the print queue of a devices layer keeps nothing of what it prints. Never rejects. */
export async function checkPrintQueue(
  printer: DevicesConfig['devices']['documentPrinter'],
  read: (path: string) => Promise<string> = (path) => readFile(path, 'utf8'),
): Promise<PrintQueueCheck> {
  const url = printer === null ? null : URL.parse(printer.url);
  // the paths of CUPS; a printer's own is /ipp/print
  if (printer === null || url === null || !/^\/(printers|classes)\//.test(url.pathname)) {
    return { is: 'none', details: [] };
  }
  if (!/^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname)) {
    return { is: printer.queueKeepsNothing ? 'fine' : 'unchecked', details: [] };
  }
  let text: string;
  try {
    text = await read(CUPSD_CONF);
  } catch {
    return { is: 'unchecked', details: [] };
  }
  const findings = checkCupsSpooling(text);
  const details = findings.map(({ directive, wanted, why }) => ({
    file: CUPSD_CONF,
    path: directive,
    message: { ...why },
    remedy: { zh: `请写成：${wanted}`, en: `Write: ${wanted}` },
  }));
  const keeps = findings.some(({ severity }) => severity === 'error');
  return { is: keeps ? 'keepsFiles' : 'fine', details };
}

/** Looks at the queue again whenever it is asked to; the newest look counts. */
export class PrintQueueWatch {
  readonly #look: () => Promise<PrintQueueCheck>;
  readonly #onChange: () => void;
  #looks = 0;
  // a queue that nobody has looked at yet prints nothing
  #check: PrintQueueCheck = { is: 'unchecked', details: [] };
  #looked = false;

  constructor(look: () => Promise<PrintQueueCheck>, onChange: () => void) {
    this.#look = look;
    this.#onChange = onChange;
  }

  /** No document may be given to a queue that keeps it, nor to one of which that is not known. */
  get mayPrint(): boolean {
    const { is } = this.#check;
    return this.#looked && (is === 'none' || is === 'fine');
  }

  /** The problem to be shown, if any. */
  get problem():
    | {
        readonly code: 'printQueueKeepsFiles' | 'printQueueUnchecked';
        readonly details: readonly ConfigProblem[];
      }
    | undefined {
    if (!this.#looked) return undefined;
    const { is, details } = this.#check;
    if (is === 'keepsFiles') return { code: 'printQueueKeepsFiles', details };
    return is === 'unchecked' ? { code: 'printQueueUnchecked', details } : undefined;
  }

  /** Resolves when it was looked at. */
  async look(): Promise<void> {
    const look = ++this.#looks;
    const check = await this.#look();
    if (look !== this.#looks) return;
    const before = this.problem?.code;
    this.#check = check;
    this.#looked = true;
    if (before !== this.problem?.code) this.#onChange();
  }
}
