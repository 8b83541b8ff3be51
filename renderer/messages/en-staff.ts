import type { StaffMessages } from './zh-staff.ts';

/** Words for what staff do at the service page, in English. */
export const enStaff: StaffMessages = {
  helpCalled: 'Somebody called for help at {{at}}',
  helpText: 'Please go and see; press the button when it is done.',
  helpDone: 'They have been helped',
  paperTitle: 'Paper of the printer',
  changePaper: 'Change the paper, step by step',
  clearJam: 'Clear a paper jam, step by step',
  step: 'Step {{n}} of {{of}}',
  next: 'Done, next step',
  before: 'One step back',
  stop: 'Stop and go back',
  lastTest: 'At last, print a test slip',
  lastTestText: 'When it comes out and can be read, all is well.',
  printTest: 'Print a test slip',
  goodEnd: 'Good, it can be used',
  paperNow: 'The printer says: {{paper}}.',
  paperSteps: {
    open: {
      title: 'Open the printer’s cover',
      text: 'Press the catch or pull the handle; no force. Do not touch what is hot from printing.',
    },
    out: { title: 'Take the empty roll out', text: 'With the core that is left of it.' },
    in: {
      title: 'Put the new roll in',
      text: 'Tear off the glued end first. The paper comes towards you from below the roll; the other way round nothing is printed.',
    },
    close: {
      title: 'Pull some paper out and close the cover',
      text: 'The end stays outside; both sides click.',
    },
  },
  jamSteps: {
    open: {
      title: 'Open the printer’s cover',
      text: 'Do not pull at the outlet: that breaks the cutter.',
    },
    pull: {
      title: 'Take the crumpled paper out',
      text: 'Pull slowly the way the paper runs, and take every scrap; look beside the cutter. Keep fingers off the cutter.',
    },
    straight: {
      title: 'Tear the end straight',
      text: 'Cut or tear it straight, smooth it, lay it through the middle.',
    },
    close: {
      title: 'Close the cover',
      text: 'The end stays outside; both sides click. If it jams again, call the technician.',
    },
  },
  cancel: 'This receipt is void',
  cancelAsk: 'Is the printed receipt void?',
  cancelText:
    'Only the paper is void: the application is not touched and keeps its number. Please take the old paper back and tear it up.',
  cancelYes: 'The paper is void',
  cancelNo: 'No, keep it',
  cancelled: 'The paper printed until {{at}} is void; the application is not touched.',
  printNew: 'Print a new one',
  reprintedAt: 'Printed again at {{at}}.',
  today: 'Today',
  todayNone: 'No applications today yet.',
  todayHead: {
    service: 'Service',
    received: 'At the platform',
    waiting: 'Waiting',
    held: 'Needs a person',
  },
  total: 'Total',
  printSheet: 'Print today’s sheet',
};
