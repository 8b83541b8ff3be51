import type { StateMessages } from './zh-states.ts';

/** Words on what is wrong or cannot be done now, in English. */
export const enStates: StateMessages = {
  saying: {
    tryAgain: 'That did not work. Please try once more.',
    cardFirst: 'Please lay your ID card on the reader first.',
    deviceAway: 'The device cannot be used now. Please wait and try again, or ask the staff.',
    notFound: 'Not found. Please go back and choose again.',
    missingMaterials: 'Papers are still missing. Please look for “not yet” below.',
    inkMissing: 'There is no signature yet. Please write in the box with your finger.',
    witnessMissing: 'Please fill in the name of the witness.',
  },
  notice: {
    diskFull:
      'This machine’s storage is full. It cannot take new applications. Please go to the counter.',
    diskFails:
      'This machine has a fault: it cannot store new applications. Please go to the counter.',
    backlogFull: 'Too many applications wait to be sent. Please go to the counter.',
    storeFailed:
      'It could not be saved: your application is not submitted yet. Please press “Submit” again.',
    clockWrong:
      'This machine’s clock is wrong. It cannot take applications. Please go to the counter.',
    notEnrolled: 'This machine is not registered. Please go to the counter.',
    noKeys: 'This machine has no encryption keys yet. Please go to the counter.',
    otherCard:
      'Another card is on the reader. Please lay the first one back, or press “End” to begin anew.',
    proxyCardRead:
      'The ID card of the person acting was read. Please check that name and number are right; if it is the wrong card, just lay down the right one.',
    needsLink:
      'This service needs the network, which is down. Please come back later, or go to the counter.',
    needsStaff: 'For this the staff must see you in person. Please go to the counter.',
    signatureUnclear:
      'What was written is too little to be seen. Please write your name again, or make your mark again.',
    materialsMissing: 'Papers are still missing. Please look for “not yet”.',
    pageLimit: 'No more pages fit. To add one, please remove one first.',
    pageUnreadable: 'The scanned page cannot be shown. Please scan it again.',
    blankAside:
      'One page is blank. It was set aside and will not be handed in. To hand it in, use the button below it.',
    storedBefore:
      'The machine has restarted. Your application was stored before that: there is no need to apply again.',
    coreRestarted:
      'The machine has restarted. Your answers are still here: please check them. Papers and signature are needed once more.',
  },
  taking: {
    notEnrolled: 'This machine is not registered. Please go to the counter.',
    batteryLow: 'The power is out and the battery is nearly empty. Please go to the counter.',
    noCatalogue: 'The list of services is not here yet. Please go to the counter.',
    noKeys: 'This machine has no encryption keys yet. Please go to the counter.',
    backlogFull:
      'Too many applications wait to be sent. You can read the guides. To apply, please go to the counter.',
    diskFull:
      'This machine’s storage is full. You can read the guides. To apply, please go to the counter.',
    diskFails:
      'This machine has a fault: it cannot store applications. You can read the guides. To apply, please go to the counter.',
    clockWrong:
      'This machine’s clock is wrong. You can read the guides. To apply, please go to the counter.',
  },
  doubts: {
    title: 'Something about your ID card',
    idNumberChecksum: 'The ID number does not follow its rule. The staff will look at it.',
    idNumberBirthDateDiffers:
      'The birth date in the ID number differs from the card. The staff will look at it.',
    idNumberSexDiffers:
      'The sex in the ID number differs from the card. The staff will look at it.',
    expired: 'The card has expired. You can go on, but please renew it soon.',
    notYetValid: 'The card is not valid yet. The staff will look at it.',
    nationUnknown: 'The ethnic group on the card is not known here. Please choose it yourself.',
  },
  fieldError: {
    required: 'Please fill this in.',
    tooLong: 'Too long: at most {{limit}} characters.',
    tooShort: 'Too short: at least {{limit}} characters.',
    pattern: 'Something does not fit. Please see whether a digit is missing or too many.',
    checksum: 'The number does not add up. One digit may be wrong: please look again.',
    notADate: 'There is no such day. Please choose again.',
    dateTooEarly: 'Too early: not before {{limit}}.',
    dateTooLate: 'Too late: not after {{limit}}.',
    notAnOption: 'Please choose one of these.',
    mustAgree: 'You can only go on if you agree. Please read it, then touch “agree”.',
    sameAsOther: 'This is the same as another person’s. Please change it.',
    differsFromOther: 'This does not fit an answer above. Please look again.',
    unknownField: 'The machine does not know this field. Please ask the staff.',
    wrongType: 'This does not fit. Please fill it in again.',
    charset: 'There are signs in it that cannot be used. Please delete them.',
    mobile: 'This is no telephone number. A mobile number has 11 digits: please count.',
    bankCard: 'The card number does not add up. Please compare it with the card.',
  },
};
