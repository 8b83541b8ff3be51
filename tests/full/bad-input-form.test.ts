import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DemoAnswers } from '../../drivers/simulator-host/personas.ts';
import { fillForm } from '../../scripts/citizen/fill-form.ts';
import { personaById } from '../../scripts/citizen/journey.ts';
import type { Walk } from '../../scripts/citizen/walk.ts';
import { openHall, type Hall } from '../support/hall.ts';

let hall: Hall;

beforeAll(async () => {
  hall = await openHall();
});

afterAll(() => hall.close());

const fill = (walk: Walk): Promise<void> =>
  fillForm(hall.page, walk.service, walk.persona, () => Promise.resolve());

const wrongAt = (field: string): Promise<string> =>
  hall.page.locator(`[id="${field}-field"].field-bad .field-wrong`).innerText();

describe('a wrong number is told at its field, in plain words, and no other answer is lost', () => {
  let walk: Walk;
  const { idNumber } = personaById('returnee').card;

  beforeAll(async () => {
    walk = hall.walk('returnee', 'disability-subsidy');
    await hall.toForm(walk);
  });
  afterAll(() => hall.clear());

  /** Fills the form with wrong answers as far as it goes. */
  async function fillWrong(wrong: Partial<DemoAnswers>, words: string): Promise<void> {
    const answers = { ...walk.persona.answers, ...wrong };
    const persona = { ...walk.persona, answers };
    await expect(fill({ ...walk, persona })).rejects.toThrow(words);
  }

  async function expectOnlyWrong(field: string, typed: string, words: string): Promise<void> {
    await hall.page.locator(`[id="${field}-field"].field-bad`).waitFor();
    expect(await wrongAt(field)).toContain(words);
    expect(await hall.page.locator('.field-bad').count()).toBe(1);
    const input = hall.page.locator(`[id="${field}"]`);
    expect((await input.inputValue()).replaceAll(/\s/gu, '')).toBe(typed);
    await hall.shoot(`form-wrong-${field}-${String(typed.length)}`);
  }

  it('a mobile number of too few digits', async () => {
    await fillWrong({ mobile: '1380000' }, '手机是 11 位数字');
    await expectOnlyWrong('mobile', '1380000', '手机是 11 位数字');
    await mend('mobile', walk.persona.answers.mobile);
  });

  it('a disability certificate of somebody else', async () => {
    const wrong = '50019919690712002042';
    await fillWrong({ disabilityCertNo: wrong }, '和上面填的对不上，请看一看。');
    await expectOnlyWrong('disabilityCertNo', wrong, '和上面填的对不上，请看一看。');
  });

  it('a disability certificate that is no such number', async () => {
    const words = '写法不对，请看一看有没有多写或少写。';
    await hall.page.locator('[id="disabilityCertNo"]').fill(`${idNumber}9`);
    await hall.next();
    await hall.says(words);
    await expectOnlyWrong('disabilityCertNo', `${idNumber}9`, words);
    await mend('disabilityCertNo', walk.persona.answers.disabilityCertNo);
  });

  it('a bank card whose check digit is wrong', async () => {
    const wrong = '6200000000000000076';
    await fillWrong({ bankAccount: wrong }, '卡号对不上，请照着卡再看一遍。');
    await expectOnlyWrong('bankAccount', wrong, '卡号对不上，请照着卡再看一遍。');
    await mend('bankAccount', walk.persona.answers.bankAccount);
  });

  it('and once all are mended the form goes on to the papers', async () => {
    await fill(walk);
    await hall.page.locator('.screen[data-step="materials"]').waitFor();
  });

  /** Types the right value and goes on, answering nothing again. */
  async function mend(field: string, value: string): Promise<void> {
    await hall.page.locator(`[id="${field}"]`).fill(value);
    await hall.next();
    await hall.page.locator(`[id="${field}-field"]`).waitFor({ state: 'detached' });
  }
});

describe('an impossible day', () => {
  afterEach(() => hall.clear());

  async function toDate(): Promise<Walk> {
    const walk = hall.walk('returnee', 'unemployment-reg');
    await hall.toForm(walk);
    const { lostDate: _left, ...properties } = walk.service.form.properties;
    const service = { ...walk.service, form: { ...walk.service.form, properties } };
    // the way stops at the date, which is left out
    await expect(fill({ ...walk, service })).rejects.toThrow('这一项要填。');
    return walk;
  }

  const type = async (part: 'y' | 'm' | 'd', text: string): Promise<void> => {
    const at = { y: 0, m: 1, d: 2 }[part];
    const input = hall.page.locator('[id="lostDate-field"] .date-column input').nth(at);
    await input.fill(text);
    await input.blur();
  };
  const dayInWords = (): Promise<string> =>
    hall.page.locator('[id="lostDate-field"] .date-words').innerText();

  it('that lies in the future is told with the last possible day, and can be mended', async () => {
    const walk = await toDate();
    await type('y', '2090');
    await hall.next();
    expect(await wrongAt('lostDate')).toMatch(/日期太晚，不能晚于 \d{4}年\d+月\d+日。/);
    await hall.shoot('form-date-too-late');
    await fill(walk);
    await hall.page.locator('.screen[data-step="materials"]').waitFor();
  });

  it('that no calendar has cannot be answered: the screen says in words which day it took', async () => {
    await toDate();
    await type('y', '2023');
    await type('m', '2');
    await type('d', '31');
    expect(await dayInWords()).toContain('2023年2月28日');
    await type('d', '99');
    expect(await dayInWords()).toContain('2023年2月28日');
    await hall.shoot('form-date-impossible');
  });
});
