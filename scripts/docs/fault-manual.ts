import {
  FAULT_CLASSES,
  FAULTS,
  type FaultClass,
  type FaultCode,
} from '../../domain/device/fault-catalogue.ts';
import type { FaultEntry, FaultSteps } from '../../domain/device/fault-entry.ts';
import type { FaultCause, FaultRemedy } from '../../domain/device/fault.ts';
import type { DeviceState, PaperState } from '../../domain/device/status.ts';
import type { LocalizedText } from '../../domain/text.ts';

const CAUSES: Readonly<Record<FaultCause, LocalizedText>> = {
  hardware: { zh: '设备或线路', en: 'the device or its line' },
  software: { zh: '程序', en: 'a program' },
  user: { zh: '人的操作', en: 'what a person did' },
  supply: { zh: '耗材', en: 'a supply' },
  configuration: { zh: '设置', en: 'how it is set up' },
};

const REMEDIES: Readonly<Record<FaultRemedy, LocalizedText>> = {
  reset: { zh: '再试一次，或者断电重来', en: 'try again, or switch it off and on' },
  clear: { zh: '清理、放好、关好', en: 'clear it, lay it right, shut it' },
  replenish: { zh: '补充耗材', en: 'refill it' },
  maintenance: { zh: '请技术员来修', en: 'have it mended by the technician' },
  call: { zh: '请人帮忙或另想办法', en: 'ask somebody, or find another way' },
};

const STATES: Readonly<Record<DeviceState, LocalizedText>> = {
  starting: { zh: '正在启动，还不知道情况', en: 'opening; nothing is known yet' },
  online: { zh: '就目前所知，能用', en: 'works as far as anybody can tell' },
  offline: {
    zh: '应该在，但不答话或线断了',
    en: 'meant to be there, does not answer or its line is down',
  },
  powerOff: { zh: '已知关着电', en: 'known to be switched off' },
  noDevice: { zh: '这台终端本来就没配', en: 'not meant to be on this terminal' },
  hardwareError: { zh: '有回答，说自己坏了', en: 'answers, and says that it is broken' },
  userError: {
    zh: '等人处理：盖子开着、有东西挡着',
    en: 'a person keeps it from working: cover open, something in the way',
  },
  deviceBusy: { zh: '正在工作，现在接不了新的', en: 'working, takes no command now' },
  unknown: { zh: '不知道能不能用', en: 'it may work or not' },
};

const PAPER: Readonly<Record<PaperState, LocalizedText>> = {
  full: { zh: '够用', en: 'enough' },
  low: { zh: '快用完', en: 'nearly used up' },
  out: { zh: '没有了', en: 'none left' },
  jammed: { zh: '卡住了', en: 'jammed' },
  unknown: { zh: '不知道', en: 'not known' },
};

const both = ({ zh, en }: LocalizedText): string => `${zh} ${en}`;

function wordTable(head: string, words: Readonly<Record<string, LocalizedText>>): string {
  const rows = Object.entries(words).map(([word, { zh, en }]) => `| \`${word}\` | ${zh} | ${en} |`);
  return [`| ${head} | 意思 | meaning |`, '|---|---|---|', ...rows].join('\n');
}

const intro = (): string => `# 故障手册 Fault manual

<!-- Made from domain/device/fault-*.ts by \`node scripts/node24.mjs scripts/docs/write-faults.ts\`. Change it there. -->

每个故障有一个代码，写在工作人员页面和设备维护页面上。按代码找到它，先做「工作人员」的步骤，不行再请技术员。申请一旦提交就已经存好，设备出故障不会丢。

Every fault has a code, which the staff page and the maintenance page show. Look it up here; do first what is for the staff, then call the technician. What was submitted is stored: no fault of a device loses it.

## 用词 Words

设备状态用 XFS4IoT 的词，另加 \`starting\` 和 \`unknown\`。States are the words of XFS4IoT, with \`starting\` and \`unknown\` added.

${wordTable('状态 state', STATES)}

${wordTable('纸 paper', PAPER)}

${wordTable('原因 cause', CAUSES)}

${wordTable('处理 remedy', REMEDIES)}
`;

/** The class that a code belongs to: what stands before its point. */
export function classOf(code: string): string {
  return code.slice(0, code.indexOf('.'));
}

/** The codes of a class, in the order of the catalogue. */
export function codesOf(faultClass: FaultClass): readonly FaultCode[] {
  return (Object.keys(FAULTS) as FaultCode[]).filter((code) => classOf(code) === faultClass);
}

const classes = Object.keys(FAULT_CLASSES) as FaultClass[];

function contents(): string {
  const lines = classes.map((one) => {
    const links = codesOf(one).map((code) => `[${code}](#${code})`);
    return `- [${both(FAULT_CLASSES[one])}](#${one}): ${links.join(', ')}`;
  });
  return ['## 目录 Contents', '', ...lines, ''].join('\n');
}

function stepList(who: string, steps: FaultSteps): string {
  const lines = steps.map(({ zh, en }, i) => `${i + 1}. ${zh}<br>${en}`);
  return [`**${who}**`, '', ...lines].join('\n');
}

function section(code: FaultCode): string {
  const { cause, remedy, message, meaning, steps }: FaultEntry = FAULTS[code];
  return [
    `### <a id="${code}"></a>${code}`,
    `> ${message.zh}<br>${message.en}`,
    `原因 cause: \`${cause}\` ${CAUSES[cause].zh} · 处理 remedy: \`${remedy}\` ${REMEDIES[remedy].zh}`,
    `${meaning.zh}<br>${meaning.en}`,
    stepList('工作人员 Staff', steps.staff),
    stepList('技术员 Technician', steps.technician),
  ].join('\n\n');
}

/** The whole fault manual as Markdown, in both languages; before it is formatted. */
export function faultManual(): string {
  const chapters = classes.map((one) =>
    [`## <a id="${one}"></a>${both(FAULT_CLASSES[one])}`, ...codesOf(one).map(section)].join(
      '\n\n',
    ),
  );
  return [intro(), contents(), ...chapters].join('\n\n');
}
