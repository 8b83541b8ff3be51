/** What every demo enrolment code begins with. */
export const DEMO_ENROLMENT_PREFIX = 'DEMO-';

/** Whether an enrolment code is one of a demonstration. */
export function isDemoEnrolmentCode(code: string): boolean {
  return code.trim().toUpperCase().startsWith(DEMO_ENROLMENT_PREFIX);
}
