import type { LocalizedText } from '../../domain/text.ts';
import type { Transport } from '../transport/transport.ts';
import type { FoundTransport, PluggedCandidate, Proposal, UsbDeviceName } from './contract.ts';
import type { PluggedSources } from './plugged-usb.ts';
import { PARTS_USAGE_PAGE } from '../terminal-parts/parts-hid.ts';
import { FIRST_VENDOR_PAGE, mayBeSdtReader, USB_CLASS } from './known-usb.ts';

/** Whom something that is listed may be asked as. A board of terminal parts is only listened to. */
export type PluggedAs = 'sdt' | 'escpos' | 'partsLine';

/** Something that is listed: whom it may be asked as, and what it is when nobody asks or nothing answers. */
export interface PluggedLook {
  /** Absent: nothing is sent to it. */
  readonly ask?: {
    readonly connect: () => Promise<Transport>;
    readonly as: PluggedAs;
  };
  /** What is said of it without an answer. */
  readonly listed: Proposal;
}

const NAMED = (candidate: { readonly model?: string }): Pick<Proposal, 'model'> =>
  candidate.model === undefined ? {} : { model: candidate.model };

function unknown(
  transport: FoundTransport,
  candidate: { readonly model?: string },
  evidence: LocalizedText,
): Proposal {
  return {
    class: 'unknown',
    protocol: 'unknown',
    transport,
    ...NAMED(candidate),
    confidence: 'possible',
    evidence,
  };
}

function usbName({ vendorId, productId, serialNumber, port }: UsbDeviceName): UsbDeviceName {
  return {
    vendorId,
    productId,
    ...(serialNumber === undefined ? {} : { serialNumber }),
    ...(port === undefined ? {} : { port }),
  };
}

function address({ vendorId, productId, serialNumber, port }: UsbDeviceName) {
  return {
    vendorId: parseInt(vendorId, 16),
    productId: parseInt(productId, 16),
    ...(serialNumber === undefined ? {} : { serialNumber }),
    ...(port === undefined ? {} : { port }),
  };
}

/** The native libraries; injected in tests. */
export type Libraries = Pick<PluggedSources, 'usb' | 'hid' | 'hidPortOf'>;

/** Decides how something that is listed is looked at. */
export function planLook(candidate: PluggedCandidate, libraries: Libraries = {}): PluggedLook {
  switch (candidate.type) {
    case 'hid':
      return hidLook(candidate, libraries);
    case 'usb':
      return usbLook(candidate, libraries);
    case 'usbPrinter':
      return printerFileLook(candidate);
    case 'pcsc':
      return {
        listed: {
          ...unknown(
            candidate,
            { model: candidate.reader },
            {
              zh: 'PC/SC 服务列出的读卡器',
              en: 'a reader that the PC/SC service names',
            },
          ),
          class: 'securityCard',
          protocol: 'pcsc',
          // whether it is the one for social security cards only a card tells
          confidence: 'likely',
        },
      };
  }
}

function hidLook(
  candidate: Extract<PluggedCandidate, { type: 'hid' }>,
  { hid, hidPortOf }: Libraries,
): PluggedLook {
  const { usagePage = 0, usage } = candidate;
  const transport = { type: 'hid', ...usbName(candidate) } as const;
  if (usagePage === 0x8c && usage === 0x02) {
    return {
      listed: {
        ...unknown(transport, candidate, {
          zh: '自称扫码器（HID POS，8C/02）',
          en: 'says that it is a bar code scanner (HID POS, 8C/02)',
        }),
        class: 'codeScanner',
        protocol: 'hidPos',
        confidence: 'certain',
      },
    };
  }
  const target = {
    ...address(candidate),
    ...(hid && { load: hid }),
    ...(hidPortOf && { portOf: hidPortOf }),
  };
  if (usagePage !== 0x8c && mayBeSdtReader(target)) {
    return {
      ask: {
        as: 'sdt',
        connect: async () => {
          const { hidBytesTransport } = await import('../transport/hid-bytes.ts');
          return hidBytesTransport({ ...target, usagePage: 'vendor' });
        },
      },
      listed: sdtByIds(transport, candidate),
    };
  }
  const unknownHid = {
    listed: unknown(transport, candidate, {
      zh: `HID 设备，用途 ${usagePage >= FIRST_VENDOR_PAGE ? '由厂家自定' : usagePage.toString(16)}`,
      en: `HID device, for ${usagePage >= FIRST_VENDOR_PAGE ? 'what only its maker knows' : `usage page ${usagePage.toString(16)}`}`,
    }),
  };
  if (usagePage !== PARTS_USAGE_PAGE) return unknownHid;
  return {
    ...unknownHid,
    ask: {
      as: 'partsLine',
      connect: async () => {
        const { partsHidTransport } = await import('../terminal-parts/parts-hid.ts');
        return partsHidTransport(target);
      },
    },
  };
}

function sdtByIds(transport: FoundTransport, candidate: { readonly model?: string }): Proposal {
  return {
    ...unknown(transport, candidate, {
      zh: '编号是身份证阅读器的，但没有应答',
      en: 'has the ids of ID-card readers, but did not answer',
    }),
    class: 'idCard',
    protocol: 'sdt',
  };
}

function usbLook(
  candidate: Extract<PluggedCandidate, { type: 'usb' }>,
  { usb }: Libraries,
): PluggedLook {
  const { interfaceClasses = [] } = candidate;
  const transport = { type: 'usb', ...usbName(candidate) } as const;
  const target = { ...address(candidate), ...(usb && { load: usb }) };
  if (interfaceClasses.includes(USB_CLASS.printer)) {
    return {
      ask: {
        as: 'escpos',
        connect: async () => {
          const { usbTransport } = await import('../transport/usb.ts');
          return usbTransport({ ...target, interfaceClass: USB_CLASS.printer });
        },
      },
      listed: silentPrinter(transport, candidate),
    };
  }
  if (mayBeSdtReader(target) && !interfaceClasses.includes(USB_CLASS.hid)) {
    return {
      ask: {
        as: 'sdt',
        connect: async () => {
          const { sdtUsbTransport } = await import('../id-card/sdt-usb.ts');
          return sdtUsbTransport(target);
        },
      },
      listed: sdtByIds(transport, candidate),
    };
  }
  return { listed: unknown(transport, candidate, whatItIs(interfaceClasses)) };
}

function whatItIs(classes: readonly number[]): LocalizedText {
  if (classes.includes(USB_CLASS.smartCard)) {
    return {
      zh: '智能卡读卡器；PC/SC 服务（pcscd）没有列出它',
      en: 'a smart-card reader; the PC/SC service (pcscd) does not name it',
    };
  }
  if (classes.includes(USB_CLASS.video)) return { zh: '摄像头', en: 'a camera' };
  if (classes.includes(USB_CLASS.hid)) {
    return { zh: '键盘、鼠标一类', en: 'a keyboard, a mouse or the like' };
  }
  return { zh: 'USB 设备，不认识', en: 'a USB device that is not known here' };
}

/** Languages of printers for the office: they would print a question, or hold it as text. */
const OFFICE = /^(pcl|pclxl|pxl|ps|postscript|pdf|urf|pwg|zjs|gdi|spl|escpr|bjl|lips|kpdl|rpcs)/i;

function printerFileLook(
  candidate: Extract<PluggedCandidate, { type: 'usbPrinter' }>,
): PluggedLook {
  const { path, languages = [] } = candidate;
  const transport = { type: 'usbPrinter', path } as const;
  if (languages.some((language) => OFFICE.test(language.replace(/[^a-z]/gi, '')))) {
    return {
      listed: unknown(transport, candidate, {
        zh: `办公打印机（${languages.join('、')}），请经 CUPS 或 IPP 使用`,
        en: `an office printer (${languages.join(', ')}): use it through CUPS or IPP`,
      }),
    };
  }
  return {
    ask: {
      as: 'escpos',
      connect: async () => {
        const { printerFileTransport } = await import('../transport/printer-file.ts');
        return printerFileTransport({ path });
      },
    },
    listed: silentPrinter(transport, candidate),
  };
}

/** Many receipt printers do not answer on USB; it may as well be another kind. */
function silentPrinter(
  transport: FoundTransport,
  candidate: { readonly model?: string },
): Proposal {
  return {
    ...unknown(transport, candidate, {
      zh: 'USB 打印机，不回答状态查询',
      en: 'a USB printer that does not answer when asked for its state',
    }),
    class: 'receiptPrinter',
    protocol: 'escpos',
  };
}
