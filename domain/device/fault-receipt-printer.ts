import type { LocalizedText } from '../text.ts';
import { STEP, type FaultEntries } from './fault-entry.ts';

/** Many printers print on what the end of the paper stopped, once they are well. */
const MAY_COME_OUT = {
  zh: '打到一半的回执可能自己接着打出来：交给本人；人已经走了，就剪碎，需要时再补打。',
  en: 'A receipt that was stopped in its middle may come out by itself: hand it to whose it is; if they have gone, cut it up, and print it again when it is asked for.',
} as const satisfies LocalizedText;

/** Faults of receipt printers. */
export const RECEIPT_PRINTER_FAULTS = {
  'printer.paperOut': {
    cause: 'supply',
    remedy: 'replenish',
    message: {
      zh: '打印纸用完了。请告诉工作人员加纸，或者用手机拍下屏幕。',
      en: 'The printer is out of paper. Please tell the staff, or photograph the screen.',
    },
    meaning: {
      zh: '打印机的纸用完了，或者纸没有装到位。申请已经存好，回执可以补打。',
      en: 'The paper roll is used up or not in place. The application is stored; the receipt can be printed again.',
    },
    steps: {
      staff: [
        {
          zh: '打开盖子，装上新的热敏纸卷（纸头朝外、印字面朝打印头），关好盖子。',
          en: 'Open the cover, put in a new roll of thermal paper (the end towards you, the coated side to the print head), close the cover.',
        },
        MAY_COME_OUT,
        {
          zh: '在屏幕上点「再打一次」，或者在工作人员页面点「补打回执」。',
          en: 'Touch “Print again” on the screen or on the staff page.',
        },
      ],
      technician: [
        {
          zh: '有纸还报缺纸：擦干净缺纸传感器，核对纸宽和配置里的型号档案（80 或 58 毫米）。',
          en: 'If it says so with paper in it: clean the paper sensor; compare paper width and profile (80 or 58 mm).',
        },
        STEP.proveByTest,
      ],
    },
  },
  'printer.coverOpen': {
    cause: 'user',
    remedy: 'clear',
    message: {
      zh: '打印机盖子没关好。请告诉工作人员，或者用手机拍下屏幕。',
      en: 'The printer cover is open. Please tell the staff, or photograph the screen.',
    },
    meaning: {
      zh: '打印机的盖子开着，或者没有扣紧。',
      en: 'The cover of the printer is open or not latched.',
    },
    steps: {
      staff: [
        {
          zh: '把盖子两边都按到「咔」一声，再打一次。',
          en: 'Press both sides of the cover until they click, and print again.',
        },
        MAY_COME_OUT,
      ],
      technician: [
        {
          zh: '关好了还这样：看盖子的卡扣和开关有没有断、有没有纸屑。',
          en: 'If it stays: look for a broken latch or switch, or scraps of paper.',
        },
        STEP.proveByTest,
      ],
    },
  },
  'printer.jam': {
    cause: 'hardware',
    remedy: 'clear',
    message: {
      zh: '打印机卡纸了。请告诉工作人员，或者用手机拍下屏幕。',
      en: 'Paper is jammed in the printer. Please tell the staff, or photograph the screen.',
    },
    meaning: {
      zh: '纸在打印机里走不动。',
      en: 'The paper does not move in the printer.',
    },
    steps: {
      staff: [
        {
          zh: '打开盖子，把皱了的纸撕掉，纸头拉出来一截，关好盖子，再打一次。',
          en: 'Open the cover, tear off crumpled paper, pull the end out a little, close it, and print again.',
        },
        {
          zh: '不要用刀片、镊子去刮打印头。',
          en: 'Do not scrape the print head with blades or tweezers.',
        },
        MAY_COME_OUT,
        STEP.callTechnician,
      ],
      technician: [
        {
          zh: '常常卡：看出纸口和柜体的导纸口对不对齐，纸卷是不是太紧、太宽。',
          en: 'If it comes often: align the paper outlet with the slot of the cabinet; check the roll’s width and tightness.',
        },
        STEP.proveByTest,
      ],
    },
  },
  'printer.cutter': {
    cause: 'hardware',
    remedy: 'maintenance',
    message: {
      zh: '打印机切刀出了故障。请看一看出纸口，轻轻撕下回执；没有纸，请找工作人员。',
      en: 'The printer cutter failed. Please look at the outlet and tear the receipt off; if there is none, ask the staff.',
    },
    meaning: {
      zh: '切纸刀卡住了。回执可能已经整张打出来，只是没有切断。',
      en: 'The cutter is stuck. The receipt may have been printed whole and only not cut.',
    },
    steps: {
      staff: [
        {
          zh: '打开盖子，看刀口有没有纸屑，取出来，关好盖子，把打印机关掉再打开。',
          en: 'Open the cover, take scraps out of the cutter, close it, switch the printer off and on.',
        },
        STEP.callTechnician,
      ],
      technician: [
        {
          zh: '断电后按打印机说明书把刀片退回原位。',
          en: 'With the power off, bring the blade back as the printer’s manual says.',
        },
        {
          zh: '暂时修不好：在设备配置里换成没有切刀的型号档案（NoCutter），回执改为手撕。',
          en: 'If it cannot be mended now: set a profile without cutter (NoCutter) in the device configuration; receipts are then torn off.',
        },
        STEP.proveByTest,
      ],
    },
  },
  'printer.hardware': {
    cause: 'hardware',
    remedy: 'maintenance',
    message: {
      zh: '打印机出了故障。请用手机拍下屏幕，或者请工作人员以后补打。',
      en: 'The printer failed. Please photograph the screen, or ask the staff to print it later.',
    },
    meaning: {
      zh: '打印机自己说它坏了（打印头、电源或主板），而且不能自己恢复。',
      en: 'The printer says that it is broken (head, power or board) and cannot recover by itself.',
    },
    steps: {
      staff: [
        {
          zh: '把打印机关掉，等 10 秒再打开。',
          en: 'Switch the printer off, wait 10 seconds, switch it on.',
        },
        {
          zh: '不影响收件：请群众拍下屏幕上的号码，以后补打。',
          en: 'Applications go on: let people photograph the number; print the receipt later.',
        },
        STEP.callTechnician,
      ],
      technician: [
        {
          zh: '厂家代码是 DLE EOT 1 到 4 的四个回答字节（十六进制），对照打印机说明书看是哪一部分。',
          en: 'The maker’s code is the four answers to DLE EOT 1 to 4 in hexadecimal: the printer’s manual says which part they name.',
        },
        { zh: '查电源电压，必要时换打印机。', en: 'Check the power supply; change the printer.' },
        STEP.proveByTest,
      ],
    },
  },
  'printer.headHot': {
    cause: 'hardware',
    remedy: 'reset',
    message: {
      zh: '打印机太热，正在冷却。请等一分钟再打，或者用手机拍下屏幕。',
      en: 'The printer is hot and cooling down. Please wait a minute and print again, or photograph the screen.',
    },
    meaning: {
      zh: '打印头太热，或者电压一时不稳。打印机自己会恢复，不用拆开。',
      en: 'The print head is too hot, or the voltage was unsteady for a moment. The printer recovers by itself; nothing needs opening.',
    },
    steps: {
      staff: [
        {
          zh: '等一两分钟，看到「正常」再打一次。不要摸打印头。',
          en: 'Wait a minute or two until it says that it works, and print again. Do not touch the print head.',
        },
        STEP.callTechnician,
      ],
      technician: [
        {
          zh: '常常这样：看柜体通风、打印浓度是不是太高；有的型号打印头抬起也报这个，看压杆。',
          en: 'If it comes often: check the air in the cabinet and whether the print density is too high; some models say the same with the head lifted: check the lever.',
        },
        { zh: '量电源电压。', en: 'Measure the supply voltage.' },
        STEP.proveByTest,
      ],
    },
  },
  'printer.paperLow': {
    cause: 'supply',
    remedy: 'replenish',
    message: {
      zh: '打印纸快用完了，还可以打印。请告诉工作人员备纸。',
      en: 'The paper is nearly used up; it still prints. Please tell the staff.',
    },
    meaning: {
      zh: '纸卷快用完了。终端照常打印，直到缺纸。',
      en: 'The roll is nearly used up. The terminal goes on printing until the paper is out.',
    },
    steps: {
      staff: [
        {
          zh: '备好一卷新纸；人少的时候换上。',
          en: 'Have a new roll ready, and change it when few people are there.',
        },
      ],
      technician: [
        {
          zh: '新纸也报这个：调纸将尽传感器的位置，使它对着要求的卷径。',
          en: 'If it says so with a new roll: set the near-end sensor to the diameter that is wanted.',
        },
        STEP.proveByTest,
      ],
    },
  },
  'printer.logoNotKept': {
    cause: 'configuration',
    remedy: 'call',
    message: {
      zh: '标志没有存进打印机。回执可以照常打印，只是没有标志。',
      en: 'The logo was not stored in the printer. Receipts print as before, without it; ask a technician.',
    },
    meaning: {
      zh: '打印机没有图片存储、存满了，或者存完以后查不到这个标志。',
      en: 'The printer has no memory for pictures, it is full, or the logo is not found in it after storing.',
    },
    steps: {
      staff: [STEP.callTechnician],
      technician: [
        {
          zh: '看打印机说明书有没有 GS ( L 或 FS q；没有，就不用标志。图片太大，换小一些的。',
          en: 'See in the printer’s manual whether it has GS ( L or FS q; without them there is no logo. Use a smaller picture if it is too large.',
        },
        STEP.proveByTest,
      ],
    },
  },
  'printer.unconfirmed': {
    cause: 'hardware',
    remedy: 'call',
    message: {
      zh: '不能确定是否打印成功，请看一看出纸口；没有纸，可以再打一次。',
      en: 'It is not certain that it was printed. Please look at the paper outlet; if there is none, print again.',
    },
    meaning: {
      zh: '数据发出去了，但打印机没有说打完了（线断了，或者不回话）。终端不会自己重打，免得同一张出来两份。',
      en: 'The data went out, but the printer never said that it was done (the line broke, or it is silent). The terminal does not print it again by itself, lest it come out twice.',
    },
    steps: {
      staff: [
        {
          zh: '看出纸口：有完整的回执就不用管；没有，或者只有半张，点「再打一次」。',
          en: 'Look at the outlet: a whole receipt needs nothing; with none or half of one, touch “Print again”.',
        },
      ],
      technician: [
        {
          zh: '每次都这样：这个型号不会回报完成，或者只接了单向线。换双向连接，或换型号档案。',
          en: 'If it is always so: this model does not report, or its line is one-way. Use a two-way connection, or another profile.',
        },
        STEP.proveByTest,
      ],
    },
  },
} as const satisfies FaultEntries;
