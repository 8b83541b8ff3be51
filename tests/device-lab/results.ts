/** File of the results in the folder that machine and host share. */
export const RESULTS = 'results.json';

/** How one test ended. `planned`: it was never begun, or the machine ended in the middle of it. */
export interface LabResult {
  readonly device: string;
  readonly test: string;
  readonly outcome: 'planned' | 'passed' | 'failed' | 'notRun';
  readonly seconds?: number;
  /** Of a failure, or of what did not run. */
  readonly why?: string;
}
