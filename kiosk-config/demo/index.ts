import type { Catalogue } from '../../domain/catalogue/catalogue.ts';
import type { LocalizedText } from '../../domain/text.ts';
import { demoCatalogue } from '../catalogue/index.ts';
import { devicesSchema, type DevicesConfig } from '../config/devices.ts';
import { policySchema, type Policy } from '../config/policy.ts';
import { DEMO_ENROLMENT_PREFIX } from './marks.ts';

/** The hall that demonstrations play in. */
export const DEMO_HALL = {
  name: { zh: '巴川街道便民服务中心', en: 'Bachuan Subdistrict Service Centre' },
  /** 9 digits, first part of receipt numbers. */
  region: '500151001',
  /** 3 digits, second part of receipt numbers. */
  terminal: '001',
} as const satisfies { name: LocalizedText; region: string; terminal: string };

/** One-time code of the demo terminal; refused in production. */
export const DEMO_ENROLMENT_CODE = `${DEMO_ENROLMENT_PREFIX}BACHUAN-001`;

/** The policy of demonstrations: the defaults, marked, and quick enough to watch. */
export const DEMO_POLICY: Policy = policySchema.parse({
  environment: 'demo',
  // A developer's disk may be fuller than a terminal's.
  backlog: { keepFreeMegabytes: 256 },
  sync: {
    backoffBaseMs: 500,
    backoffCeilingMs: 5_000,
    feedIntervalMs: 3_000,
  },
});

/** What a reference platform starts a demonstration with. It makes its keys by itself, at its first start. */
export interface DemoPlatformSeed {
  readonly environment: 'demo';
  readonly catalogue: Catalogue;
  readonly policy: Policy;
  readonly terminals: readonly {
    readonly enrolmentCode: string;
    readonly region: string;
    readonly terminal: string;
    readonly hallName: LocalizedText;
  }[];
}

/** The seed as data: it survives JSON, for the platform knows none of these modules. */
export function demoPlatformSeed(): DemoPlatformSeed {
  return {
    environment: 'demo',
    catalogue: demoCatalogue(),
    policy: DEMO_POLICY,
    terminals: [
      {
        enrolmentCode: DEMO_ENROLMENT_CODE,
        region: DEMO_HALL.region,
        terminal: DEMO_HALL.terminal,
        hallName: DEMO_HALL.name,
      },
    ],
  };
}

/** Where the simulators of a demonstration listen; one left out is a device that is not there. */
export interface DemoDevicePorts {
  readonly idCardPort?: number;
  readonly receiptPrinterPort?: number;
  /** Root of the eSCL service. */
  readonly documentScannerUrl?: string;
  /** A camera is meant to be there: nothing listens for it, the browser has it or not. */
  readonly documentCamera?: boolean;
  readonly codeScannerPort?: number;
  /** Of the IPP printer. */
  readonly documentPrinterUrl?: string;
  readonly terminalPartsPort?: number;
  /** At that port is a relay board: whether it answers. */
  readonly relaysAnswer?: boolean;
  readonly securityCardPort?: number;
}

/** The technician's layer of the demo terminal, bound to simulators on this machine. */
export function demoDevices(at: DemoDevicePorts): DevicesConfig {
  const tcp = (port: number) => ({ type: 'tcp', host: '127.0.0.1', port });
  return devicesSchema.parse({
    version: 1,
    terminal: { hallName: DEMO_HALL.name },
    devices: {
      idCard: at.idCardPort === undefined ? null : { driver: 'sdt', transport: tcp(at.idCardPort) },
      receiptPrinter:
        at.receiptPrinterPort === undefined
          ? null
          : { driver: 'escpos', profile: 'generic80', transport: tcp(at.receiptPrinterPort) },
      documentScanner:
        at.documentScannerUrl === undefined ? null : { driver: 'escl', url: at.documentScannerUrl },
      // whichever camera the machine has: a demonstration is tried on laptops too
      documentCamera:
        at.documentCamera === true ? { driver: 'uvc', label: '', minWidth: 640 } : null,
      codeScanner:
        at.codeScannerPort === undefined
          ? null
          : { driver: 'serialCodes', transport: tcp(at.codeScannerPort) },
      documentPrinter:
        at.documentPrinterUrl === undefined ? null : { driver: 'ipp', url: at.documentPrinterUrl },
      terminalParts:
        at.terminalPartsPort === undefined
          ? null
          : at.relaysAnswer === undefined
            ? { driver: 'partsLine', transport: tcp(at.terminalPartsPort) }
            : {
                driver: 'lcusRelays',
                lamps: { cardReader: 1, receiptPrinter: 2, scanner: 3, keypad: 4 },
                answers: at.relaysAnswer,
                transport: tcp(at.terminalPartsPort),
              },
      securityCard:
        at.securityCardPort === undefined
          ? null
          : { driver: 'cardLine', transport: tcp(at.securityCardPort) },
    },
  });
}
