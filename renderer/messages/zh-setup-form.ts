/** Words of the form in which a technician types how a device is set up. */
export const zhSetupForm = {
  edit: '修改这台设备的设置',
  add: '手工设置这台设备',
  title: '设置：{{device}}',
  how: '改完按「保存」。保存以后马上生效，成为新的一版，可以退回。',
  save: '保存',
  saving: '正在保存…',
  cancel: '不保存，返回',
  wrong: '有 {{count}} 处不对，没有保存。',
  wrongElsewhere: '{{path}}：',
  optional: '可不填',
  none: '不用',
  on: '是',
  off: '否',
  include: '要设置',
  other: '这一项要在 devices.json 里改，这里不动它。',
  addEntry: '加一项',
  removeEntry: '去掉这一项',
  between: '{{min}} 到 {{max}}',
};

/** The shape that other languages must have. */
export type SetupFormMessages = typeof zhSetupForm;
