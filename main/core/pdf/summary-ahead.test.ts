import { expect, test } from 'vitest';
import type { SummaryInput } from './contract.ts';
import { summaryAhead } from './summary-ahead.ts';

const input = (change: Partial<SummaryInput> = {}): SummaryInput => ({
  serviceName: { zh: '失业登记', en: 'Unemployment registration' },
  department: { zh: '人社局', en: 'Human resources' },
  hall: { zh: '服务中心', en: 'Hall' },
  terminalId: '500199001-001',
  receiptNumber: '50019900100126120100017',
  submittedAt: '2026-12-01 09:30',
  sections: [{ title: '个人信息', answers: [{ label: '姓名', value: '张测试' }] }],
  materials: [],
  signature: { png: new Uint8Array(20).fill(7), mode: 'signature' },
  ...change,
});

/** A maker whose files are told apart by their first byte, and that fails when it is told to. */
function counting() {
  const made: Uint8Array[] = [];
  const failed: SummaryInput[] = [];
  const ahead = summaryAhead({
    make(of) {
      if (of.terminalId === 'broken') {
        failed.push(of);
        return Promise.reject(new Error('the worker ended'));
      }
      const pdf = new Uint8Array(100).fill(made.length + 1);
      made.push(pdf);
      return Promise.resolve(pdf);
    },
  });
  return { made, failed, ahead };
}
const overwritten = (pdf: Uint8Array | undefined): boolean => pdf?.every((b) => b === 0) === true;

test('what was drawn is given again for the same input, also while it is being drawn', async () => {
  const { made, ahead } = counting();
  const [one, other] = await Promise.all([ahead.make(input()), ahead.make(input())]);
  expect(await ahead.make(input())).toBe(one);
  expect(other).toBe(one);
  expect(made).toHaveLength(1);
});

test.each<[string, Partial<SummaryInput>]>([
  ['another minute', { submittedAt: '2026-12-01 09:31' }],
  ['another number', { receiptNumber: '50019900100126120100025' }],
  [
    'another answer',
    { sections: [{ title: '个人信息', answers: [{ label: '姓名', value: '李测试' }] }] },
  ],
  ['other ink', { signature: { png: new Uint8Array(20).fill(8), mode: 'signature' } }],
  ['a mark', { signature: { png: new Uint8Array(20).fill(7), mode: 'witnessedMark' } }],
])('%s is drawn anew, and the file before it is overwritten', async (_what, change) => {
  const { made, ahead } = counting();
  await ahead.make(input());
  expect(await ahead.make(input(change))).toEqual(new Uint8Array(100).fill(2));
  expect(made).toHaveLength(2);
  expect(overwritten(made[0])).toBe(true);
});

test('what is forgotten is overwritten, also when it is drawn only afterwards', async () => {
  const { made, ahead } = counting();
  await ahead.make(input());
  ahead.forget();
  await Promise.resolve();
  expect(overwritten(made[0])).toBe(true);
  const late = ahead.make(input());
  ahead.forget();
  await late;
  expect(overwritten(made[1])).toBe(true);
  await ahead.make(input());
  expect(made).toHaveLength(3);
});

test('a failure is not kept', async () => {
  const { ahead, made, failed } = counting();
  const broken = input({ terminalId: 'broken' });
  await expect(ahead.make(broken)).rejects.toThrow('the worker ended');
  await expect(ahead.make(broken)).rejects.toThrow('the worker ended');
  expect(failed).toHaveLength(2);
  ahead.forget();
  await ahead.make(input());
  expect(made).toHaveLength(1);
});
