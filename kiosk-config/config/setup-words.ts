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
  queueKeepsNothing: {
    zh: '已核对：另一台机器上的打印服务器不留文件',
    en: 'Checked: the print server on another machine keeps no documents',
  },
  reader: { zh: '读卡器名称', en: 'Name of the reader' },
  label: { zh: '摄像头名称', en: 'Name of the camera' },
  minWidth: { zh: '画面至少宽（像素）', en: 'Least width of a picture (pixels)' },
  stillMs: { zh: '静止多久自动拍（毫秒）', en: 'Still for so long before it is taken (ms)' },
  lamps: { zh: '每盏灯接第几路继电器', en: 'Relay of each lamp' },
  cardReader: { zh: '读卡器旁的灯', en: 'Lamp at the card reader' },
  scanner: { zh: '扫描处的灯', en: 'Lamp at the scanner' },
  keypad: { zh: '按键旁的灯', en: 'Lamp at the keypad' },
  answers: { zh: '问它时会回答', en: 'Answers when it is asked' },
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
  partsLine: { zh: '部件板', en: 'Parts board' },
  lcusRelays: { zh: 'USB 继电器板（LCUS）', en: 'USB relay board (LCUS)' },
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
