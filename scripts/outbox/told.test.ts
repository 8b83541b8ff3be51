import { expect, test } from 'vitest';
import { linesOf, listed, REFUSALS } from './told.ts';

const copied = {
  folder: '/media/usb/bianmin-T-1',
  items: 2,
  bytes: 4096,
  damaged: [],
  signed: true,
};

test('what was copied is told, and that its chain went unsigned, where it did', () => {
  const whole = linesOf(copied).join('\n');
  expect(whole).toContain('2 items copied, sealed: /media/usb/bianmin-T-1');
  expect(whole).toContain('4 KiB');
  expect(whole).not.toMatch(/签名|signed for/);
  const unsigned = linesOf({ ...copied, signed: false }).join('\n');
  expect(unsigned).toContain('没有为这次拷贝签名');
  expect(unsigned).toContain('not signed for this copy');
  expect(linesOf({ ...copied, damaged: ['7'] }).at(-1)).toBe('文件损坏 / damaged, not copied: 7');
});

test('an index that cannot be read is not told in the stick’s words', () => {
  expect(REFUSALS.indexUnreadable).toContain('不是 U 盘的问题');
  expect(REFUSALS.indexUnreadable).toContain('the stick is not at fault');
});

test('the list says why an item is held, and once what to do about it', () => {
  const item = {
    ...{
      submissionId: 'a',
      receiptNumber: '50019900100126120300015',
      kind: 'application' as const,
    },
    ...{ serviceId: 'unemployment-reg', createdAt: '2026-12-03T00:00:00.000Z' },
    ...{ caseState: null, caseNumber: null, envelopeSha256: 'b' },
  };
  const held = { ...item, state: 'held', heldFor: 'sealerRevoked' };
  const lines = listed([{ ...item, state: 'queued' }, held, held]);
  expect(lines[0]).toBe(
    '50019900100126120300015  queued    2026-12-03T00:00:00.000Z  unemployment-reg',
  );
  expect(lines[1]).toMatch(/ held .*unemployment-reg {2}sealerRevoked$/);
  expect(lines[3]).toBe('共 3 件 / 3 items');
  expect(lines.slice(4)).toEqual([expect.stringMatching(/^sealerRevoked：.*--also-revoked/)]);
});
