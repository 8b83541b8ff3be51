import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_PERSONAS } from '../../drivers/simulator-host/personas.ts';
import { atStep, untilServing } from '../../scripts/citizen/walk.ts';
import { FAULTS } from '../../domain/device/fault-catalogue.ts';
import { openHall, type Hall } from '../support/hall.ts';

let hall: Hall;

beforeAll(async () => {
  hall = await openHall();
  await atStep(hall.page, 'attract');
  await untilServing(hall.page);
});

afterEach(async () => {
  await hall.simulators.command('id-card-1', { do: 'setReadTime', ms: 0 });
  await hall.clear();
});

afterAll(() => hall.close());

/** 256 bytes of text with a type mark that stands for no kind of card. */
const UNKNOWN_KIND = Buffer.alloc(256, Buffer.from('2000', 'hex')).fill('5a00', 248, 250, 'hex');
const GARBAGE = Buffer.alloc(256, 0xff);

/** What a citizen who cannot get on must find: words on what happened, and a way on. */
async function expectWordsAndWay(fault: keyof typeof FAULTS, picture: string): Promise<void> {
  await atStep(hall.page, 'identify');
  await hall.says(FAULTS[fault].message.zh);
  await hall.page.getByRole('button', { name: '没带身份证？先看看能办什么' }).waitFor();
  await hall.page.getByText('请工作人员想办法').waitFor();
  await hall.shoot(picture);
  expect(await hall.health()).toMatchObject({ status: 'serving', session: 'identify' });
}

/** The next card is read as if nothing had been. */
async function expectGoodCardWorks(personaId = 'returnee', name = '张三丰'): Promise<void> {
  await hall.simulators.insertCard(personaId);
  await atStep(hall.page, 'find');
  await hall.says(`${name}，您好`);
}

describe('a card that cannot be read gives plain words, and the next card works', () => {
  it.each([
    ['a card of a kind that nobody knows', UNKNOWN_KIND, 'idCard.unknownKind', 'card-unknown'],
    ['a card full of garbage', GARBAGE, 'idCard.invalidContent', 'card-garbage'],
  ] as const)('%s', async (_what, text, fault, picture) => {
    await hall.simulators.command('id-card-1', {
      do: 'insertRawCard',
      textHex: text.toString('hex'),
    });
    await expectWordsAndWay(fault, picture);
    const shown = await hall.page.locator('.screen').innerText();
    for (const { card } of DEMO_PERSONAS) {
      expect(shown).not.toContain(card.idNumber);
    }
    await hall.cardAway();
    await expectGoodCardWorks();
  });

  it('a card with a date of birth that no calendar has', async () => {
    await hall.simulators.insertCard('impossible-date');
    await expectWordsAndWay('idCard.invalidContent', 'card-impossible-date');
    await hall.cardAway();
    await expectGoodCardWorks();
  });

  it('a card that is taken away while it is read', async () => {
    await hall.simulators.command('id-card-1', { do: 'setReadTime', ms: 3_000 });
    await hall.simulators.insertCard('returnee');
    await hall.page.locator('.reader-reading').waitFor();
    await hall.simulators.removeCard();
    await expectWordsAndWay('idCard.removedEarly', 'card-pulled');
    await hall.simulators.command('id-card-1', { do: 'setReadTime', ms: 0 });
    await hall.cardAway();
    await expectGoodCardWorks();
  });
});

describe('noise on the line changes nothing of what is read', () => {
  // ends as if a frame began: the reader must find the real beginning
  const NOISE = '00ff55aa3311aaaaaa9669ffff0102aaaaaa';

  it('before a card is laid down', async () => {
    await hall.simulators.command('id-card-1', { do: 'noise', hex: NOISE });
    await expectGoodCardWorks('ext-a', '陈\u{4DAE}');
  });

  it('while it is read', async () => {
    await hall.simulators.command('id-card-1', { do: 'setReadTime', ms: 3_000 });
    await hall.simulators.insertCard('ext-g');
    await hall.page.locator('.reader-reading').waitFor();
    await hall.simulators.command('id-card-1', { do: 'noise', hex: NOISE });
    await hall.simulators.command('id-card-1', { do: 'setReadTime', ms: 0 });
    await atStep(hall.page, 'find');
    await hall.says('欧阳\u{30EDD}，您好');
  });
});

it('a number whose check digit is wrong is not refused: the doubt is shown, and it goes on', async () => {
  const walk = hall.walk('bad-checksum', 'unemployment-reg');
  await hall.simulators.insertCard('bad-checksum');
  await atStep(hall.page, 'find');
  await hall.says('证件号码不合规则，工作人员会核对。');
  await hall.shoot('card-wrong-number');
  await hall.page.locator('.service-card', { hasText: walk.service.name.zh }).tap();
  await atStep(hall.page, 'guide');
  await hall.next();
  await atStep(hall.page, 'form');
});
