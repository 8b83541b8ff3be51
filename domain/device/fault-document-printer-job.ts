import { STEP, type FaultEntries } from './fault-entry.ts';

/** Faults of A4 printers that lie in the queue or in one job. */
export const DOCUMENT_PRINTER_JOB_FAULTS = {
  'documentPrinter.queuePaused': {
    cause: 'configuration',
    remedy: 'maintenance',
    message: {
      zh: 'A4 打印机被暂停了，现在不能打印。要打印的，请到服务台。',
      en: 'The A4 printer was paused and cannot print now. For prints, please go to the service desk.',
    },
    meaning: {
      zh: '有人暂停了打印机或打印队列，或者队列不收新任务。打印机本身没有坏。',
      en: 'Somebody paused the printer or its queue, or the queue takes no jobs. The printer itself is not broken.',
    },
    steps: {
      staff: [
        {
          zh: '看打印机屏幕，有「继续」或「就绪」键的，按一下。',
          en: 'If the display has a key “continue” or “ready”, press it.',
        },
        STEP.callTechnician,
      ],
      technician: [
        {
          zh: '恢复队列（CUPS：cupsenable 队列名；cupsaccept 队列名），弄清是谁、为什么停的。',
          en: 'Start the queue again (CUPS: cupsenable QUEUE; cupsaccept QUEUE), and find out who paused it and why.',
        },
        STEP.proveByTest,
      ],
    },
  },
  'documentPrinter.jobHeld': {
    cause: 'configuration',
    remedy: 'maintenance',
    message: {
      zh: '打印任务被扣住了，没有打出来。请到服务台打印。',
      en: 'The print was held back and did not come out. Please print at the service desk.',
    },
    meaning: {
      zh: '队列收了任务却不打，等人放行或输密码。终端会取消它，免得以后打出来被别人拿走。',
      en: 'The queue took the job and waits for a release or a code. The terminal cancels it, so that it does not come out later for somebody else.',
    },
    steps: {
      staff: [
        {
          zh: '不要在打印机上放行旧任务；请群众到服务台打印。',
          en: 'Do not release old jobs at the printer; print at the service desk.',
        },
        STEP.callTechnician,
      ],
      technician: [
        {
          zh: '关掉这个队列的「保留打印」「刷卡放行」，给终端一个直接打印的队列。',
          en: 'Switch off held and follow-me printing for this queue; give the terminal one that prints at once.',
        },
        STEP.proveByTest,
      ],
    },
  },
  'documentPrinter.jobAborted': {
    cause: 'hardware',
    remedy: 'reset',
    message: {
      zh: '打印到一半停了。请再打一次；还不行，请找工作人员。',
      en: 'The print stopped half-way. Please print again, then ask the staff.',
    },
    meaning: {
      zh: '打印机或队列自己中止了这个任务，可能打了几页。',
      en: 'The printer or its queue gave the job up; some pages may have come out.',
    },
    steps: {
      staff: [
        {
          zh: '收走打出来的半份（可能有个人信息），再打一次。',
          en: 'Take away what came out (it may bear personal data) and print again.',
        },
        STEP.callTechnician,
      ],
      technician: [
        {
          zh: '看厂家代码（IPP 的 job-state-reasons）和打印服务器的日志；内存不足的，升级打印机程序。',
          en: 'Read the maker’s code (IPP’s job-state-reasons) and the log of the print server; where memory was short, update the printer.',
        },
        STEP.proveByTest,
      ],
    },
  },
  'documentPrinter.documentRefused': {
    cause: 'configuration',
    remedy: 'call',
    message: {
      zh: '这台打印机打不了这份文件。请到服务台打印。',
      en: 'This printer cannot print this document. Please print at the service desk.',
    },
    meaning: {
      zh: '打印机不收 PDF、文件太大，或者不支持要求的单双面、份数。',
      en: 'The printer takes no PDF, the file is too large, or it lacks the sides or copies asked for.',
    },
    steps: {
      staff: [
        {
          zh: '在服务台的电脑上打印这一份。',
          en: 'Print this one from the computer at the service desk.',
        },
        STEP.callTechnician,
      ],
      technician: [
        {
          zh: '看打印机支不支持 application/pdf；不支持的，让它接在 CUPS 队列后面，由队列转换。',
          en: 'See whether the printer takes application/pdf; if not, put a CUPS queue before it, which converts.',
        },
        STEP.proveByTest,
      ],
    },
  },
  'documentPrinter.unconfirmed': {
    cause: 'hardware',
    remedy: 'call',
    message: {
      zh: '不能确定文件是否打印成功，请看一看出纸口；没有纸，可以再打一次。',
      en: 'It is not certain that the document was printed. Please look at the outlet; if there is none, print again.',
    },
    meaning: {
      zh: '任务发出去了，但没有等到「完成」（线断了，或者打印机不再说起它）。终端不会自己重打。',
      en: 'The job went out, but its end was never told (the line broke, or the printer no longer knows the job). The terminal does not print it again by itself.',
    },
    steps: {
      staff: [
        {
          zh: '看出纸口：齐全就不用管；没有或不齐，收走残页，再打一次。',
          en: 'Look at the outlet: a whole document needs nothing; else take the rest away and print again.',
        },
      ],
      technician: [
        {
          zh: '常常这样：查网线和交换机；打印机的自动关机、深度休眠请关掉。',
          en: 'If it comes often: check cable and switch; turn off the printer’s auto power-off and deep sleep.',
        },
        STEP.proveByTest,
      ],
    },
  },
} as const satisfies FaultEntries;
