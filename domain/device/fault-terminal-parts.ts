import type { FaultEntries } from './fault-entry.ts';

/** Faults of the parts around the screen: cabinet, power. */
export const TERMINAL_PARTS_FAULTS = {
  'terminalParts.doorOpen': {
    cause: 'user',
    remedy: 'clear',
    message: {
      zh: '这台机器的柜门开着，请不要动里面，并告诉工作人员。',
      en: 'The cabinet of this machine is open. Please touch nothing inside and tell the staff.',
    },
    meaning: {
      zh: '柜门开关说柜门没有关。可能有人在维护，也可能有人撬开了。',
      en: 'The door switch says that the cabinet is open: somebody maintains it, or forced it.',
    },
    steps: {
      staff: [
        {
          zh: '没有技术员在场：看一看里面有没有少东西、多东西，关好门上锁。',
          en: 'If no technician is there: look whether anything is missing or was added, shut the door and lock it.',
        },
        {
          zh: '像是被撬的：不要用这台机器，保护现场，报告负责人。',
          en: 'If it looks forced: stop using the machine, leave everything as it is, report it.',
        },
      ],
      technician: [
        {
          zh: '门关着还报：调整或更换门开关。',
          en: 'If it says so with the door shut: adjust or change the switch.',
        },
        {
          zh: '不明原因打开过：检查各个 USB 口和网口有没有多接东西。',
          en: 'If nobody knows why it was open: look for anything added to USB and network sockets.',
        },
      ],
    },
  },
  'terminalParts.onBattery': {
    cause: 'hardware',
    remedy: 'call',
    message: {
      zh: '停电了，机器在用电池。请尽快提交，没办完的请到服务台。',
      en: 'The power is out and the machine runs on its battery. Please submit soon; what is not done, finish at the service desk.',
    },
    meaning: {
      zh: '不间断电源（UPS）说市电断了，终端靠电池在运行，过一会儿会自己关机。已经提交的都存好了。',
      en: 'The uninterruptible power supply says that mains power is gone; the terminal runs on its battery and will shut down after a while. What was submitted is stored.',
    },
    steps: {
      staff: [
        {
          zh: '看是停电，还是插头松了、开关跳了。',
          en: 'See whether the power is out, a plug is loose or a breaker tripped.',
        },
        {
          zh: '请正在办的人抓紧提交，暂时不要开始新的。',
          en: 'Ask whoever is at it to submit soon, and let nobody begin anew.',
        },
      ],
      technician: [
        {
          zh: '来电后故障不消失：查 UPS 的输入和通信线。',
          en: 'If it stays when power is back: check input and data cable of the UPS.',
        },
        {
          zh: '撑不到几分钟：换电池。',
          en: 'If the battery lasts but minutes, change it.',
        },
      ],
    },
  },
} as const satisfies FaultEntries;
