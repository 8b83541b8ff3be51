import { STEP, type FaultEntries } from './fault-entry.ts';

/** Faults of scanners of bar codes and QR codes. */
export const CODE_SCANNER_FAULTS = {
  'codeScanner.notRead': {
    cause: 'user',
    remedy: 'clear',
    message: {
      zh: '没有扫到二维码。请把屏幕调亮，码对准扫码窗，慢慢拿远一点再试。',
      en: 'No code was read. Please turn the brightness up, hold the code before the window and move it away slowly.',
    },
    meaning: {
      zh: '在规定时间里没有扫到任何码：没有对准、离得太近、手机太暗，或者反光。',
      en: 'No code was seen in time: not aimed, too close, the phone too dark, or a reflection.',
    },
    steps: {
      staff: [
        {
          zh: '帮群众调亮手机，码离扫码窗约一个手掌远。',
          en: 'Help to brighten the phone; hold the code a hand’s length from the window.',
        },
        {
          zh: '还扫不到：用身份证办，或者手工输入号码。',
          en: 'If it still fails: use the ID card, or type the number.',
        },
      ],
      technician: [
        {
          zh: '擦干净扫码窗；避开正对的灯和阳光。',
          en: 'Clean the window; keep lamps and sun from shining into it.',
        },
        {
          zh: '看扫描头是不是开着「屏幕码」、自动感应和 QR 码制。',
          en: 'See that the scan engine has screen reading, automatic trigger and QR codes switched on.',
        },
        STEP.proveByTest,
      ],
    },
  },
  'codeScanner.unreadable': {
    cause: 'user',
    remedy: 'call',
    message: {
      zh: '扫到了，但这个码这里用不了。请换正确的码，或者找工作人员。',
      en: 'A code was read, but it is of no use here. Please show the right code, or ask the staff.',
    },
    meaning: {
      zh: '扫到的内容不完整、太长，或者不是这里认识的码（例如付款码、广告码）。内容不会保存，也不会写进日志。',
      en: 'What was read is incomplete, too long, or of no kind known here (for example a payment code). It is neither kept nor logged.',
    },
    steps: {
      staff: [
        {
          zh: '看群众出示的是不是回执上的码，或办事要的那个码。',
          en: 'See whether it is the code of a receipt, or the one that the service asks for.',
        },
        {
          zh: '会过期的码（电子社保卡等）请刷新后再扫。',
          en: 'Codes that expire (such as the electronic social security card) must be refreshed first.',
        },
      ],
      technician: [
        {
          zh: '正确的码也这样：扫描头要设成原样输出（UTF-8，不加前缀），结尾为回车换行。',
          en: 'If right codes do it too: the scan engine must send what it reads unchanged (UTF-8, no prefix), ended by carriage return and line feed.',
        },
        {
          zh: '串口型：核对波特率；乱码多半是波特率不对。',
          en: 'For serial ones check the baud rate: garbled text mostly comes from a wrong one.',
        },
        STEP.proveByTest,
      ],
    },
  },
} as const satisfies FaultEntries;
