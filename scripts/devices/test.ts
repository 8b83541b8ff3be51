import {
  deviceTestEventSchema,
  type DeviceTestEvent,
} from '../../main/core/server/admin-socket-shapes.ts';
import type { DeviceDesk } from './core-link.ts';
import { Refused } from './list.ts';
import type { Output } from './output.ts';
import { both, faultText, type Words } from './words.ts';

type Ended = Extract<DeviceTestEvent, { type: 'ended' }>;

const CAME_OUT: Words = {
  zh: '测试页完整地出来了吗？',
  en: 'Did the whole test page come out?',
};
const SHONE: Words = {
  zh: '每盏灯都亮过又灭了吗？',
  en: 'Did every light shine and go out again?',
};

function progress(event: Exclude<DeviceTestEvent, Ended>): Words {
  switch (event.type) {
    case 'layCard':
      return {
        zh: `请放一张身份证（${String(event.seconds)} 秒内；已经放着的请拿起来再放）`,
        en: `Lay a card on the reader (within ${String(event.seconds)} s; lift one that lies there)`,
      };
    case 'insertCard':
      return {
        zh: `请插入一张社保卡，芯片朝前、朝上（${String(event.seconds)} 秒内；已经插着的请拔出再插）`,
        en: `Put a social security card in, chip first and up (within ${String(event.seconds)} s; pull one that is in)`,
      };
    case 'reading':
      return { zh: '正在读卡……', en: 'Reading …' };
    case 'printing':
      return { zh: '正在打印测试页……', en: 'Printing a test page …' };
    case 'scanning':
      return event.source === 'feeder'
        ? { zh: '正在从进纸器扫描一页……', en: 'Scanning one page from the feeder …' }
        : { zh: '正在从平板扫描一页……', en: 'Scanning one page from the flatbed …' };
    case 'showCode':
      return {
        zh: `请在扫码器前出示一个码（${String(event.seconds)} 秒内）`,
        en: `Hold a code before the scanner (within ${String(event.seconds)} s)`,
      };
    case 'shining':
      return { zh: `现在亮的灯：${event.place}`, en: `this light shines now: ${event.place}` };
  }
}

function passed({ card, page, code }: Ended): Words {
  if (card !== undefined) {
    const odd = String(card.doubts);
    return {
      zh: `读到了：${card.maskedName}（${card.kind}）${card.doubts === 0 ? '' : `，${odd} 处不合`}`,
      en: `read${card.doubts === 0 ? '' : `, ${odd} things do not fit together`}`,
    };
  }
  if (code !== undefined) {
    const length = String(code.characters);
    return {
      zh: `读到一个码：${length} 个字符`,
      en: `read a code, not kept: ${length} characters`,
    };
  }
  if (page !== undefined) {
    const { bytes, width, height } = page;
    const dots = width === undefined ? '' : `${String(width)} × ${String(height)}, `;
    const size = `${dots}${String(Math.ceil(bytes / 1024))} KB`;
    return { zh: `扫到一页：${size}`, en: `scanned one page, not kept` };
  }
  return { zh: '测试通过', en: 'passed' };
}

/**
 * `test ID`: tests one device; a person says whether paper came out. Throws Refused.
 * @returns exit code 1 when the device did not do it, or nobody says that it did
 */
export async function runTest(
  desk: DeviceDesk,
  output: Output,
  asked: { readonly id: string; readonly seconds: number },
  signal: AbortSignal,
): Promise<0 | 1> {
  const { id, seconds } = asked;
  for await (const answer of desk.ask({ do: 'devices.test', id, seconds }, signal)) {
    if (!answer.ok) throw new Refused(answer);
    if (!('event' in answer)) continue;
    const event = deviceTestEventSchema.parse(answer.event);
    if (event.type === 'ended') return ended(id, event, output);
    output.tell({ ...event, id }, both(progress(event)));
  }
  output.tell(
    { type: 'ended', id, result: 'stopped' },
    '测试停止了，没有结果 The test was stopped without a result',
  );
  return 1;
}

async function ended(id: string, event: Ended, output: Output): Promise<0 | 1> {
  if (event.result === 'ask') return asks(id, event, output);
  const nobody = event.noCard === true ? ' 没有人放卡 nobody laid down a card' : '';
  const fault = event.fault === undefined ? nobody : ` ${faultText(event.fault)}`;
  const text = event.result === 'passed' ? both(passed(event)) : `没有成功 Failed:${fault}`;
  output.tell({ ...event, id }, text);
  return event.result === 'passed' ? 0 : 1;
}

async function asks(id: string, event: Ended, output: Output): Promise<0 | 1> {
  if (event.fault !== undefined) {
    output.tell(
      { type: 'unconfirmed', id, fault: event.fault },
      `打印机没有确认 The printer did not confirm: ${faultText(event.fault)}`,
    );
  }
  const came = await output.confirm(id === 'terminalParts' ? SHONE : CAME_OUT);
  const result = came === true ? 'passed' : came === false ? 'failed' : 'notConfirmed';
  const text = {
    passed: '测试通过 Passed',
    failed: '没有成功：没有完整地出来 Failed: it did not come out whole',
    notConfirmed: '没有人确认，不算通过 Nobody said whether it came out: not passed',
  }[result];
  output.tell({ type: 'ended', id, result }, text);
  return result === 'passed' ? 0 : 1;
}
