import { DEVICE_NAMES } from '../../domain/device/class-names.ts';
import type { LocalizedText } from '../../domain/text.ts';

const FIELDS: Readonly<Record<string, LocalizedText>> = {
  driver: { zh: '协议', en: 'Protocol' },
  type: { zh: '方式', en: 'Kind' },
  transport: { zh: '连接方式', en: 'Connection' },
  profile: { zh: '打印机类型', en: 'Kind of printer' },
  template: { zh: '打印机模板', en: 'Printer template' },
  host: { zh: '主机名或 IP 地址', en: 'Host or IP address' },
  port: { zh: '端口', en: 'Port' },
  path: { zh: '串口', en: 'Serial port' },
  baud: { zh: '波特率', en: 'Baud rate' },
  takeSeconds: { zh: '等人取纸多少秒', en: 'Seconds to wait until it is taken' },
  logo: { zh: '存在打印机里的标志的名字', en: 'Name of the logo in the printer' },
  printLogo: { zh: '回执上打印这个标志', en: 'Print that logo on receipts' },
  widthDots: { zh: '一行多少点', en: 'Dots in a line' },
  columns: { zh: '一行多少个半角字', en: 'Narrow characters in a line' },
  cut: { zh: '切纸的命令（十六进制）', en: 'Command that cuts (hex)' },
  qr: { zh: '二维码怎么打', en: 'How QR codes are printed' },
  rareGlyphs: { zh: '字库里没有的字怎么打', en: 'How characters it lacks are printed' },
  automaticStatus: { zh: '自己报状态', en: 'Tells its state by itself' },
  status: { zh: '问状态的命令', en: 'Questions about its state' },
  ask: { zh: '问的命令（十六进制）', en: 'Command that asks (hex)' },
  answer: { zh: '应答的样子', en: 'What the answer looks like' },
  checks: { zh: '应答里看什么', en: 'What to see in the answer' },
  byte: { zh: '第几个字节（从 0 数起）', en: 'Which byte (from 0)' },
  mask: { zh: '看哪些位（十六进制）', en: 'Which bits (hex)' },
  value: {
    zh: '这些位等于（十六进制；不填：有一位是 1 就算）',
    en: 'Those bits are (hex; empty: any is 1)',
  },
  means: { zh: '那就是', en: 'Then it is' },
  done: { zh: '怎么知道打完了', en: 'How it says that it is done' },
  presenter: { zh: '出纸器', en: 'Presenter' },
  present: { zh: '递出回执的命令（十六进制）', en: 'Command that presents (hex)' },
  retract: { zh: '收回回执的命令（十六进制）', en: 'Command that takes back (hex)' },
  pictureMemory: { zh: '存图的方式', en: 'How it stores pictures' },
  url: { zh: '网址', en: 'Address' },
  device: { zh: '扫描仪名称', en: 'Name of the scanner' },
  suffix: { zh: '每个码后面跟着', en: 'Sent after each code' },
  aimId: { zh: '码前有 AIM 标识', en: 'AIM identifier before each code' },
  trigger: { zh: '等待命令才扫码', en: 'Waits to be told to scan' },
  start: { zh: '开始的命令（十六进制）', en: 'Command that starts it (hex)' },
  stop: { zh: '结束的命令（十六进制）', en: 'Command that ends it (hex)' },
  prefix: { zh: '每个码前先按的键', en: 'Key struck before each code' },
  vendorId: { zh: 'USB 厂商号', en: 'USB vendor id' },
  productId: { zh: 'USB 产品号', en: 'USB product id' },
  serialNumber: { zh: 'USB 序列号', en: 'USB serial number' },
  certificateSha256: { zh: '证书指纹', en: 'Fingerprint of the certificate' },
  reader: { zh: '读卡器名称', en: 'Name of the reader' },
  label: { zh: '摄像头名称', en: 'Name of the camera' },
  minWidth: { zh: '画面至少宽（像素）', en: 'Least width of a picture (pixels)' },
  stillMs: { zh: '静止多久自动拍（毫秒）', en: 'Still for so long before it is taken (ms)' },
  usb: { zh: 'USB 设备', en: 'USB device' },
  alsoIds: { zh: '也认这些 USB 编号', en: 'USB ids that are taken too' },
  bus: { zh: 'USB 插口', en: 'USB socket' },
  socket: { zh: 'USB 插口', en: 'USB socket' },
  interface: { zh: 'USB 接口号', en: 'USB interface' },
};

const VALUES: Readonly<Record<string, LocalizedText>> = {
  tcp: { zh: '网络', en: 'Network' },
  serial: { zh: '串口', en: 'Serial port' },
  usb: { zh: 'USB', en: 'USB' },
  hid: { zh: 'USB（HID）', en: 'USB (HID)' },
  escl: { zh: '网络扫描（eSCL）', en: 'Network scanning (eSCL)' },
  sane: { zh: '本机扫描（SANE）', en: 'Local scanning (SANE)' },
  generic80: { zh: '80 毫米，有切刀', en: '80 mm with cutter' },
  generic80NoCutter: { zh: '80 毫米，无切刀', en: '80 mm without cutter' },
  generic80RasterQr: { zh: '80 毫米，二维码用图', en: '80 mm, QR as picture' },
  generic80Automatic: { zh: '80 毫米，自己报状态', en: '80 mm, tells its state by itself' },
  generic58: { zh: '58 毫米，有切刀', en: '58 mm with cutter' },
  generic58NoCutter: { zh: '58 毫米，无切刀', en: '58 mm without cutter' },
  generic58RasterQr: { zh: '58 毫米，二维码用图', en: '58 mm, QR as picture' },
  custom80Presenter: { zh: '80 毫米，带出纸器', en: '80 mm with presenter' },
  custom80Ejecting: { zh: '80 毫米，出纸器会吐出', en: '80 mm, presenter that ejects' },
  template: { zh: '照打印机说明书写', en: 'As its maker’s manual says' },
  native: { zh: '打印机自己画', en: 'The printer draws them' },
  raster: { zh: '当作图打', en: 'As a picture' },
  bitImage: { zh: '一个字一个字当作图', en: 'Each as a picture' },
  line: { zh: '整行当作图', en: 'The whole line as a picture' },
  graphics: { zh: '图形命令（GS ( L）', en: 'Graphics (GS ( L)' },
  fsq: { zh: '位图命令（FS q）', en: 'Bit images (FS q)' },
  paperOut: { zh: '没有纸', en: 'Out of paper' },
  paperLow: { zh: '纸快用完', en: 'Paper is low' },
  coverOpen: { zh: '盖子开着', en: 'Cover open' },
  jam: { zh: '卡纸', en: 'Jammed' },
  cutter: { zh: '切刀卡住', en: 'Cutter stuck' },
  headHot: { zh: '打印头太热', en: 'Head too hot' },
  hardware: { zh: '硬件坏了', en: 'Broken' },
  error: { zh: '别的错误', en: 'Another error' },
  busy: { zh: '正在工作', en: 'Working' },
  ticketWaiting: { zh: '回执还没被取走', en: 'A receipt waits to be taken' },
  newline: { zh: '换行', en: 'Line break' },
  tab: { zh: '制表符', en: 'Tab' },
  none: { zh: '没有', en: 'Nothing' },
};

const same = (text: string): LocalizedText => ({ zh: text, en: text });

/** What a setting is called; a setting without words yet goes by the name that it has in the file. */
export function fieldLabel(key: string): LocalizedText {
  const names: Readonly<Record<string, LocalizedText>> = DEVICE_NAMES;
  return FIELDS[key] ?? names[key] ?? same(key);
}

/** What a value is called; names of protocols are the same in every language. */
export function valueLabel(value: string): LocalizedText {
  return VALUES[value] ?? same(value);
}
