/** What other rooms import of the configuration. */
export { demoCatalogue } from './catalogue/index.ts';
export {
  authorityEnds,
  loadAuthorities,
  type AuthorityEnd,
  type PlatformAuthorities,
} from './config/authorities.ts';
export { DEFAULT_DEVICES, type DevicesConfig } from './config/devices.ts';
export type { TransportConfig } from './config/transports.ts';
export { LAYERS, type Layer, type LayerConfig } from './config/layers.ts';
export { carriedFile, readCarried, type CarriedDevices } from './config/carried.ts';
export { loadConfig, loadStart, parseConfig } from './config/load.ts';
export { assuranceFor, DEFAULT_POLICY, idleTimesFor, type Policy } from './config/policy.ts';
export { readPolicy, type ReadPolicy } from './config/read-policy.ts';
export { problemText, type ConfigProblem, type ConfigResult } from './config/problem.ts';
export { PRINTER_PROFILES } from './config/receipt-printer.ts';
export { checkProduction, isThisMachine, type WholeConfig } from './config/production.ts';
export { setupForms } from './config/setup-form.ts';
export { DEFAULT_START, type StartConfig, type StartFlags } from './config/start.ts';
export {
  DEMO_ENROLMENT_CODE,
  DEMO_HALL,
  DEMO_POLICY,
  demoDevices,
  demoPlatformSeed,
  type DemoDevicePorts,
  type DemoPlatformSeed,
} from './demo/index.ts';
export { DEMO_PINS, isDemoEnrolmentCode } from './demo/marks.ts';
