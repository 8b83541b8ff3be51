import { STEP, type FaultEntries } from './fault-entry.ts';

/** Faults of readers of social security cards (PC/SC). */
export const SECURITY_CARD_FAULTS = {
  'securityCard.unreadable': {
    cause: 'user',
    remedy: 'clear',
    message: {
      zh: '没有读到社保卡。请芯片朝前、朝上，插到底再试；也可以把卡拿来扫描。',
      en: 'The social security card was not read. Please push it in fully, chip first and up, or scan it instead.',
    },
    meaning: {
      zh: '卡插进去了，但没有应答或者读到一半出错：插反了、没插到底、芯片脏了或坏了。',
      en: 'A card is in, but it does not answer or fails half-way: the wrong way round, not fully in, a dirty or broken chip.',
    },
    steps: {
      staff: [
        {
          zh: '看卡插得对不对；用软布把芯片擦干净再插。',
          en: 'See that the card is in rightly; wipe the chip with a soft cloth and insert it again.',
        },
        {
          zh: '只有这一张不行：改用扫描，并建议到社保卡服务网点换卡。',
          en: 'If only this card fails: scan it instead, and advise to have it replaced.',
        },
        STEP.callTechnician,
      ],
      technician: [
        {
          zh: '每张都不行：用清洁卡清洁触点；看 pcscd 服务在不在运行。',
          en: 'If every card fails: clean the contacts with a cleaning card; see that the service pcscd runs.',
        },
        STEP.readVendorCode,
        STEP.proveByTest,
      ],
    },
  },
  'securityCard.removedEarly': {
    cause: 'user',
    remedy: 'clear',
    message: {
      zh: '社保卡拔得太快了。请再插一次，等屏幕说读到了再拔。',
      en: 'The social security card was taken out too soon. Please insert it again and wait until the screen says that it was read.',
    },
    meaning: {
      zh: '卡还没有读完就拔出来了，或者接触不好断了一下。',
      en: 'The card was pulled before it was read to the end, or its contacts broke for a moment.',
    },
    steps: {
      staff: [
        {
          zh: '请群众插好卡，手离开，等屏幕提示再拔。',
          en: 'Ask to insert the card, let go, and wait for the screen.',
        },
      ],
      technician: [
        {
          zh: '卡没有动也这样：卡座松了，清洁触点或换读卡器。',
          en: 'If it comes with cards that stay in: the slot is loose; clean the contacts or change the reader.',
        },
        STEP.proveByTest,
      ],
    },
  },
  'securityCard.unknownKind': {
    cause: 'user',
    remedy: 'call',
    message: {
      zh: '这不是社保卡，或者这里不认识它。请插社保卡，或者扫描材料。',
      en: 'This is no social security card, or none known here. Please insert one, or scan the paper instead.',
    },
    meaning: {
      zh: '卡有应答，但里面没有社保应用。银行卡、公交卡会这样；很旧的或很新的卡也可能这样。',
      en: 'The card answers but holds no social security application: so do bank and bus cards, and maybe very old or very new ones.',
    },
    steps: {
      staff: [
        {
          zh: '看插的是不是社保卡；电子社保卡要去扫码，不是插卡。',
          en: 'See whether it is a social security card; the electronic one is scanned, not inserted.',
        },
        {
          zh: '是社保卡也不认：改用扫描，并告诉技术员是哪里发的卡。',
          en: 'If it is one and is not known: scan it instead, and tell the technician who issued it.',
        },
      ],
      technician: [
        {
          zh: '记下发卡地区和厂家代码，交给开发者。',
          en: 'Note the issuing region and the maker’s code for the developers.',
        },
      ],
    },
  },
  'securityCard.invalidContent': {
    cause: 'user',
    remedy: 'call',
    message: {
      zh: '这张社保卡里的内容读不懂。请把卡拿来扫描。',
      en: 'What this social security card holds cannot be made out. Please scan the card instead.',
    },
    meaning: {
      zh: '卡里有社保应用，也读完了，但里面没有社会保障号码，或者号码的写法不认识。',
      en: 'The card has the social security application and was read, but holds no social security number in a form that is known.',
    },
    steps: {
      staff: [
        {
          zh: '只有这一张这样：改用扫描，并建议到社保卡服务网点看一看。',
          en: 'If only this card does so: scan the paper instead, and advise to have the card looked at.',
        },
        STEP.callTechnician,
      ],
      technician: [
        {
          zh: '同一个地方发的卡都这样：记下发卡地区和卡的年份，交给开发者。不要抄卡里的内容。',
          en: 'If all cards of one region do so: note region and year of the cards for the developers; never the contents of a card.',
        },
        STEP.proveByTest,
      ],
    },
  },
  'securityCard.serviceDown': {
    cause: 'software',
    remedy: 'maintenance',
    message: {
      zh: '读社保卡的程序没有运行，现在读不了社保卡。其他事情照常办，社保卡请拿来扫描。',
      en: 'The program that reads social security cards does not run, so no such card can be read now. All else goes on; please scan the card instead.',
    },
    meaning: {
      zh: '系统的智能卡服务（Linux 上叫 pcscd）没有启动，或者中途停了。读卡器本身可能是好的。终端会一直自动重试。',
      en: 'The card service of the system (pcscd on Linux) was not started, or ended. The reader itself may be fine. The terminal keeps trying by itself.',
    },
    steps: {
      staff: [STEP.goOnWithout, STEP.callTechnician],
      technician: [
        {
          zh: '看服务：systemctl status pcscd.socket pcscd；启动：systemctl enable --now pcscd.socket。没有装：用软件包管理装 pcscd 和 libccid。',
          en: 'Look at the service: systemctl status pcscd.socket pcscd; start it: systemctl enable --now pcscd.socket. If it is missing, install pcscd and libccid.',
        },
        {
          zh: '服务在运行还是这样：运行终端的用户没有权限（polkit），看系统日志 journalctl -u pcscd。',
          en: 'If it runs and this stays: the user that runs the terminal has no right to it (polkit); see journalctl -u pcscd.',
        },
        STEP.readVendorCode,
        STEP.proveByTest,
      ],
    },
  },
} as const satisfies FaultEntries;
