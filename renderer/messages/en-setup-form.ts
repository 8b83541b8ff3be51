import type { SetupFormMessages } from './zh-setup-form.ts';

/** Words of the form in which a technician types how a device is set up, in English. */
export const enSetupForm: SetupFormMessages = {
  edit: 'Change how it is set up',
  add: 'Set it up by hand',
  title: 'Set up: {{device}}',
  how: 'Press “Save” when done. It is in force at once, as a new version that can be gone back from.',
  save: 'Save',
  saving: 'Saving…',
  cancel: 'Go back without saving',
  wrong: '{{count}} wrong; nothing was saved.',
  wrongElsewhere: '{{path}}:',
  optional: 'may be left out',
  none: 'none',
  on: 'Yes',
  off: 'No',
  include: 'Set this up',
  other: 'This is changed in devices.json; it stays as it is here.',
  addEntry: 'Add one',
  removeEntry: 'Remove this one',
  between: '{{min}} to {{max}}',
};
