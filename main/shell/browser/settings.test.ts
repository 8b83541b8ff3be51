import { expect, it } from 'vitest';
import { chromiumArguments, managedPolicy } from './settings.ts';

it('opens nothing but the page, in kiosk mode, with a throw-away profile', () => {
  const args = chromiumArguments({
    page: 'http://127.0.0.1:1/',
    profileDir: '/dev/shm/p',
    asRoot: false,
  });
  expect(args).toContain('--kiosk');
  expect(args).toContain('--app=http://127.0.0.1:1/');
  expect(args).toContain('--user-data-dir=/dev/shm/p');
  expect(args).toContain('--disable-breakpad');
  expect(args).not.toContain('--no-sandbox');
});

it('blocks settings, developer tools and files, which a bare URL block list leaves open', () => {
  const policy = managedPolicy('http://127.0.0.1:7010');
  expect(policy['URLBlocklist']).toEqual(
    expect.arrayContaining(['*', 'chrome://*', 'devtools://*', 'view-source:*', 'file://*']),
  );
  expect(policy['URLAllowlist']).toEqual(['http://127.0.0.1:7010']);
  expect(policy['TranslateEnabled']).toBe(false);
  expect(policy['DeveloperToolsAvailability']).toBe(2);
});

it('lets the core’s page see the camera, no other page, and nobody the microphone', () => {
  const policy = managedPolicy('http://127.0.0.1:7010');
  expect(policy).toMatchObject({
    VideoCaptureAllowed: false,
    VideoCaptureAllowedUrls: ['http://127.0.0.1:7010'],
    AudioCaptureAllowed: false,
  });
  expect(policy).not.toHaveProperty('AudioCaptureAllowedUrls');
});
