/** Every event the audit knows, with what it says. The auditor's manual is made from it. */
export const AUDIT_EVENTS = {
  coreStarted: 'The core opened its index.',
  coreStopped: 'The core closed its index in good order.',
  terminalEnrolled: 'The platform took the one-time code; detail: terminal id and generation.',
  enrolmentRefused: 'The platform refused the one-time code.',
  bundleAdopted: 'A signed bundle came into force; detail: kind and version.',
  bundleRefused: 'A bundle was refused and the old one kept; detail: kind and reason.',
  itemStored: 'An item became durable on this terminal (queued).',
  attemptBegun: 'Sending an item began (sending).',
  attemptFailed: 'Sending did not end with the one answer that counts (retry); detail: reason.',
  itemReceived: 'The platform said that the item is durable there (received).',
  itemArchived: 'The platform said that the item lies in a verified backup (archived).',
  itemHeld: 'The platform refused the item for good; kept for a person (held); detail: reason.',
  itemForgotten: 'The platform no longer had a received item; it is sent again (queued).',
  itemReleased: 'A person sent a held item on its way again (queued).',
  ciphertextDeleted: 'The sealed files of an archived item were deleted.',
  caseStateLearnt: 'The feed told the state of a case; detail: the state.',
  strayFilesSwept: 'Sealed files that no item names were deleted; detail: how many.',
  filesSetAside:
    'Envelopes that the index does not know were kept aside for a person; detail: how many.',
  indexRebuilt: 'A lost or broken index was made anew from the envelopes; detail: how many items.',
  itemRecovered: 'An item came back into a rebuilt index (queued).',
  checkpoint: 'The terminal signed the chain up to here; detail: the signature.',
  clockDoubted: 'The clock was found wrong and new items were refused.',
  clockTrusted: 'The clock was found right again.',
  receiptPrinted: 'A receipt was printed, by the printer’s own word.',
  receiptPrintFailed: 'A receipt was not printed; detail: fault code.',
  receiptPrintUnknown: 'Whether a receipt was printed is not known; detail: fault code.',
  sessionBegun: 'A session began.',
  sessionEnded: 'A session ended; detail: how.',
  cardRead: 'A card was read in a session.',
  serviceEntered: 'Staff or a technician came in by PIN; detail: the role.',
  serviceRefused:
    'A PIN or an unlock code was wrong, or the PIN locked; detail: the role and which.',
  pinUnlocked: 'A locked PIN was unlocked by a code of the platform; detail: the role.',
  serviceLeft: 'The service page was left; detail: the role.',
  deviceTested: 'A device was tested; detail: the device and how it ended.',
  devicesChanged:
    'A technician changed the devices layer; detail: its new version and what was done.',
  helpCalled: 'Somebody at the terminal called the staff.',
  helpCleared: 'Staff said that they had come.',
  receiptReprinted: 'Staff had a receipt printed again; detail: how it ended.',
} as const satisfies Record<string, string>;

/** The name of an audit event. */
export type AuditEventName = keyof typeof AUDIT_EVENTS;
