import type { LocalizedText } from '../text.ts';
import type { Condition, FormSchema } from './form.ts';

/** A time limit; the unit is part of it, for some laws count natural days and some workdays. */
export interface TimeLimit {
  readonly value: number;
  readonly unit: 'workday' | 'day' | 'hour' | 'immediate';
}

/** How a material may be brought in. */
export type MaterialCapture = 'readCard' | 'scan' | 'fetch' | 'generate' | 'qr';

/** One paper or proof that a service asks for. */
export interface Material {
  readonly id: string;
  readonly name: LocalizedText;
  /** Ways in which it may be given, preferred first. */
  readonly capture: readonly MaterialCapture[];
  readonly originals: number;
  readonly copies: number;
  /** 1 necessary, 2 not necessary, 3 may be handed in later (C0109). */
  readonly necessity: 1 | 2 | 3;
  /** 10 brought by the applicant, 20 issued by an authority, 99 other (C0109). */
  readonly sourceType: '10' | '20' | '99';
  readonly issuer?: LocalizedText;
  readonly acceptStandard?: LocalizedText;
  readonly note?: LocalizedText;
  /** Of the materials with the same group any one is enough. */
  readonly anyOfGroup?: string;
  readonly visibleIf?: Condition;
  /** A signed commitment (告知承诺) may stand in for the paper. */
  readonly commitmentReplace?: boolean;
  /** A card that its holder may put into a reader instead of handing in a picture of it. */
  readonly readFrom?: 'securityCard';
  /** At most so many pages; default 10. */
  readonly maxPages?: number;
}

/** Who may be served, checked before the form. */
export interface EligibilityRule {
  readonly rule: 'ageMin' | 'ageMax';
  readonly value: number;
}

/** One step of the procedure, in words. */
export interface ProcedureStep {
  readonly name: LocalizedText;
  readonly actor: LocalizedText;
  readonly limit: TimeLimit;
}

/** A government service item (事项) with its whole guide and form. Comes from the platform only. */
export interface ServiceItem {
  readonly id: string;
  readonly version: number;
  readonly name: LocalizedText;
  /** Everyday names that people search by. */
  readonly aliases: readonly string[];
  readonly plainSummary: LocalizedText;
  readonly codes: {
    readonly basicCode: string;
    readonly implCode: string;
    readonly handleItemCode: string;
  };
  readonly itemType: { readonly code: string; readonly name: LocalizedText };
  readonly department: {
    readonly id: string;
    readonly name: LocalizedText;
    readonly creditCode: string;
  };
  readonly topic: LocalizedText;
  /** 1 immediate (即办件), 2 promised time (承诺件). */
  readonly caseType: '1' | '2' | '9';
  readonly legalLimit: TimeLimit;
  readonly promisedLimit: TimeLimit;
  readonly onSiteVisits: number;
  readonly kioskMode: 'apply' | 'instantPrint' | 'applyAndPrint';
  readonly offlineMode: 'queue' | 'notAvailable';
  /** Assurance that applying asks for. */
  readonly assurance: 'L0' | 'L1' | 'L2' | 'L3';
  readonly scope: LocalizedText;
  readonly fee: { readonly charged: boolean; readonly text: LocalizedText };
  readonly estimatedMinutes: number;
  readonly basis: readonly LocalizedText[];
  readonly conditions: readonly LocalizedText[];
  readonly eligibility: readonly EligibilityRule[];
  readonly steps: readonly ProcedureStep[];
  readonly materials: readonly Material[];
  readonly form: FormSchema;
  readonly result: { readonly name: LocalizedText };
  readonly contacts: { readonly consult: string; readonly supervise: string };
  readonly notes: readonly LocalizedText[];
  readonly faq: readonly { readonly q: LocalizedText; readonly a: LocalizedText }[];
  /**
   * Made when the catalogue was built: the pinyin of the name and of each alias, by syllables, without
   * tones, ü as v, with spaces between (`shi ye deng ji`). A name that can be read in two ways has two.
   */
  readonly searchKeys: readonly string[];
}

/** A version of all that the platform offers; swapped whole. */
export interface Catalogue {
  readonly schemaVersion: 1;
  readonly catalogueVersion: string;
  /** ISO 8601 */
  readonly publishedAt: string;
  readonly region: { readonly code: string; readonly name: LocalizedText };
  readonly divisions: readonly { readonly code: string; readonly name: LocalizedText }[];
  readonly services: readonly ServiceItem[];
}
