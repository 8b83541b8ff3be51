import { failed, type Trial } from './contract.ts';
import { settled, unusable } from './settled.ts';

/**
 * Only a person can say whether the picture is good: the service page shows it while it asks. Nothing is
 * taken.
 */
export const tryDocumentCamera: Trial = async ({ clock, devices }, signal) => {
  const away = unusable(await settled(devices.documentCamera, clock, signal));
  return away === undefined ? { result: 'ask' } : failed(away);
};
