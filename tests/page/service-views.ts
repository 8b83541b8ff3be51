import type { ServiceView } from '../../main/contract/service-view.ts';
import { faultView } from './views.ts';

/** The service page as a technician sees it, with something in every part. */
export const serviceView = (part: Partial<ServiceView> = {}): ServiceView => ({
  role: 'technician',
  endsAt: new Date(Date.now() + 300_000).toISOString(),
  devices: [
    {
      device: 'idCard',
      configured: true,
      status: { state: 'online' },
      vendorCode: null,
      connection: '/dev/ttyUSB0 115200',
      test: { state: 'ask', maskedName: '张*' },
      lastTest: { at: '2026-11-24T02:08:00.000Z', result: 'passed' },
      hardware: { samId: '05.01-20110253-0000123456-123456789' },
      record: {
        since: '2026-11-02T01:00:00.000Z',
        counts: { cardRead: 1204, cardFailed: 17 },
        lastFault: null,
      },
    },
    {
      device: 'receiptPrinter',
      configured: true,
      status: { state: 'online', paper: 'out', fault: faultView('printer.paperOut') },
      vendorCode: '12 7e',
      connection: '192.168.10.31:9100',
      test: { state: 'failed', fault: faultView('printer.paperOut') },
      lastTest: { at: '2026-11-23T08:40:00.000Z', result: 'failed' },
      hardware: { maker: 'SNBC', model: 'BTP-R880', firmware: '2.01', serialNumber: 'R8801234' },
      record: {
        since: '2026-11-02T01:00:00.000Z',
        counts: { printed: 980, printFailed: 3, printUnknown: 1, cut: 980 },
        lastFault: { code: 'printer.jam', at: '2026-11-20T03:12:00.000Z', vendorCode: '12 7e' },
      },
    },
    {
      device: 'documentScanner',
      configured: false,
      status: { state: 'noDevice' },
      vendorCode: null,
      connection: null,
      test: { state: 'none' },
      lastTest: null,
      hardware: {},
      record: null,
    },
  ],
  setup: {
    version: 3,
    earlier: [{ version: 2, at: '2026-11-23T08:40:00.000Z' }],
    detection: {
      state: 'done',
      found: [
        {
          device: 'documentScanner',
          protocol: 'escl',
          connection: 'http://192.168.10.40/eSCL',
          model: 'Scanner 5000',
          confidence: 'certain',
          evidence: { zh: '回答了扫描仪的能力说明', en: 'answered with a scanner’s capabilities' },
          usable: true,
        },
      ],
    },
    problems: [
      {
        path: '$.devices.idCard.transport.baud',
        message: { zh: '速率不在范围里', en: 'The speed is out of range' },
        remedy: { zh: '请填 1200 到 921600', en: 'Give 1200 to 921600' },
      },
    ],
    saving: false,
    carried: null,
    devices: {
      idCard: {
        driver: 'sdt',
        transport: { type: 'serial', path: '/dev/ttyUSB0', baud: 115_200 },
      },
      receiptPrinter: {
        driver: 'escpos',
        profile: 'generic80',
        transport: { type: 'tcp', host: '192.168.10.31', port: 9100 },
      },
      documentScanner: null,
    },
  },
  hostRestarts: 2,
  problems: ['diskSlow', 'diskFails', 'memoryMayLeak'],
  waiting: 1,
  items: [
    {
      receiptNumber: '50015110100126112400017',
      serviceId: 'unemployment-reg',
      createdAt: '2026-11-24T02:08:00.000Z',
      state: 'retry',
      caseState: null,
      cancelledAt: null,
      reprintedAt: null,
      ticket: 'retracted',
    },
    {
      receiptNumber: '50015110100126112400025',
      serviceId: 'pension-enroll',
      createdAt: '2026-11-24T01:30:00.000Z',
      state: 'received',
      caseState: null,
      cancelledAt: '2026-11-24T01:32:00.000Z',
      reprintedAt: '2026-11-24T01:33:00.000Z',
      ticket: null,
    },
  ],
  today: {
    day: '2026-11-24',
    rows: [
      { serviceId: 'pension-enroll', waiting: 0, received: 12, held: 1 },
      { serviceId: 'unemployment-reg', waiting: 1, received: 3, held: 0 },
    ],
  },
  sheetPrint: { state: 'printed' },
  clock: null,
  reprint: {
    receiptNumber: '50015110100126112400017',
    state: 'failed',
    fault: faultView('printer.paperOut'),
  },
  ...part,
});
