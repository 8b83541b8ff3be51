import type { LocalizedText } from '../../../domain/text.ts';
import { groupDigits, type UnlockRole } from '../../../domain/wire/unlock.ts';
import type { Archive } from '../../archive.ts';
import type { ArchiveTrouble } from '../../archive-trouble.ts';
import type { ArchiveState } from '../../archive-state.ts';
import type { AuditChainRow } from '../../storage/audit-port.ts';
import type { TerminalRow } from '../../storage/port.ts';
import { timeInChina } from '../../time.ts';
import { html, type Html } from '../html.ts';
import { both, csrfField, page, tag, type Viewer } from '../layout.ts';
import { ARCHIVE_TROUBLES, OTHER_COPIES } from '../words.ts';
import { findingOf, oddities } from './audit.ts';
import { lossesPart, type ShownLoss } from './lost-files.ts';

/** A terminal with the last that it said of itself. */
export interface ShownTerminal {
  readonly row: TerminalRow;
  /** Null when it never said anything, or nothing that this platform understands. */
  readonly heard: {
    readonly at: string;
    readonly waitingItems: number;
    readonly devices: Readonly<Record<string, string>>;
    /** Since when somebody there asks for help. */
    readonly helpSince: string | undefined;
    /** Number of its newest audit event; older terminals do not say. */
    readonly auditSeq: number | undefined;
  } | null;
  /** Its audit as it came, in the order in which its chains began. */
  readonly chains: readonly AuditChainRow[];
}

/** A device in these states needs nobody. */
const FINE: readonly string[] = ['online', 'deviceBusy', 'noDevice', 'starting'];

const ROLES: Readonly<Record<UnlockRole, LocalizedText>> = {
  staff: { zh: '窗口工作人员', en: 'hall staff' },
  technician: { zh: '设备技术员', en: 'technician' },
};

function stateOf({ row, heard }: ShownTerminal): Html {
  if (row.revokedAt !== null)
    return html`<span class="tag bad">${both({ zh: '已停用', en: 'revoked' })}</span>`;
  if (heard === null) return both({ zh: '还没有消息', en: 'not heard of yet' });
  const bad = Object.entries(heard.devices).filter(([, state]) => !FINE.includes(state));
  return html`${
    heard.helpSince !== undefined &&
    html`<p>
      <span class="tag wait">${both({ zh: '有人呼叫', en: 'help is called for' })}</span>
      ${timeInChina(heard.helpSince)}
    </p>`
  }${
    bad.length === 0
      ? both({ zh: '设备正常', en: 'devices are fine' })
      : bad.map(([device, state]) => html`<code>${device}: ${state}</code><br />`)
  }`;
}

function auditOf({ chains, heard }: ShownTerminal): Html {
  const newest = chains.toSorted((a, b) => (a.receivedAt < b.receivedAt ? 1 : -1))[0];
  if (!newest) return both({ zh: '还没有收到', en: 'nothing came yet' });
  const odd = chains.flatMap((chain) => {
    const what = oddities(chain);
    if (what.length === 0) return [];
    return [
      what.map((each) => tag(chain.lookedInto ? 'wait' : 'bad', each.what, each.where)),
      findingOf(chain),
    ];
  });
  const behind = Math.max(0, (heard?.auditSeq ?? 0) - newest.lastSeq);
  return html`${odd.length === 0 ? tag('good', { zh: '审计完整', en: 'audit is whole' }) : odd}
    <span class="number">#${newest.lastSeq} ${timeInChina(newest.receivedAt)}</span>${
      behind > 0 && html`<br />${both({ zh: `还差 ${behind} 条`, en: `${behind} events to come` })}`
    }`;
}

function row(terminal: ShownTerminal, viewer: Viewer): Html {
  const { terminalId, enrolledAt } = terminal.row;
  const number =
    viewer.role === 'clerk'
      ? terminalId
      : html`<a href="/console/terminals/${terminalId}/audit">${terminalId}</a>`;
  return html`<tr data-terminal="${terminalId}">
    <td class="number">${number}</td>
    <td>${stateOf(terminal)}</td>
    <td class="number">${terminal.heard?.waitingItems ?? '—'}</td>
    <td>${auditOf(terminal)}</td>
    <td class="number">
      ${terminal.heard === null ? '—' : timeInChina(terminal.heard.at)}<br />
      <span class="en">${both({ zh: '登记于', en: 'enrolled' })} ${timeInChina(enrolledAt)}</span>
    </td>
  </tr>`;
}

function unlockForm(viewer: Viewer): Html {
  return html`<h2>${both({ zh: '解开被锁的口令', en: 'Unlock a PIN' })}</h2>
    <p>
      ${both({
        zh: '终端上口令输错太多次，会显示终端编号和 10 位对码。请先确认对方是本单位的人，再开解锁码。',
        en: 'A terminal with a locked PIN shows its number and a challenge of 10 digits. Make sure who is asking before you give a code.',
      })}
    </p>
    <form method="post" action="/console/terminals/unlock">
      ${csrfField(viewer.csrf)}
      <label for="terminalId">${both({ zh: '终端编号', en: 'Terminal' })}</label>
      <input id="terminalId" type="text" name="terminalId" autocomplete="off" required />
      <label for="challenge">${both({ zh: '对码', en: 'Challenge' })}</label>
      <input
        id="challenge"
        type="text"
        name="challenge"
        inputmode="numeric"
        autocomplete="off"
        required
      />
      <p class="next"><button>${both({ zh: '开解锁码', en: 'Give a code' })}</button></p>
    </form>`;
}

const RECEIVED_AS_EVER: LocalizedText = {
  zh: '收件照常，没有丢失；存好以前，终端不删自己那一份，时间长了终端会存满。',
  en: 'Applications are still received and none is lost. Until it works, terminals keep their own copies, and in time they fill up.',
};
/** In these the platform's own data is not what fails. */
const ONLY_THE_ARCHIVE: readonly ArchiveTrouble[] = [
  'notMounted',
  'otherDisk',
  'noRoom',
  'diskFails',
];
/** Where it may be, or nobody knows. */
const KEPT_BY_TERMINALS: LocalizedText = {
  zh: '存好以前，终端不删自己那一份，时间长了终端会存满。',
  en: 'Until it works, terminals keep their own copies, and in time they fill up.',
};

/** How archiving goes: terminals keep what it has not got. */
function archiveNotice(archive: ArchiveState): Html {
  if (archive.kind === 'none') {
    return html`<p>
      ${both({ zh: '存档：启动以来还没有做过', en: 'Archive: nothing since the start' })}
    </p>`;
  }
  if (archive.kind === 'well') {
    return tag('good', { zh: '存档正常', en: 'archive is well' }, timeInChina(archive.at));
  }
  return html`<div class="notice bad" role="alert" data-archive="${archive.trouble}">
    <p>
      <strong
        >${both(
          archive.trouble === 'hangs'
            ? { zh: '存档停住不动', en: 'Archiving hangs' }
            : { zh: '存档没有成功', en: 'Archiving fails' },
        )}</strong
      >
      ${both({ zh: '始于', en: 'since' })} ${timeInChina(archive.since)}
    </p>
    <p>${both(ARCHIVE_TROUBLES[archive.trouble])}</p>
    <p>
      ${both(ONLY_THE_ARCHIVE.includes(archive.trouble) ? RECEIVED_AS_EVER : KEPT_BY_TERMINALS)}
    </p>
  </div>`;
}

/** Copies that are of another time than the platform itself: in them may be what it has lost. */
function othersNotice(count: number): Html {
  return html`<div class="notice" role="alert" data-archive-others="${count}">
    <p>${both(OTHER_COPIES)} ${count}</p>
  </div>`;
}

/** Items that no key opens which is here: nobody can work on them until it is back. */
function noKeyNotice(count: number): Html {
  return html`<div class="notice bad" role="alert" data-no-key="${count}">
    <p>
      ${both({
        zh: '有收到的件打不开，因为打开它的密钥不在 keys/ 里。件还在，没有退回。请把那把密钥放回 keys/old/，再启动平台，会自己接着查。件数：',
        en: 'Some of what was received cannot be opened, for the key that opens it is not in keys/. It is kept, and was not called wrong. Put that key back into keys/old/ and start the platform again: they are looked at then. How many:',
      })}
      ${count}
    </p>
  </div>`;
}

/** Every terminal: who calls for help first, then what is broken; and, for operators, unlocking. */
export function terminalsPage(
  viewer: Viewer,
  terminals: readonly ShownTerminal[],
  archive: Pick<Archive, 'state' | 'othersAside'>,
  withoutKey = 0,
  losses: readonly ShownLoss[] = [],
): string {
  const table = html`<table>
    <thead>
      <tr>
        <th scope="col">${both({ zh: '终端', en: 'Terminal' })}</th>
        <th scope="col">${both({ zh: '情况', en: 'State' })}</th>
        <th scope="col">${both({ zh: '待上传', en: 'Waiting' })}</th>
        <th scope="col">${both({ zh: '审计记录', en: 'Audit' })}</th>
        <th scope="col">${both({ zh: '最后消息', en: 'Last heard' })}</th>
      </tr>
    </thead>
    <tbody>
      ${terminals.map((each) => row(each, viewer))}
    </tbody>
  </table>`;
  const nothing = html`<p class="notice">
    ${both({ zh: '还没有登记过终端。', en: 'No terminal has been enrolled yet.' })}
  </p>`;
  const aside = archive.othersAside();
  return page(
    { zh: '终端', en: 'Terminals' },
    html`${viewer.role !== 'clerk' && archiveNotice(archive.state())}${viewer.role !== 'clerk' && aside > 0 && othersNotice(aside)}${viewer.role !== 'clerk' && withoutKey > 0 && noKeyNotice(withoutKey)}${terminals.length > 0 ? table : nothing}${viewer.role === 'operator' && lossesPart(viewer, losses)}${viewer.role === 'operator' && unlockForm(viewer)}`,
    viewer,
  );
}

/** The code, once: it is not shown again. */
export function unlockCodePage(
  viewer: Viewer,
  given: { readonly terminalId: string; readonly role: UnlockRole; readonly code: string },
): string {
  return page(
    { zh: '解锁码', en: 'Unlock code' },
    html`<p>${given.terminalId} · ${both(ROLES[given.role])}</p>
      <p class="big number">${groupDigits(given.code)}</p>
      <p class="notice">
        ${both({
          zh: '只对这一次锁定有效，用过作废。解开以后仍要输入口令。',
          en: 'It counts for this one lock only, once. The PIN is still asked for afterwards.',
        })}
      </p>
      <p>
        <a href="/console/terminals">${both({ zh: '返回终端列表', en: 'Back to the list' })}</a>
      </p>`,
    viewer,
  );
}
