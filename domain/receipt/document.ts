/** One line of text on a receipt. */
export interface ReceiptLine {
  readonly type: 'text';
  readonly text: string;
  readonly align?: 'left' | 'center' | 'right';
  readonly bold?: boolean;
  /** 1 normal, 2 double width and height. */
  readonly size?: 1 | 2;
}

/** A label and a value on one line when they fit, else on two. */
export interface ReceiptPair {
  readonly type: 'pair';
  readonly label: string;
  readonly value: string;
  readonly bold?: boolean;
}

/** What a receipt is made of, free of any printer's language. */
export type ReceiptBlock =
  | ReceiptLine
  | ReceiptPair
  | { readonly type: 'rule' }
  | { readonly type: 'feed'; readonly lines: number }
  | { readonly type: 'qr'; readonly data: string };

/** A receipt as it is handed to a printer driver, which wraps lines and cuts the paper itself. */
export interface ReceiptDocument {
  readonly blocks: readonly ReceiptBlock[];
}
