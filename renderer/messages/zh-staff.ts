/** Words for what staff do at the service page: paper, receipts, the sheet of the day, calls for help. */
export const zhStaff = {
  helpCalled: '{{at}} 有人按了「请工作人员来」',
  helpText: '请过去看看，帮完再按下面的按钮。',
  helpDone: '已经帮过了',
  paperTitle: '打印机的纸',
  changePaper: '换纸，一步一步来',
  clearJam: '卡纸了，一步一步来',
  step: '第 {{n}} 步，共 {{of}} 步',
  next: '做好了，下一步',
  before: '上一步',
  stop: '不做了，返回',
  lastTest: '最后打一张测试条',
  lastTestText: '能打出来，字清楚，就好了。',
  printTest: '打印测试条',
  goodEnd: '好了，可以用了',
  paperNow: '打印机说：{{paper}}。',
  paperSteps: {
    open: {
      title: '打开打印机的盖子',
      text: '按开关或拉把手，不要用力掰。刚打过字的地方会烫，别碰。',
    },
    out: { title: '拿出用完的纸卷', text: '连里面的纸芯一起拿出来。' },
    in: {
      title: '放进新纸卷',
      text: '先撕掉封口的那一段。纸头从纸卷下面朝您这边出来；放反了打不出字。',
    },
    close: { title: '拉出一截纸，盖好盖子', text: '纸头留在外面，两边都听到“咔”一声。' },
  },
  jamSteps: {
    open: { title: '打开打印机的盖子', text: '不要从出纸口硬拉，会拉坏切刀。' },
    pull: {
      title: '把皱的纸拿出来',
      text: '顺着纸走的方向慢慢拉，撕断也要拿干净；看看切刀旁边有没有碎纸。手指不要碰切刀。',
    },
    straight: { title: '把纸头撕齐', text: '剪或撕成直的，拉平，从中间放过。' },
    close: { title: '盖好盖子', text: '纸头留在外面，两边都听到“咔”一声。还卡就请叫技术员。' },
  },
  cancel: '这张回执作废',
  cancelAsk: '作废这张打印出来的回执？',
  cancelText: '只作废这张纸，不影响申请，编号不变。请把旧的那张收回撕掉。',
  cancelYes: '作废这张纸',
  cancelNo: '不作废',
  cancelled: '{{at}} 打印的纸已作废，不影响申请。',
  printNew: '打一张新的',
  reprintedAt: '{{at}} 补打过。',
  today: '今日情况',
  todayNone: '今天还没有申请。',
  todayHead: { service: '事项', received: '平台已收到', waiting: '待上传', held: '要人处理' },
  total: '合计',
  printSheet: '打印今日情况',
};

/** The shape that other languages must have. */
export type StaffMessages = typeof zhStaff;
