/** Kinds of identity card that the SDT protocol gives (type mark at byte 248 of the text). */
export type CardKind = 'resident' | 'hkMoTwResidence' | 'foreigner2017' | 'foreigner2023';

/** Sex as coded by GB/T 2261.1: 0 unknown, 1 male, 2 female, 9 not stated. */
export type SexCode = '0' | '1' | '2' | '9';

/**
 * What a card holds, as text, trimmed of padding. Characters are kept exactly as the card has them,
 * private-use ones included. Held in memory only.
 */
export interface IdCardData {
  readonly kind: CardKind;
  /** Name as on the card: Chinese, or Latin on a foreigner's card without a Chinese name. */
  readonly name: string;
  /** Latin name of a foreigner's card. */
  readonly latinName?: string;
  readonly sex: SexCode;
  /** GB/T 3304 code of the nationality within China, only on resident cards. */
  readonly nationCode?: string;
  /** ISO 3166 alpha-3, only on foreigners' cards. */
  readonly nationality?: string;
  /** YYYYMMDD, checked to be a real date. */
  readonly birthDate: string;
  readonly address?: string;
  readonly idNumber: string;
  readonly issuer?: string;
  /** YYYYMMDD */
  readonly validFrom: string;
  /** YYYYMMDD, or `long-term` (长期). */
  readonly validTo: string;
  /** HK/Macao/Taiwan residence permits: number of the pass. */
  readonly passNumber?: string;
  /** How often the card was issued: residence permits, and foreigners' cards of 2023. Two digits. */
  readonly issueCount?: string;
  /** Version of the card, two digits: only foreigners' cards of 2017. */
  readonly cardVersion?: string;
  /** Code of the authority that took the application in, four digits: only foreigners' cards of 2017. */
  readonly authorityCode?: string;
  /** Three characters that lead to the number of an earlier card of 2017: only foreigners' cards of 2023. */
  readonly formerNumberLink?: string;
}

/** A thing on the card that does not fit together; the citizen is asked, never silently overruled. */
export type CardDoubt =
  /** The number breaks the rule of its kind of card: check digit, or what the number begins with. */
  | 'idNumberChecksum'
  | 'idNumberBirthDateDiffers'
  | 'idNumberSexDiffers'
  | 'expired'
  | 'notYetValid'
  | 'nationUnknown';
