import { NO_TLS } from '../../main/core/adapters/certificate.ts';
import { mayPass } from './ask.ts';
import type { ImportReport } from './import-folder.ts';

/** What to do about it: asking again does nothing. */
function notTrustedWords(code: string): readonly string[] {
  if (code === NO_TLS) {
    return [
      `没有对账：那里答的不是 https（${code}） / not compared: what answered there is not https (${code})`,
      '看 --platform 的网址和端口；都对的话，那里可能不是平台。改好再运行 / ' +
        "see --platform's address and port. If they are right, it may not be the platform. Mend it, then run it again",
    ];
  }
  return [
    `没有对账：平台的证书核对不过（${code}），什么也没有发给它 / not compared: the platform's certificate did not pass (${code}); nothing was sent to it`,
    '平台的证书由自己的机构签发时，用 --platform-ca 写对机构的文件；写了的话，看文件是不是这个机构的、到期没有，再看 --platform 的网址和这台电脑的时间。都对的话，那里可能不是平台。改好再运行 / ' +
      'where its certificate is of its own authority, name that one by --platform-ca FILE; if it is named, see whether the file is of that authority and has not ended, ' +
      "then --platform's address and this computer's clock. If all are right, it may not be the platform. Mend it, then run it again",
  ];
}

/** Nothing is lost by it: the terminal keeps every item until the platform has it. */
const STICK_WORDS = {
  stickGone:
    '读不到 U 盘了，可能被拔下了；什么也没有丢。请插好 U 盘，再运行同一条命令 / the stick is gone, it may have been pulled; nothing is lost. Plug it in and run the same import again',
  stickFails:
    '从 U 盘读不出来；什么也没有丢。请拔下重新插好，再运行同一条命令；还是这样，回终端换一个 U 盘再拷一次 / the stick gives errors; nothing is lost. Plug it in anew and run the same import again; if it stays so, copy again at the terminal to another stick',
} as const;

/** What the stick did not give, and what to do about it; nothing where it gave all. */
function stickWords({ items, chain }: ImportReport): readonly string[] {
  const said = new Set([...items.map(({ outcome }) => outcome), chain.state]);
  const trouble = (['stickGone', 'stickFails'] as const).find((each) => said.has(each));
  return trouble === undefined ? [] : [STICK_WORDS[trouble]];
}

function chainWords(chain: ImportReport['chain']): readonly string[] {
  if (chain.state === 'notCompared') {
    const { answer } = chain;
    if (typeof answer === 'object') return notTrustedWords(answer.notTrusted);
    const zh = answer === 'noAnswer' ? '平台没有回答' : `平台没有照常回答（${String(answer)}）`;
    const en =
      answer === 'noAnswer'
        ? 'the platform did not answer'
        : `the platform did not answer as it should (${String(answer)})`;
    return [
      mayPass(answer)
        ? `没有对账：${zh}，请再运行一次 / not compared: ${en}; run it again`
        : `没有对账：${zh} / not compared: ${en}`,
    ];
  }
  if (chain.state === 'stickGone' || chain.state === 'stickFails') {
    return [`没有对账 / not compared: ${chain.state}`];
  }
  if (chain.state !== 'whole') {
    return [`审计链有问题 / the audit chain does not hold: ${chain.state}`];
  }
  return [
    `对账 / reconciliation: ${String(chain.matching)} 一致 matching, ${String(chain.missing.length)} 未到 missing, ` +
      `${String(chain.differing.length)} 号码不同 differing, ${String(chain.unknown.length)} 终端无记录 unknown to the terminal`,
    ...chain.missing.map((number) =>
      chain.lost?.includes(number) === true
        ? `平台收到过，后来丢了，要终端再送 / it came in and was lost at the platform, the terminal must send it again: ${number}`
        : `未到 / missing: ${number}`,
    ),
    ...chain.differing.map((number) => `号码不同 / differing: ${number}`),
    ...chain.unknown.map((number) => `终端无记录 / unknown to the terminal: ${number}`),
    ...(chain.givenUp ?? []).map(
      (number) => `平台丢失了一部分，不完整 / parts of it are lost at the platform: ${number}`,
    ),
  ];
}

/** What a person is told of an import, line by line, in both languages. Receipt numbers only. */
export function reportWords(report: ImportReport): readonly string[] {
  const taken = report.items.filter((item) => item.taken).length;
  const left = report.items.length - taken;
  return [
    ...report.items.map(({ receiptNumber, outcome }) => `${receiptNumber}  ${outcome}`),
    ...report.damaged.map((number) => `${number}  终端上已损坏 / damaged at the terminal`),
    ...(left > 0
      ? [
          `已收 ${String(taken)} 件，未确认收到 ${String(left)} 件 / ${String(taken)} taken, ${String(left)} not known to be taken`,
        ]
      : []),
    ...chainWords(report.chain),
    ...stickWords(report),
    ...(report.again
      ? [
          '没有做完，请把同一个文件夹再运行一次：已收的只算一次 / not finished: run it again with the same folder; what was taken counts once',
        ]
      : []),
  ];
}
