import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  makeTerminalBench,
  persona,
  tell,
  toForm,
  toReview,
  unemploymentAnswers,
  until,
  type BenchOptions,
  type TerminalBench,
} from './terminal-bench.test-helper.ts';

// whole terminals with processes of their own: slow machines need room
vi.setConfig({ testTimeout: 90_000 });

let bench: TerminalBench;
afterEach(() => bench.close());

async function open(options: BenchOptions = {}): Promise<TerminalBench> {
  bench = await makeTerminalBench(options);
  await until('catalogue', () => bench.terminal.durable.bundles.current().catalogue !== undefined);
  return bench;
}

const insert = (id: string): void => {
  tell(bench.simulators.idCard, { do: 'insertCard', persona: id });
};
const remove = (): void => tell(bench.simulators.idCard, { do: 'removeCard' });

describe('cards', () => {
  it('begins a session at the attract screen, in Chinese, with the person known', async () => {
    await open();
    const page = await bench.page();
    insert('private-use');
    const view = await page.seen('find', ({ step }) => step === 'find');
    expect(view.locale).toBe('zh');
    expect(view.applicant).toMatchObject({
      name: '陈\u{E863}',
      displayName: '陈䶮',
      maskedName: '陈*',
    });
  });

  it('never lets another card replace the one of the session', async () => {
    await open();
    const page = await bench.page();
    insert('ext-a');
    await page.seen('find', ({ step }) => step === 'find');
    remove();
    insert('returnee');
    const view = await page.seen('notice', ({ notice }) => notice === 'otherCard');
    expect(view.applicant?.name).toBe(persona('ext-a').card.name);
  });

  it('reminds of a card that was left behind, and lets nobody in by it', async () => {
    await open({ idCard: { refindsLyingCard: true } });
    const page = await bench.page();
    insert('ext-a');
    await page.seen('find', ({ step }) => step === 'find');
    await page.call.session.end();
    const view = await page.seen('goodbye', ({ step }) => step === 'goodbye');
    expect(view).toMatchObject({ card: { state: 'leftBehind' }, applicant: null });
    remove();
    await page.seen('taken away', ({ card }) => card.state === 'none');
  });

  it('asks for the card when somebody without one applies, and goes on to the form with it', async () => {
    await open();
    const page = await bench.page();
    await page.call.session.begin({ locale: 'en' });
    await page.call.session.browse();
    await page.call.session.openService({ serviceId: 'unemployment-reg' });
    await expect(page.call.session.saveAnswers({ answers: {} })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    await page.call.session.apply();
    await page.seen('identify', ({ step }) => step === 'identify');
    insert('ext-f');
    const view = await page.seen('form', ({ step }) => step === 'form');
    expect(view.locale).toBe('en');
    expect(view.answers['name']).toBe(persona('ext-f').card.name);
  });

  it('says when a card could not be read, and stays ready', async () => {
    await open();
    const page = await bench.page();
    insert('impossible-date');
    const view = await page.seen('failed', ({ card }) => card.state === 'failed');
    expect(view).toMatchObject({ step: 'identify', card: { fault: { remedy: 'call' } } });
    remove();
    insert('ext-a');
    await page.seen('find', ({ step }) => step === 'find');
  });
});

describe('what the card filled in', () => {
  it('stays until it is questioned, and the question goes along with the value of the card', async () => {
    await open();
    const page = await bench.page();
    await toForm(bench, page, 'returnee', 'unemployment-reg');
    await page.call.session.saveAnswers({ answers: { name: '李四' } });
    const kept = await page.seen('checked', ({ revision }) => revision > 3);
    expect(kept.answers['name']).toBe('张三丰');
    await page.call.session.dispute({ field: 'name', value: '张三豐' });
    const stated = await page.seen('disputed', ({ disputed }) => disputed.includes('name'));
    expect(stated.answers['name']).toBe('张三豐');
    await page.call.session.saveAnswers({ answers: unemploymentAnswers(persona('returnee')) });
    await toReview(page);
    await page.call.session.submit();
    await until('arrived', () => bench.platform.items.size === 1);
    const [id = ''] = bench.platform.items.keys();
    const body = await bench.opened(id);
    expect(body.disputed).toEqual([{ field: 'name', cardValue: '张三丰', statedValue: '张三豐' }]);
    expect(body.applicant.card.name).toBe('张三丰');
  });

  it('comes back when the question is taken back', async () => {
    await open();
    const page = await bench.page();
    await toForm(bench, page, 'returnee', 'unemployment-reg');
    await page.call.session.dispute({ field: 'name', value: '张三豐' });
    await page.call.session.dispute({ field: 'name' });
    const view = await page.seen('undisputed', ({ disputed }) => disputed.length === 0);
    expect(view.answers['name']).toBe('张三丰');
  });
});

describe('what is wrong is told, and nothing is lost by it', () => {
  it('names every field that is missing or wrong when the form is said to be done', async () => {
    await open();
    const page = await bench.page();
    await toForm(bench, page, 'returnee', 'unemployment-reg');
    await page.call.session.saveAnswers({ answers: { mobile: '123' } });
    const one = await page.seen('one error', ({ fieldErrors }) => fieldErrors.length === 1);
    expect(one.fieldErrors[0]).toMatchObject({ field: 'mobile', code: 'pattern' });
    await page.call.session.formDone();
    const all = await page.seen('all errors', ({ fieldErrors }) => fieldErrors.length > 3);
    expect(all.step).toBe('form');
    expect(all.answers['mobile']).toBe('123');
  });

  it('takes no ink that is empty, and none with too few strokes', async () => {
    await open();
    const page = await bench.page();
    await toForm(bench, page, 'returnee', 'unemployment-reg');
    await page.call.session.saveAnswers({ answers: unemploymentAnswers(persona('returnee')) });
    await page.call.session.formDone();
    await page.call.session.materialsDone();
    const nothing = `data:image/png;base64,${Buffer.from('no picture').toString('base64')}`;
    await page.call.session.sign({ mode: 'signature', pngDataUrl: nothing, strokes: 3 });
    await page.seen(
      'unclear',
      ({ step, notice }) => step === 'sign' && notice === 'signatureUnclear',
    );
  });

  it('begins no application while the terminal takes none, and says why', async () => {
    await open({ platformAway: false });
    await bench.restart({
      durable: { backoffCeilingMs: 200, pollEveryMs: 200, minFreeBytes: 1e17 },
    });
    const page = await bench.page();
    insert('returnee');
    await page.seen('find', ({ step }) => step === 'find');
    await page.call.session.openService({ serviceId: 'unemployment-reg' });
    await page.call.session.apply();
    await page.seen('guide', ({ step, notice }) => step === 'guide' && notice === 'diskFull');
  });

  it('answers WRONG_STEP with the step it is in', async () => {
    await open();
    const page = await bench.page();
    insert('returnee');
    await page.seen('find', ({ step }) => step === 'find');
    await expect(page.call.session.submit()).rejects.toMatchObject({
      code: 'WRONG_STEP',
      data: { step: 'find' },
    });
  });
});

describe('the photo on the card', () => {
  it('is decoded by the program that is set up, goes to our page only, and is overwritten at the end', async () => {
    // quick also on a slow machine: the decoder has five seconds
    const script = String.raw`printf '\211PNG\r\n\032\n'; cat`;
    await open({ photoDecoder: { program: '/bin/sh', args: ['-c', script] } });
    const page = await bench.page();
    insert('ext-a');
    const view = await page.seen(
      'the photo',
      ({ applicant }) => typeof applicant?.photo === 'string',
    );
    const id = view.applicant?.photo ?? '';
    const at = `${bench.terminal.origin}/preview/${id}`;
    const answer = await fetch(at, { headers: { cookie: page.cookie } });
    expect(answer.headers.get('content-type')).toBe('image/png');
    expect(answer.headers.get('cache-control')).toContain('no-store');
    expect((await answer.arrayBuffer()).byteLength).toBe(8 + 1024);
    expect((await fetch(at)).status).toBe(403);

    const picture = bench.terminal.session.cards.photos.picture(id);
    expect(picture?.bytes.some((byte) => byte !== 0)).toBe(true);
    bench.terminal.session.reset('ended');
    await page.gone();
    expect(picture?.bytes.every((byte) => byte === 0)).toBe(true);
    expect(bench.terminal.session.cards.photos.picture(id)).toBeUndefined();
    expect((await fetch(at, { headers: { cookie: page.cookie } })).status).toBe(404);
    expect(bench.log.join()).not.toContain(id);
  });

  it('is not shown, and nothing else is different, where the program fails', async () => {
    await open({ photoDecoder: { program: '/bin/sh', args: ['-c', 'exit 3'] } });
    const page = await bench.page();
    insert('ext-a');
    await page.seen('find', ({ step }) => step === 'find');
    await until('told', () => bench.log.some((line) => line.includes('was not decoded')));
    expect(page.views.at(-1)?.applicant?.photo).toBeNull();
    await page.call.session.openService({ serviceId: 'unemployment-reg' });
  });
});

describe('it serves whatever is missing', () => {
  it('shows the page, and why nothing can be done, without platform, catalogue and devices', async () => {
    bench = await makeTerminalBench({
      platformAway: true,
      change: {
        devices: undefined,
        problems: [{ code: 'devicesUnreadable', details: [] }],
      },
    });
    const page = await bench.page();
    const health = (await (await fetch(`${bench.terminal.origin}/health`)).json()) as object;
    expect(health).toMatchObject({
      devices: { idCard: { state: 'noDevice' } },
      taking: 'notEnrolled',
      catalogue: null,
    });
    expect((health as { problems: string[] }).problems).toContain('devicesUnreadable');
    await expect(page.call.session.begin({ locale: 'zh' })).rejects.toMatchObject({
      code: 'WRONG_STEP',
    });
  });
});
