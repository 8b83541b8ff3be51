import type { LocalizedText } from '../text.ts';
import type { FaultCause, FaultRemedy } from './fault.ts';

/** What to do, in order; never empty. */
export type FaultSteps = readonly [LocalizedText, ...LocalizedText[]];

/** All that is known of one fault: for programs, for citizens, and for those who mend it. */
export interface FaultEntry {
  readonly cause: FaultCause;
  readonly remedy: FaultRemedy;
  /** What a citizen is told: what happened and what to do next, in plain words. */
  readonly message: LocalizedText;
  /** What the code says, in one or two sentences, for staff and technicians. */
  readonly meaning: LocalizedText;
  readonly steps: {
    /** With hands and eyes only, at the terminal. */
    readonly staff: FaultSteps;
    /** With the service page, the device configuration and tools. */
    readonly technician: FaultSteps;
  };
}

/** Faults by code. */
export type FaultEntries = Readonly<Record<`${string}.${string}`, FaultEntry>>;

/** Steps that many faults share. */
export const STEP = {
  goOnWithout: {
    zh: '其他事情照常办；要用这个设备的，请群众到服务台。',
    en: 'All else goes on; send people who need this device to the service desk.',
  },
  callTechnician: {
    zh: '还不行，请联系技术员，并告诉他故障代码。',
    en: 'If it stays so, call the technician and tell the fault code.',
  },
  proveByTest: {
    zh: '在设备维护页面点「测试」，看到通过再离开。',
    en: 'Touch Test on the maintenance page, and leave only once it has passed.',
  },
  readVendorCode: {
    zh: '在设备维护页面看厂家代码，按设备自己的说明书处理。',
    en: 'Read the maker’s code on the maintenance page and follow the manual of the device.',
  },
} as const satisfies Record<string, LocalizedText>;
