import { STEP, type FaultEntries } from './fault-entry.ts';

/** Faults of document scanners. */
export const DOCUMENT_SCANNER_FAULTS = {
  'scanner.noPaper': {
    cause: 'user',
    remedy: 'replenish',
    message: {
      zh: '没有放纸。请把材料放好，再点一次扫描。',
      en: 'There is no paper. Please put your papers in and touch scan again.',
    },
    meaning: {
      zh: '要扫的地方没有纸，或者纸没有推到头，传感器没碰到。',
      en: 'There is no paper where it should be scanned from, or it was not pushed in to the sensor.',
    },
    steps: {
      staff: [
        {
          zh: '帮群众把纸放正：玻璃上有字的一面朝下；进纸器里推到头。',
          en: 'Help to lay the paper in: face down on the glass, or pushed all the way into the feeder.',
        },
      ],
      technician: [
        {
          zh: '放好了还这样：擦干净进纸传感器，看传感器的拨杆有没有断。',
          en: 'If it stays: clean the paper sensor and look for a broken lever.',
        },
        STEP.proveByTest,
      ],
    },
  },
  'scanner.jam': {
    cause: 'user',
    remedy: 'clear',
    message: {
      zh: '扫描仪卡纸了。请把纸轻轻取出来再试；取不出来，请找工作人员。',
      en: 'Paper is jammed in the scanner. Please take it out gently and try again, or ask the staff.',
    },
    meaning: {
      zh: '纸在进纸器里卡住、一次进了两张，或者一次放得太多。前面扫好的几页还在。',
      en: 'Paper stuck in the feeder, two sheets went in at once, or too many were laid in. Pages scanned before are kept.',
    },
    steps: {
      staff: [
        {
          zh: '打开进纸器的盖，顺着走纸方向把纸取出来，关好盖。',
          en: 'Open the feeder, take the paper out along its way, close it.',
        },
        {
          zh: '去掉订书钉、回形针；皱的、薄的、小张的放玻璃上扫。',
          en: 'Remove staples and clips; scan crumpled, thin or small papers on the glass.',
        },
        STEP.callTechnician,
      ],
      technician: [
        {
          zh: '常常卡：清洁或更换搓纸轮和分纸垫。',
          en: 'If it comes often: clean or change pick roller and separation pad.',
        },
        STEP.proveByTest,
      ],
    },
  },
  'scanner.coverOpen': {
    cause: 'user',
    remedy: 'clear',
    message: {
      zh: '扫描仪盖子没关好。请关好盖子，再点一次扫描。',
      en: 'The scanner cover is open. Please close it and touch scan again.',
    },
    meaning: {
      zh: '扫描仪或进纸器的盖子开着。',
      en: 'The cover of the scanner or of its feeder is open.',
    },
    steps: {
      staff: [{ zh: '把盖子按紧，再试一次。', en: 'Press the cover shut and try again.' }],
      technician: [
        {
          zh: '关好了还这样：看盖子的开关有没有坏、有没有异物。',
          en: 'If it stays: look for a broken switch or something in the way.',
        },
        STEP.proveByTest,
      ],
    },
  },
  'scanner.hardware': {
    cause: 'hardware',
    remedy: 'maintenance',
    message: {
      zh: '扫描仪出了故障。不用扫描的事照常能办；要交材料的，请到服务台。',
      en: 'The scanner failed. What needs no scan goes on as usual; with papers, please go to the service desk.',
    },
    meaning: {
      zh: '扫描仪自己说它停了或坏了，或者答应了扫描却没有给出图像。',
      en: 'The scanner says that it stopped or is broken, or took the job and gave no picture.',
    },
    steps: {
      staff: [
        {
          zh: '把扫描仪关掉，等 10 秒再打开。',
          en: 'Switch the scanner off, wait 10 seconds, switch it on.',
        },
        {
          zh: '能承诺的材料先承诺，其余的请群众到服务台交。',
          en: 'A commitment can stand in for some papers; take the others at the service desk.',
        },
        STEP.callTechnician,
      ],
      technician: [
        STEP.readVendorCode,
        {
          zh: '在浏览器打开扫描仪自己的网页，看它报什么错。',
          en: 'Open the scanner’s own web page and see what it reports.',
        },
        STEP.proveByTest,
      ],
    },
  },
} as const satisfies FaultEntries;
