import { STEP, type FaultEntries } from './fault-entry.ts';

/** Faults of printers of A4 documents that lie in the machine itself. */
export const DOCUMENT_PRINTER_FAULTS = {
  'documentPrinter.offline': {
    cause: 'hardware',
    remedy: 'maintenance',
    message: {
      zh: 'A4 打印机没有开或没有连上。其他事情照常办；要打印的，请到服务台。',
      en: 'The A4 printer is off or not connected. All else goes on as usual; for prints, please go to the service desk.',
    },
    meaning: {
      zh: '打印服务（队列）在，但它说后面的打印机关机了或连不上。',
      en: 'The print service (queue) answers, but says that the printer behind it is off or out of reach.',
    },
    steps: {
      staff: [
        {
          zh: '看打印机开没开、屏幕有没有报错，等它预热完。',
          en: 'See that the printer is on and shows no error; let it warm up.',
        },
        STEP.callTechnician,
      ],
      technician: [
        {
          zh: '在打印服务器上看队列状态（CUPS：lpstat -p），查打印机的地址有没有变。',
          en: 'Look at the queue on the print server (CUPS: lpstat -p); see whether the printer’s address changed.',
        },
        STEP.proveByTest,
      ],
    },
  },
  'documentPrinter.paperOut': {
    cause: 'supply',
    remedy: 'replenish',
    message: {
      zh: 'A4 打印机没有纸了。请告诉工作人员加纸，加好了再试。',
      en: 'The A4 printer is out of paper. Please tell the staff, and try again once it is filled.',
    },
    meaning: {
      zh: '纸盒空了，或者纸盒没有推到位。',
      en: 'The paper tray is empty or not pushed in.',
    },
    steps: {
      staff: [
        {
          zh: '加 A4 纸，不超过上限线，把纸盒推到底。',
          en: 'Fill in A4 paper up to the mark and push the tray in fully.',
        },
        { zh: '再打一次。', en: 'Print again.' },
      ],
      technician: [
        {
          zh: '有纸还报缺纸：看纸盒设的纸张大小是不是 A4，清洁搓纸轮。',
          en: 'If it says so with paper in it: see that the tray is set to A4; clean the pick roller.',
        },
        STEP.proveByTest,
      ],
    },
  },
  'documentPrinter.tonerOut': {
    cause: 'supply',
    remedy: 'replenish',
    message: {
      zh: 'A4 打印机没有墨粉或墨水了。请告诉工作人员，或者到服务台打印。',
      en: 'The A4 printer is out of toner or ink. Please tell the staff, or print at the service desk.',
    },
    meaning: {
      zh: '墨粉、墨水或硒鼓用完了，没有装好，或者废粉盒满了。',
      en: 'Toner, ink or drum is used up or not in place, or the waste box is full.',
    },
    steps: {
      staff: [
        {
          zh: '按打印机屏幕的提示换耗材。没有备用的，请联系技术员。',
          en: 'Change the supply as the printer’s display says. Without a spare one, call the technician.',
        },
      ],
      technician: [
        {
          zh: '换上这个型号的耗材，打一张测试页，再订一套备用。',
          en: 'Put in the supply of this model, print a test page, order a spare one.',
        },
        STEP.proveByTest,
      ],
    },
  },
  'documentPrinter.jam': {
    cause: 'user',
    remedy: 'clear',
    message: {
      zh: 'A4 打印机卡纸了。请告诉工作人员，取出纸后再试。',
      en: 'Paper is jammed in the A4 printer. Please tell the staff, and try again once it is out.',
    },
    meaning: {
      zh: '纸卡在打印机里。这一份不会自动重打，免得落到别人手里。',
      en: 'Paper is stuck in the printer. The document is not printed again by itself, lest somebody else get it.',
    },
    steps: {
      staff: [
        {
          zh: '按打印机屏幕的提示打开盖，顺着走纸方向把纸取净。',
          en: 'Open what the display says and take all paper out along its way.',
        },
        {
          zh: '取出来的纸上可能有群众的信息：交给本人，或者碎掉。',
          en: 'What comes out may bear somebody’s data: hand it over, or shred it.',
        },
        STEP.callTechnician,
      ],
      technician: [
        {
          zh: '常常卡：换纸（受潮、太薄），清洁或更换搓纸轮，检查定影。',
          en: 'If it comes often: change the paper (damp, thin), clean or change the rollers, check the fuser.',
        },
        STEP.proveByTest,
      ],
    },
  },
  'documentPrinter.coverOpen': {
    cause: 'user',
    remedy: 'clear',
    message: {
      zh: 'A4 打印机的盖子没关好。请告诉工作人员，关好后再试。',
      en: 'A cover of the A4 printer is open. Please tell the staff, and try again once it is shut.',
    },
    meaning: {
      zh: '打印机的前盖、后盖或侧盖开着。',
      en: 'The front, back or side cover of the printer is open.',
    },
    steps: {
      staff: [
        { zh: '把每个盖子都按紧，再打一次。', en: 'Press every cover shut and print again.' },
      ],
      technician: [
        {
          zh: '关好了还这样：看耗材有没有装到位、盖子开关有没有坏。',
          en: 'If it stays: see that the supplies sit rightly and the switches of the covers work.',
        },
        STEP.proveByTest,
      ],
    },
  },
  'documentPrinter.outputFull': {
    cause: 'user',
    remedy: 'clear',
    message: {
      zh: 'A4 打印机出纸口满了。请拿走自己的纸，其余的交给工作人员，再试一次。',
      en: 'The outlet of the A4 printer is full. Please take your papers, hand the others to the staff, and try again.',
    },
    meaning: {
      zh: '出纸盘堆满了，或者出纸盘没有装好。',
      en: 'The output tray is full or not in place.',
    },
    steps: {
      staff: [
        {
          zh: '清空出纸盘。没有人领的纸可能有个人信息，要碎掉。',
          en: 'Empty the tray. Papers that nobody fetched may bear personal data: shred them.',
        },
      ],
      technician: [
        {
          zh: '清空了还这样：看出纸传感器的拨杆。',
          en: 'If it stays: look at the lever of the output sensor.',
        },
        STEP.proveByTest,
      ],
    },
  },
  'documentPrinter.hardware': {
    cause: 'hardware',
    remedy: 'maintenance',
    message: {
      zh: 'A4 打印机出了故障。其他事情照常办；要打印的，请到服务台。',
      en: 'The A4 printer failed. All else goes on as usual; for prints, please go to the service desk.',
    },
    meaning: {
      zh: '打印机说它停了或坏了，又没有说是缺纸、卡纸这类人能处理的事。',
      en: 'The printer says that it stopped or is broken, and names nothing that a person could clear, such as paper.',
    },
    steps: {
      staff: [
        {
          zh: '把打印机关掉，等 30 秒再打开。',
          en: 'Switch the printer off, wait 30 seconds, switch it on.',
        },
        STEP.goOnWithout,
        STEP.callTechnician,
      ],
      technician: [
        {
          zh: '厂家代码是 IPP 的 printer-state-reasons；再看打印机屏幕和它自己的网页。',
          en: 'The maker’s code is IPP’s printer-state-reasons; see also the display and web page of the printer.',
        },
        STEP.proveByTest,
      ],
    },
  },
} as const satisfies FaultEntries;
