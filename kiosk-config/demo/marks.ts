/** What every demo enrolment code begins with. */
export const DEMO_ENROLMENT_PREFIX = 'DEMO-';

/** Whether an enrolment code is one of a demonstration. */
export function isDemoEnrolmentCode(code: string): boolean {
  return code.trim().toUpperCase().startsWith(DEMO_ENROLMENT_PREFIX);
}

/** PINs of the service page in demonstrations; worth nothing in production. */
export const DEMO_PINS = { staff: '135246', technician: '864209' } as const;
