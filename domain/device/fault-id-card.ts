import { STEP, type FaultEntries } from './fault-entry.ts';

/** Faults of readers of resident identity cards. */
export const ID_CARD_FAULTS = {
  'idCard.unreadable': {
    cause: 'user',
    remedy: 'clear',
    message: {
      zh: '没有读到证件，请拿起来再放一次。',
      en: 'The card could not be read. Please lift it and lay it down again.',
    },
    meaning: {
      zh: '读卡器感应到了卡，连读三次都没读出来：放偏了、隔着卡套、两张卡叠在一起，或者卡的芯片坏了。',
      en: 'The reader felt a card and failed to read it three times: laid askew, in a sleeve, two cards at once, or a broken chip.',
    },
    steps: {
      staff: [
        {
          zh: '请群众把卡从卡套、手机壳里取出，单独平放在读卡区中间。',
          en: 'Ask for the card without sleeve or phone case, alone, flat in the middle of the reader.',
        },
        {
          zh: '只有这一张读不了：卡的芯片可能坏了，请群众到服务台办，并建议到派出所换证。',
          en: 'If only this card fails, its chip may be broken: help at the service desk and advise to renew it at the police station.',
        },
        {
          zh: '每张都读不了：请联系技术员。',
          en: 'If every card fails, call the technician.',
        },
      ],
      technician: [
        {
          zh: '用一张好卡测试；移开读卡器附近的金属和另外的读卡器。',
          en: 'Test with a good card; move metal and other readers away from it.',
        },
        STEP.readVendorCode,
        STEP.proveByTest,
      ],
    },
  },
  'idCard.removedEarly': {
    cause: 'user',
    remedy: 'clear',
    message: {
      zh: '证件拿得太快了，请再放一次，放好不要动。',
      en: 'The card was taken away too soon. Please lay it down again and leave it.',
    },
    meaning: {
      zh: '卡还没有读完就离开了读卡区。',
      en: 'The card left the reader before it was read to the end.',
    },
    steps: {
      staff: [
        {
          zh: '请群众放好卡，等屏幕说读到了再拿。',
          en: 'Ask to leave the card until the screen says that it was read.',
        },
      ],
      technician: [
        {
          zh: '卡没有动也这样：读卡区太滑、太斜，或者感应太弱。垫平，再换读卡器试。',
          en: 'If it comes with cards that lie still: the place is slippery, slanted, or the field is weak. Level it, then try another reader.',
        },
        STEP.proveByTest,
      ],
    },
  },
  'idCard.unknownKind': {
    cause: 'user',
    remedy: 'call',
    message: {
      zh: '这里不认识这张卡，请放居民身份证；没有的，请到服务台。',
      en: 'This card is not known here. Please use a resident ID card; without one, go to the service desk.',
    },
    meaning: {
      zh: '读到了卡，但不是居民身份证、港澳台居民居住证或外国人永久居留身份证。',
      en: 'The card was read, but it is no resident ID card, residence permit for Hong Kong, Macao and Taiwan residents, or foreigners’ permanent residence card.',
    },
    steps: {
      staff: [
        {
          zh: '看一看放的是什么卡：社保卡、银行卡不能放在这里。',
          en: 'See which card it is: social security and bank cards do not belong there.',
        },
        {
          zh: '没有能读的证件，请群众到服务台办。',
          en: 'Without a card that can be read, help at the service desk.',
        },
      ],
      technician: [
        {
          zh: '新版证件都读不了：读卡器的程序太旧，向厂家要更新。',
          en: 'If all cards of a new kind fail: the firmware of the reader is too old; ask the maker for an update.',
        },
        STEP.readVendorCode,
      ],
    },
  },
  'idCard.invalidContent': {
    cause: 'hardware',
    remedy: 'call',
    message: {
      zh: '证件里的内容读出来不对，请再放一次；还不行，请找工作人员。',
      en: 'The card gave wrong contents. Please try once more, then ask the staff.',
    },
    meaning: {
      zh: '读完了，但内容不合规矩（长度、日期、类型）。终端不猜，当作没读到。',
      en: 'The card was read to the end, but what it holds breaks the rules (lengths, dates, kind). The terminal does not guess and takes it as not read.',
    },
    steps: {
      staff: [
        {
          zh: '只有这一张这样：请群众到服务台，人工核对证件。',
          en: 'If only this card does it: check the card by hand at the service desk.',
        },
        {
          zh: '每张都这样：请联系技术员。',
          en: 'If every card does it, call the technician.',
        },
      ],
      technician: [
        {
          zh: '核对读卡器型号说的是不是 SDT 协议。',
          en: 'Check that this model speaks the SDT protocol.',
        },
        {
          zh: '用另一台读卡器读同一张卡，分清是卡还是读卡器。',
          en: 'Read the same card with another reader, to tell card from reader.',
        },
        STEP.proveByTest,
      ],
    },
  },
  'idCard.samFault': {
    cause: 'hardware',
    remedy: 'maintenance',
    message: {
      zh: '读卡器坏了，请找工作人员，或者到服务台办理。',
      en: 'The card reader is broken. Please ask the staff, or go to the service desk.',
    },
    meaning: {
      zh: '读卡器里的安全模块（SAM）自检没通过或没有授权。它能答话，但读不了任何身份证。',
      en: 'The security module (SAM) in the reader failed its self-test or is not authorised. The reader answers but can read no card.',
    },
    steps: {
      staff: [
        {
          zh: '把读卡器断电，等 10 秒再接上。',
          en: 'Take the power from the reader for 10 seconds.',
        },
        STEP.goOnWithout,
        STEP.callTechnician,
      ],
      technician: [
        {
          zh: '断电重来还是这样：换读卡器。安全模块只能由厂家修。',
          en: 'If it stays after a power cycle: change the reader. Only the maker can mend the module.',
        },
        STEP.proveByTest,
      ],
    },
  },
} as const satisfies FaultEntries;
