import type { EnrolResponse } from '../../../domain/wire/platform.ts';

/** Its name in the data folder. */
export const ENROLMENT_FILE = 'enrolment.json';

/** What enrolment gave this terminal, kept on disk. */
export type EnrolmentRecord = Omit<EnrolResponse, 'serverTime'>;

/** Whether this terminal is enrolled. */
export interface Enrolment {
  /** `undefined` until the platform took the one-time code. */
  current(): EnrolmentRecord | undefined;
  onChange(listener: () => void): () => void;
}
