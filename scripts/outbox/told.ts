/** What `npm run outbox` says to people. */
import type { HeldCode } from '../../domain/outbox/transition.ts';
import type { ItemSummary } from '../../main/core/outbox/contract.ts';
import type { Exported, ExportProblem } from '../../main/core/outbox/export-waiting.ts';

/** Why it was not done, by the word of whoever refused it. */
export const REFUSALS: Readonly<Record<ExportProblem, string> & Record<string, string>> = {
  notEnrolled: '这台终端还没有登记，没有可拷贝的。This terminal is not enrolled yet.',
  notAFolder: '没有这个文件夹，请先插好 U 盘。There is no such folder: plug the stick in first.',
  nothingWaits: '没有等待上传的申报，不用拷贝。Nothing waits; there is nothing to copy.',
  noRoom:
    'U 盘空间不够，没有拷完；终端上一份也没少。The stick is full; nothing on the terminal changed.',
  cannotWrite:
    'U 盘写不进去，没有拷完；终端上一份也没少。The stick cannot be written; nothing on the terminal changed.',
  copyDiffers:
    'U 盘上读回来的不一样，请换一个 U 盘。What was read back differs: take another stick.',
  indexUnreadable:
    '终端自己的索引读不出来，没有拷完；不是 U 盘的问题。请重新启动终端程序再试。The terminal’s own index cannot be read, the stick is not at fault: restart the terminal’s program and try again.',
  notFound: '这台终端上没有这个回执号码。There is no such receipt number on this terminal.',
  notHeld: '这一件没有被退回，不用放行。This item is not held; there is nothing to release.',
  notDoubted:
    '终端没有怀疑自己的时间，不用确认。The terminal does not doubt its clock; there is nothing to confirm.',
  platformSays:
    '平台已经告诉它现在几点，按平台的算：请校准机器的时间。The platform told the time, and its word counts: set the clock.',
  tooEarly:
    '机器的时间早于平台上次说的时间、资料发布或程序制作的时间，不可能是对的：请校准。The clock shows a time before what the platform, the bundles or the program say: set it.',
  differs:
    '机器显示的时间和您写的差十分钟以上：请先校准（时区 Asia/Shanghai）。The machine shows another time than you gave (at the hall, Asia/Shanghai): set it first.',
  locked: '终端程序正在运行，但问不到它。A core runs here but cannot be asked.',
  denied: '没有权限，请用运行终端的用户。No permission: run this as the terminal’s user.',
  keyElsewhere:
    '这里没有终端的密钥（可能由系统保管），请启动终端程序再试。No terminal’s key lies here (the system may keep it): start the terminal’s program and try again.',
  gone: '终端程序停了，请再试一次。The core stopped; try again.',
};

/** What was copied. */
export function linesOf(exported: Exported): readonly string[] {
  const { folder, items, bytes, damaged, signed } = exported;
  const size = `${(bytes / 1024).toFixed(0)} KiB`;
  return [
    `已拷贝 ${String(items)} 件（${size}），全部加密 / ${String(items)} items copied, sealed: ${folder}`,
    '现在可以拔下 U 盘。终端上的仍然保留，网络恢复后照样上传。The stick may be pulled out now. The items stay on the terminal and are still sent.',
    ...(signed
      ? []
      : [
          '终端的硬盘写不进去，审计链没有为这次拷贝签名：申报照样能导入，但导入时不对账。The terminal’s disk takes nothing, so its audit chain is not signed for this copy: the items are taken all the same, but nothing is compared at the import.',
        ]),
    ...damaged.map((number) => `文件损坏 / damaged, not copied: ${number}`),
  ];
}

/** Why an item is held, and what to do. */
const HELD_FOR: Readonly<Record<HeldCode, string>> = {
  conflict:
    '平台有同一件的另一份内容，两份都留着：请平台的人看。The platform has other content under the same id and keeps both: its people must look.',
  tooLarge: '比平台收的大：请平台放宽。Larger than the platform takes: ask the platform.',
  malformed:
    '平台说不合规定：请平台的人看。The platform says that it is not of its contract: its people must look.',
  sealerRevoked:
    '是这台终端在原来的地方用原来的密钥封的，那把密钥平台停用了：拷到 U 盘，请平台的人核对以后用 --also-revoked 导入。导入了这里自己会知道，不用放行。Sealed at its earlier place with its earlier key, which the platform revoked: copy it to a stick, have the platform’s people decide and import it with --also-revoked. The terminal then hears of it by itself: nothing is to be released.',
  sealerUnknown:
    '封它的密钥平台不认识：终端换到了另一个平台，或者平台从更早的备份恢复过。换了平台的：拷到 U 盘，导入原来的平台；恢复过的：请平台给原来的地方一个登记码，用原来的密钥再登记一次，然后放行。The platform does not know the key that sealed it: the terminal moved to another platform, or this one came back from an older backup. Another platform: copy it to a stick for the one of before. An older backup: have the earlier key enrolled once more at its earlier place, then release it.',
  filesMissing:
    '本机的文件缺了：别删数据目录，看硬盘。Its files here are missing: delete nothing, see to the disk.',
  fileDamaged:
    '本机的文件坏了或读不出来：别删数据目录，看硬盘。Its files here are damaged or cannot be read: delete nothing, see to the disk.',
};

/** The items of an outbox, line by line, with what to do about those that are held. */
export function listed(items: readonly ItemSummary[]): readonly string[] {
  const codes = new Set(items.flatMap(({ heldFor }) => heldFor ?? []));
  return [
    ...items.map(({ receiptNumber, state, heldFor = '', createdAt, serviceId }) =>
      `${receiptNumber}  ${state.padEnd(8)}  ${createdAt}  ${serviceId}  ${heldFor}`.trimEnd(),
    ),
    `共 ${String(items.length)} 件 / ${String(items.length)} items`,
    ...Object.entries(HELD_FOR).flatMap(([code, words]) =>
      codes.has(code) ? [`${code}：${words}`] : [],
    ),
  ];
}
