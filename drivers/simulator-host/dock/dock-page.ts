import { readFileSync } from 'node:fs';
import type { LocalizedText } from '../../../domain/text.ts';
import type { KeyName } from '../../terminal-parts/contract.ts';
import type { DeviceView, PersonaView } from '../control-plane.ts';
import type { SimulatorCommand } from '../simulator.ts';

/** Headers of the dock page: it loads nothing but its own script, style and pictures. */
export const DOCK_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
} as const;

/** Text made safe for HTML, in elements and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

interface Button {
  readonly text: LocalizedText;
  readonly command: SimulatorCommand;
}

/** A switch that shows what the device says of itself: on while `state[key]` is not false, 0 or null. */
interface Switch {
  readonly text: LocalizedText;
  readonly key: string;
  readonly on: SimulatorCommand;
  readonly off: SimulatorCommand;
}

function both(text: LocalizedText): string {
  return `<span lang="zh">${escapeHtml(text.zh)}</span> <small lang="en">${escapeHtml(text.en)}</small>`;
}

function attribute(command: SimulatorCommand): string {
  return escapeHtml(JSON.stringify(command));
}

function button(device: string, { text, command }: Button): string {
  return `<button type="button" data-device="${device}" data-command="${attribute(command)}">${both(text)}</button>`;
}

function toggle(device: string, { text, key, on, off }: Switch): string {
  return `<button type="button" class="switch" aria-pressed="false" data-device="${device}" data-key="${key}" data-command="${attribute(on)}" data-off="${attribute(off)}">${both(text)}</button>`;
}

const LINE_FAULTS: readonly Switch[] = [
  {
    text: { zh: '慢 3 秒', en: 'slow, 3 s' },
    key: 'delayMs',
    on: { do: 'setDelay', ms: 3_000 },
    off: { do: 'setDelay', ms: 0 },
  },
  {
    text: { zh: '不作声', en: 'says nothing' },
    key: 'mute',
    on: { do: 'setMute', mute: true },
    off: { do: 'setMute', mute: false },
  },
  {
    text: { zh: '断线 10 秒', en: 'line down, 10 s' },
    key: 'refusing',
    on: { do: 'dropLine', forMs: 10_000 },
    off: { do: 'dropLine', forMs: 0 },
  },
];
const FAIL_NEXT: Button = {
  text: { zh: '下一次失败', en: 'fail the next call' },
  command: { do: 'failNext' },
};
const COVER: Switch = {
  text: { zh: '打开盖子', en: 'cover open' },
  key: 'coverOpen',
  on: { do: 'setCover', open: true },
  off: { do: 'setCover', open: false },
};
const JAM: Switch = {
  text: { zh: '卡纸', en: 'jam' },
  key: 'jammed',
  on: { do: 'setJam', jammed: true },
  off: { do: 'setJam', jammed: false },
};

const HOT: Switch = {
  text: { zh: '打印头过热', en: 'hot head' },
  key: 'headHot',
  on: { do: 'setHead', hot: true },
  off: { do: 'setHead', hot: false },
};
const CUTTER: Switch = {
  text: { zh: '切刀卡住', en: 'stuck cutter' },
  key: 'cutterStuck',
  on: { do: 'setCutter', stuck: true },
  off: { do: 'setCutter', stuck: false },
};

function faults(device: string, switches: readonly Switch[], more: readonly Button[] = []): string {
  const all = [...switches, ...LINE_FAULTS].map((one) => toggle(device, one)).join('');
  return `<h3>${both({ zh: '出点毛病', en: 'Make trouble' })}</h3><div class="row">${all}${[FAIL_NEXT, ...more].map((one) => button(device, one)).join('')}</div>`;
}

function group(title: LocalizedText, device: string, buttons: readonly Button[]): string {
  return `<h3>${both(title)}</h3><div class="row">${buttons.map((one) => button(device, one)).join('')}</div>`;
}

function personaCards(device: string, personas: readonly PersonaView[]): string {
  const cards = personas.map(
    ({ id, note }) =>
      `<button type="button" class="card" data-device="${device}" data-card="${escapeHtml(id)}" data-command="${attribute({ do: 'insertCard', persona: id })}"><b>${escapeHtml(id)}</b>${both(note)}</button>`,
  );
  return `<div class="cards">${cards.join('')}</div>`;
}

function cardPanel(device: string, personas: readonly PersonaView[]): string {
  return `<h3>${both({ zh: '放上一张证件', en: 'Lay a card on the reader' })}</h3>
${personaCards(device, personas)}
<div class="row"><button type="button" class="main" data-device="${device}" data-command="${attribute({ do: 'removeCard' })}">${both({ zh: '拿走证件', en: 'Lift the card' })}</button>
${button(device, { text: { zh: '线路杂音', en: 'noise on the line' }, command: { do: 'noise', hex: '00ffaa9669aa55' } })}</div>
${faults(device, [])}`;
}

function securityCardPanel(device: string, personas: readonly PersonaView[]): string {
  return `<h3>${both({ zh: '插入一张社保卡', en: 'Put a social security card in' })}</h3>
${personaCards(device, personas)}
<div class="row"><button type="button" class="main" data-device="${device}" data-command="${attribute({ do: 'removeCard' })}">${both({ zh: '拔出', en: 'Pull it out' })}</button>
${button(device, { text: { zh: '银行卡', en: 'a bank card' }, command: { do: 'insertOtherCard', kind: 'bankCard' } })}
${button(device, { text: { zh: '插反了', en: 'the wrong way round' }, command: { do: 'insertOtherCard', kind: 'upsideDown' } })}</div>
${faults(device, [])}`;
}

function printerPanel(device: string): string {
  const paper = group({ zh: '打印纸', en: 'Paper' }, device, [
    { text: { zh: '装满', en: 'full' }, command: { do: 'setPaper', paper: 'full' } },
    { text: { zh: '快没了', en: 'low' }, command: { do: 'setPaper', paper: 'low' } },
    { text: { zh: '用完', en: 'out' }, command: { do: 'setPaper', paper: 'out' } },
  ]);
  const heal: Button = {
    text: { zh: '修好', en: 'heal the failure' },
    command: { do: 'failNext', times: 0 },
  };
  const take = {
    text: { zh: '取走回执', en: 'take the receipt' },
    command: { do: 'takeTicket' },
  } as const;
  return `${paper}${faults(device, [COVER, JAM, HOT, CUTTER], [heal, take])}
<h3>${both({ zh: '最近打印的一张', en: 'The last thing printed' })}</h3>
<p class="none" data-empty="${device}">${both({ zh: '还没有打印', en: 'Nothing printed yet' })}</p>
<img class="receipt" hidden data-picture="${device}" data-ending=".png" alt="最近打印的回执 The last receipt">`;
}

function scannerPanel(device: string): string {
  const pages = (
    source: 'flatbed' | 'feeder',
    count: number,
    zh: string,
    en: string,
    paper?: 'householdRegister' | 'disabilityCertificate' | 'bankCard',
  ): Button => ({
    text: { zh, en },
    command: { do: 'loadPages', source, count, ...(paper === undefined ? {} : { paper }) },
  });
  const glass = group({ zh: '放在玻璃上', en: 'On the glass' }, device, [
    pages('flatbed', 1, '户口簿', 'household register', 'householdRegister'),
    pages('flatbed', 1, '残疾人证', 'disability certificate', 'disabilityCertificate'),
    pages('flatbed', 1, '银行卡', 'bank card', 'bankCard'),
    pages('flatbed', 0, '拿走', 'take away'),
  ]);
  const feeder = group({ zh: '放进进纸器', en: 'Into the feeder' }, device, [
    pages('feeder', 1, '1 张', '1 page'),
    pages('feeder', 3, '3 张', '3 pages'),
    pages('feeder', 5, '5 张', '5 pages'),
    pages('feeder', 0, '拿走', 'take away'),
    {
      text: { zh: '两张后卡住', en: 'jam after two' },
      command: { do: 'setJam', jammed: true, afterPages: 2 },
    },
  ]);
  const busy: Switch = {
    text: { zh: '正忙', en: 'busy' },
    key: 'busy',
    on: { do: 'setBusy', busy: true },
    off: { do: 'setBusy', busy: false },
  };
  return `${glass}${feeder}${faults(device, [COVER, JAM, busy])}
<h3>${both({ zh: '最近扫描的一页', en: 'The last page scanned' })}</h3>
<p class="none" data-empty="${device}">${both({ zh: '还没有扫描', en: 'Nothing scanned yet' })}</p>
<img class="scan" hidden data-picture="${device}" data-ending=".jpg" alt="最近扫描的一页 The last page scanned">`;
}

function codePanel(device: string): string {
  const codes = group({ zh: '放到扫码器前', en: 'Hold before the scanner' }, device, [
    {
      text: { zh: '不认识的码', en: 'an unknown code' },
      command: { do: 'scan', text: '6901234567892' },
    },
    {
      text: { zh: '半个码', en: 'half a code' },
      command: { do: 'scanRaw', hex: '4142', ended: false },
    },
  ]);
  const drop = LINE_FAULTS.filter(({ key }) => key === 'refusing').map((one) =>
    toggle(device, one),
  );
  return `${codes}
<h3>${both({ zh: '扫一张回执', en: 'Scan a receipt' })}</h3>
<form class="row" data-scan="${device}"><label>${both({ zh: '回执二维码里的字', en: 'Text of the receipt’s code' })} <input name="text" maxlength="400" autocomplete="off"></label><button>${both({ zh: '扫', en: 'scan' })}</button></form>
<div class="row">${drop.join('')}</div>`;
}

function a4Panel(device: string): string {
  const paper = group({ zh: '打印纸', en: 'Paper' }, device, [
    { text: { zh: '装满', en: 'full' }, command: { do: 'setPaper', paper: 'full' } },
    { text: { zh: '快没了', en: 'low' }, command: { do: 'setPaper', paper: 'low' } },
    { text: { zh: '用完', en: 'out' }, command: { do: 'setPaper', paper: 'out' } },
    { text: { zh: '碳粉快没了', en: 'toner low' }, command: { do: 'setToner', percent: 4 } },
    { text: { zh: '碳粉换好了', en: 'toner changed' }, command: { do: 'setToner', percent: 80 } },
  ]);
  return `${paper}${faults(device, [COVER, JAM])}
<p>${both({ zh: '打出来的文件在控制接口的 artifacts 里', en: 'What was printed is among the artifacts of the control plane' })}</p>`;
}

function partsPanel(device: string): string {
  const key = (zh: string, en: string, name: KeyName): Button => ({
    text: { zh, en },
    command: { do: 'pressKey', key: name },
  });
  const keys = group({ zh: '按键', en: 'Keys' }, device, [
    key('上', 'up', 'up'),
    key('下', 'down', 'down'),
    key('左', 'left', 'left'),
    key('右', 'right', 'right'),
    key('确定', 'select', 'select'),
    key('返回', 'back', 'back'),
    { text: { zh: '呼叫按钮', en: 'call button' }, command: { do: 'pressCall' } },
  ]);
  const sensors = group({ zh: '感应器', en: 'Sensors' }, device, [
    { text: { zh: '有人来', en: 'somebody comes' }, command: { do: 'setPresence', near: true } },
    { text: { zh: '人走了', en: 'and leaves' }, command: { do: 'setPresence', near: false } },
    {
      text: { zh: '插上耳机', en: 'headphones in' },
      command: { do: 'setHeadphones', plugged: true },
    },
    {
      text: { zh: '拔掉耳机', en: 'headphones out' },
      command: { do: 'setHeadphones', plugged: false },
    },
    { text: { zh: '打开柜门', en: 'open the door' }, command: { do: 'setDoor', open: true } },
    { text: { zh: '关上柜门', en: 'close the door' }, command: { do: 'setDoor', open: false } },
    { text: { zh: '停电', en: 'mains lost' }, command: { do: 'setPower', mains: 'lost' } },
    {
      text: { zh: '电池快没了', en: 'battery low' },
      command: { do: 'setPower', mains: 'lost', battery: 'low' },
    },
    {
      text: { zh: '来电', en: 'mains back' },
      command: { do: 'setPower', mains: 'on', battery: 'ok' },
    },
    { text: { zh: '板子重启', en: 'the board restarts' }, command: { do: 'restartBoard' } },
  ]);
  return `${keys}${sensors}${faults(device, [])}`;
}

function relaysPanel({ id, state }: DeviceView): string {
  const channels = Object.keys(state['relays'] ?? {});
  const buttons = channels.flatMap((name, i): readonly Button[] =>
    [true, false].map((on) => ({
      text: { zh: `${name} ${on ? '合上' : '断开'}`, en: on ? 'on' : 'off' },
      command: { do: 'setRelay', channel: i + 1, on },
    })),
  );
  return `${group({ zh: '继电器', en: 'Relays' }, escapeHtml(id), buttons)}${faults(escapeHtml(id), [])}`;
}

const TITLES: Readonly<Record<DeviceView['deviceClass'], LocalizedText>> = {
  idCard: { zh: '身份证读卡器', en: 'ID-card reader' },
  receiptPrinter: { zh: '回执打印机', en: 'Receipt printer' },
  documentScanner: { zh: '文档扫描仪', en: 'Document scanner' },
  codeScanner: { zh: '扫码器', en: 'Code scanner' },
  documentPrinter: { zh: 'A4 打印机', en: 'A4 printer' },
  terminalParts: { zh: '灯、按键和感应器', en: 'Lights, keys and sensors' },
  securityCard: { zh: '社保卡读卡器', en: 'Social security card reader' },
};

const PANELS: Readonly<
  Record<DeviceView['deviceClass'], (id: string, personas: readonly PersonaView[]) => string>
> = {
  idCard: cardPanel,
  receiptPrinter: printerPanel,
  documentScanner: scannerPanel,
  codeScanner: codePanel,
  documentPrinter: a4Panel,
  terminalParts: partsPanel,
  securityCard: securityCardPanel,
};

function panel(device: DeviceView, personas: readonly PersonaView[]): string {
  const id = escapeHtml(device.id);
  const inside =
    device.state['kind'] === 'relays'
      ? relaysPanel(device)
      : PANELS[device.deviceClass](id, personas);
  const address = device.url ?? `tcp://${device.host}:${device.port}`;
  return `<section aria-labelledby="title-${id}"><h2 id="title-${id}">${both(TITLES[device.deviceClass])}</h2>
<p class="address">${id} · ${escapeHtml(address)}</p>
${inside}
<details><summary>${both({ zh: '设备状态', en: 'State' })}</summary><pre data-state="${id}">${escapeHtml(JSON.stringify(device.state, null, 1))}</pre></details></section>`;
}

/** The dock: one page on which people play with the simulated devices. */
export function dockPage(personas: readonly PersonaView[], devices: readonly DeviceView[]): string {
  return `<!doctype html>
<html lang="zh"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>设备模拟台 Device dock</title><link rel="stylesheet" href="/dock.css"></head>
<body><header><h1>${both({ zh: '设备模拟台', en: 'Device dock' })}</h1>
<p>${both({ zh: '终端把这里当成真的设备。证件和材料全是虚构的。', en: 'The terminal takes these for real devices. All cards and papers are made up.' })}</p>
<p id="said" role="status"></p></header>
<main>${devices.map((device) => panel(device, personas)).join('\n')}</main>
<script src="/dock.js" defer></script></body></html>
`;
}

/** The style of the dock page. */
export function dockStyle(): string {
  return readFileSync(new URL('./dock.css', import.meta.url), 'utf8');
}

/** The script of the dock page. */
export function dockScript(): string {
  return readFileSync(new URL('./dock.js', import.meta.url), 'utf8');
}
