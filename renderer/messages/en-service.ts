import { enSetupForm } from './en-setup-form.ts';
import { enStaff } from './en-staff.ts';
import { enUnlock } from './en-unlock.ts';
import type { ServiceMessages } from './zh-service.ts';

/** Words of the service page in English. */
export const enService: ServiceMessages = {
  title: 'Staff page',
  titleTechnician: 'Device service page',
  who: 'Who are you?',
  staff: 'Hall staff',
  technician: 'Technician',
  unlock: enUnlock,
  desk: enStaff,
  form: enSetupForm,
  pin: 'Please enter the PIN',
  pinHow: '6 to 12 digits. Five wrong ones lock it for half an hour.',
  digits: '{{n}} digits entered',
  erase: 'Erase one',
  enter: 'Enter',
  leave: 'Leave, hand back to citizens',
  back: 'Back',
  wrong_one: 'Wrong PIN. {{count}} more try.',
  wrong_other: 'Wrong PIN. {{count}} more tries.',
  locked: 'Too many wrong ones: locked until {{until}}.',
  notSet: 'No PIN has been set. Please run npm run pin on this machine.',
  busy: 'Somebody else is on the service page. Please wait until they have left it.',
  waiting: 'A citizen is being served. Please wait.',
  waitingHow:
    'The service page opens by itself when they have finished; the PIN need not be typed again. It is not waited for longer than until {{until}}.',
  giveUp: 'Do not wait',
  devices: 'Devices',
  state: {
    starting: 'starting',
    online: 'fine',
    offline: 'not connected',
    powerOff: 'no power',
    noDevice: 'not set up',
    hardwareError: 'broken',
    userError: 'needs a hand',
    deviceBusy: 'working',
    unknown: 'not known',
  },
  paper: {
    full: 'enough paper',
    low: 'little paper left',
    out: 'no paper',
    jammed: 'paper jammed',
    unknown: 'paper not known',
  },
  connection: 'Connected at',
  since: 'Counted since',
  lastFault: 'Last fault {{at}}: {{what}} ({{code}})',
  faultCode: 'Fault code: {{code}}',
  vendorCode: 'Maker’s code',
  lastTest: {
    never: 'never tested',
    passed: 'passed its test on {{at}}',
    failed: 'failed its test on {{at}}',
  },
  test: 'Test',
  testing: {
    idCard: 'Please lay an ID card on the reader…',
    receiptPrinter: 'Printing a test slip…',
    documentScanner: 'Scanning; please put in a sheet first…',
    documentCamera: 'Looking at the document camera…',
    codeScanner: 'Please hold a code before the scanner…',
    documentPrinter: 'Printing a test page…',
    terminalParts: 'The lights shine one after the other; please watch…',
    securityCard: 'Please put a social security card in, chip first and up…',
  },
  ask: {
    idCard: 'It read “{{name}}”. Is that the person on the card?',
    receiptPrinter: 'The printer says it is done. Did the slip come out, text and code clear?',
    receiptPrinterUnknown:
      'The printer has not confirmed it. Did the slip come out, text and code clear?',
    documentScanner: 'One page came, {{kilobytes}} KB. Did the scanner work as it should?',
    documentCamera:
      'Lay a sheet under the camera. Is all of it in the picture, and can it be read?',
    codeScanner: 'A code of {{n}} characters was read. Is that right?',
    documentPrinter: 'The printer says it is done. Did the whole test page come out?',
    documentPrinterUnknown: 'The printer has not confirmed it. Did the whole test page come out?',
    terminalParts: 'Did every light shine and go out again?',
    securityCard: 'It read “{{name}}”. Is that the person of the card?',
  },
  cameraAway: 'No picture comes from the camera',
  yes: 'Yes, it works',
  no: 'No, it does not',
  passed: 'Test passed',
  failed: 'Test failed',
  restarts_one: 'The device program has restarted {{count}} time.',
  restarts_other: 'The device program has restarted {{count}} times.',
  problems: 'To be seen to',
  problem: {
    devicesUnreadable:
      'The device set-up cannot be read or is wrong. Technician: correct the file as the log says.',
    simulatorsUnreachable: 'The simulated devices cannot be reached. Only demonstrations use them.',
    workNotOnTmpfs:
      'There is no memory disk (tmpfs): what needs it is switched off. Technician: mount one.',
    memoryMayLeak:
      'Memory may be written to a disk (core dumps or swap are on). Technician: switch them off as the guide says.',
    platformCaEndsSoon:
      'The certificate of the platform’s authority ends within 60 days; then nothing reaches the platform. Technician: ask the district for the next one and add it to the file.',
    platformCaEnded:
      'The certificate of the platform’s authority has ended: nothing reaches the platform. Applications are still taken and kept here. Technician: ask the district for the next one and add it to the file.',
    platformNotTrusted:
      'The certificate of the platform did not pass: nothing was sent there, and what was taken is kept here. Technician: check authority, address and clock as the guide says.',
    enrolmentRefused:
      'The platform does not know this terminal, or refused its code. Ask the district for a new code.',
    terminalRevoked:
      'The platform revoked this terminal: it takes no applications. Please call the district.',
    bundleRefused:
      'Something the platform sent did not pass its check; the old one stays. Call the district.',
    bundleNotHad:
      'Something of the platform could not be fetched or kept; it is tried again by itself. If this stays, call the district.',
    policyWordsUnknown:
      'The policy of the platform has settings that this version does not know: they are not used, all others are. Technician: update, or have the district check the spelling.',
    clockWrong:
      'The clock is wrong: no applications are taken. Technician: set it, check the board’s battery; if it is still doubted then, say on this page that it is right.',
    clockOff:
      'The clock is some minutes off the platform’s, and receipts show its time; applications are taken. Technician: set it.',
    diskFull:
      'The disk is nearly full: no applications are taken. Technician: make room or replace it; never delete the data folder.',
    backlogFull:
      'Too many applications wait to be sent: no more are taken. Please check the network.',
    diskSlow:
      'The disk is slow: storing an application takes seconds; nothing is lost. Technician: check the disk, replace it if need be.',
    diskFails:
      'The disk gives errors: no applications are taken, those that were taken are kept. Technician: check the disk as the guide says; before replacing it let everything be sent, or copy it out; never delete the data folder.',
    lockLost:
      'The file “lock” of the data folder was deleted or replaced, and another terminal program may use the folder: no applications are taken, those that were taken are kept. Technician: stop all of them, start one.',
    itemWaitsLong:
      'An application has waited for more than a day; it is tried again by itself and is not lost. Check the network; if that is fine, call the district.',
    itemHeld:
      'An application cannot be sent: the platform refused it, or files here are missing or damaged. A person must look; it is kept. Please call the district. Technician: check the disk.',
    indexRebuilt:
      'The index was broken and made anew from the files; nothing was lost. Technician: check the disk.',
    filesSetAside:
      'Files of applications that the index does not know were kept aside. Technician: see the log, tell the district.',
    indexNotCopied:
      'The disk had no room to keep a copy of the index before the update; it was updated, nothing was lost, and it serves. Technician: make room on the disk.',
    auditChainBroken:
      'The audit records do not fit together. Tell the district, and leave the data folder as it is.',
    sqliteOld:
      'The program’s database (SQLite) is an old one with a rare bug that damages data; it serves all the same. Technician: bring a newer Node or Electron.',
    printQueueKeepsFiles:
      'The print queue keeps documents on the disk: A4 printing is stopped. Technician: correct cupsd.conf by the guide.',
    printQueueUnchecked:
      'The settings of the print queue cannot be seen, and it may keep documents: A4 printing is stopped. Technician: check it by the guide.',
    cabinetOpen: 'The door of the cabinet is open. Close and lock it.',
    mainsLost: 'The mains is lost, the battery is in use. Check the power.',
    batteryLow:
      'No mains and the battery is nearly empty: whoever is here is served, nobody after. Restore the power.',
    keyOnlyRootProtected:
      'Only file permissions guard the terminal’s key. Technician: use the system’s key store, see the guide.',
  },
  clock: {
    title: 'Is the machine’s time right now?',
    text: 'This machine’s clock ran ahead once, and applications were stored under a later time, so it does not trust the time it shows. Compare it with your phone: year, month, day and hour.',
    right: 'The time is right',
    ask: 'Is this the right time?',
    askText:
      'Only say so if it is. Applications are taken again, and receipts show this time. That a technician said so, and when, is kept and told to the platform.',
    yes: 'Yes, take applications',
    no: 'No, set it first',
  },
  noProblems: 'Nothing was found.',
  setup: {
    title: 'Device set-up',
    version: 'Version {{n}} of the set-up is in force.',
    carry: {
      title: 'Take to another terminal',
      how: 'Plug in a stick, save this set-up on it, and load it on another terminal. The hall’s name and the screen’s size stay behind.',
      write: 'Save on the stick',
      read: 'Load from the stick',
    },
    carried: {
      written: 'Saved on the stick. You may pull it out now.',
      read: 'Loaded and in use now. Please try every device.',
      noStick: 'No stick was found. Plug it in, wait a few seconds and try again.',
      severalSticks: 'There is more than one stick. Leave one in and try again.',
      cannotWrite: 'The stick cannot be written. Please take another one.',
      noFile: 'There is no set-up on this stick. Save one on the other terminal first.',
    },
    detect: 'Look for devices plugged in',
    running: 'Looking; this may take half a minute…',
    failed: 'Looking was interrupted. Please try again.',
    nothing: 'Nothing new was found. Please check power and cables.',
    unknown: 'A device not known here',
    confidence: {
      certain: 'Certainly such a device',
      likely: 'Probably such a device',
      possible: 'Perhaps such a device',
    },
    use: 'Use this one',
    useAndScan: 'Use this one, and scan a code now to prove it',
    remove: 'Stop using this device',
    earlier: 'Version {{n}}, used until {{at}}',
    back: 'Go back to it',
  },
  items: 'Applications of late, and those not delivered yet',
  noItems: 'No applications yet.',
  waiting_one: '{{count}} application has not reached the platform yet.',
  waiting_other: '{{count}} applications have not reached the platform yet.',
  itemState: {
    queued: 'waits to be sent',
    sending: 'being sent',
    retry: 'waits to be sent again',
    received: 'received by the platform',
    archived: 'archived by the platform',
    held: 'needs a person',
  },
  reprint: 'Print again',
  reprinting: 'Printing…',
  reprinted: 'Printed',
  reprintFailed: 'Not printed',
  reprintUnknown: 'Not certain: please look at the paper outlet',
};
