import type { Evidence } from '../evidence.ts';
import type { Resident } from '../residents.ts';
import type { LengthModel } from './length-model.ts';

/** What a thief works with: the disk, the list, what he learnt from the program itself. */
export interface Scene {
  readonly evidence: Evidence;
  readonly residents: readonly Resident[];
  readonly lengths: LengthModel;
  /** Tries everything that he can think of; else the likeliest tenth of it. */
  readonly thorough: boolean;
}

/** How likely each resident was there, by one idea of the thief: higher is likelier, the unit is nobody's business. */
export type Scoring = (scene: Scene) => Float64Array;
