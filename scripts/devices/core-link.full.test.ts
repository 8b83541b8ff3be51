import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockData } from '../../main/core/storage/data-lock.ts';
import { notRun } from '../../tests/support/not-run.ts';
import { findCore } from './core-link.ts';

const canMount = process.platform === 'linux' && process.getuid?.() === 0;
if (!canMount) notRun('the tool for devices on a read-only disk', 'it needs Linux and root');

test.runIf(canMount)(
  'on a disk that has become read-only nobody is taken for a core of another user',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bianmin-read-only-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', folder]);
      try {
        lockData(folder).release();
        execFileSync('mount', ['-o', 'remount,ro', folder]);
        expect(await findCore(folder)).toEqual({ is: 'none' });
      } finally {
        execFileSync('umount', [folder]);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
