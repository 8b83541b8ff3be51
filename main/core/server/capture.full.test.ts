import { request } from 'node:http';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DemoPersona } from '../../../drivers/simulator-host/personas.ts';
import {
  makeTerminalBench,
  persona,
  toForm,
  until,
  type BenchPage,
  type TerminalBench,
} from '../session/terminal-bench.test-helper.ts';

// a whole terminal with processes of its own: slow machines need room
vi.setConfig({ testTimeout: 90_000 });

interface Post {
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly body?: Uint8Array;
}

describe('pictures of the document camera', () => {
  let bench: TerminalBench;
  let page: BenchPage;
  let jpeg: Uint8Array;

  beforeAll(async () => {
    const paper = { width: 900, height: 1200, channels: 3, background: '#fafafa' } as const;
    jpeg = await sharp({ create: paper })
      .withExif({ IFD0: { Software: 'camera' } })
      .jpeg()
      .toBuffer();
    bench = await makeTerminalBench();
    await until(
      'catalogue',
      () => bench.terminal.durable.bundles.current().catalogue !== undefined,
    );
    page = await bench.page();
  });
  afterAll(() => bench.close());

  const post = ({ headers, path = '/capture/household', body = jpeg }: Post = {}) => {
    const { origin } = bench.terminal;
    const { port, host } = new URL(origin);
    return new Promise<{ status: number; code: string }>((resolve, reject) => {
      const sent = request(
        {
          ...{ host: '127.0.0.1', port, path, method: 'POST' },
          headers: {
            ...{ host, origin, cookie: page.cookie },
            ...{ 'content-type': 'image/jpeg', 'content-length': body.length },
            ...headers,
          },
        },
        (answer) => {
          let text = '';
          answer.on('data', (part: Buffer) => (text += part.toString()));
          answer.on('end', () => {
            const code = /^\{"code":"(\w+)"\}$/.exec(text)?.[1] ?? '';
            resolve({ status: answer.statusCode ?? 0, code });
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  };

  const pages = () =>
    page.views.at(-1)?.materials.find(({ materialId }) => materialId === 'household')?.pages ?? [];

  function answers(who: DemoPersona) {
    return {
      address: { division: who.answers.residence.divisionCode, detail: '龙门街' },
      mobile: who.answers.mobile,
      payTier: '200',
      bankAccount: who.answers.bankAccount,
      commit: true,
    };
  }

  it('are refused from strangers, and while no identified citizen is at the papers', async () => {
    expect(await post()).toEqual({ status: 409, code: 'wrongStep' });
    for (const headers of [
      { cookie: '' },
      { origin: 'http://evil.example' },
      { host: 'evil.example' },
    ]) {
      expect((await post({ headers })).status, JSON.stringify(headers)).toBe(403);
    }
    const { origin } = bench.terminal;
    const noOrigin = await fetch(`${origin}/capture/household`, {
      method: 'POST',
      headers: { cookie: page.cookie, 'content-type': 'image/jpeg' },
      body: Uint8Array.from(jpeg),
    });
    expect(noOrigin.status).toBe(403);
    expect((await post({ path: '/preview/household-1' })).status).toBe(405);
  });

  it('become pages of the material, cleaned as scanned ones are, and are gone with the session', async () => {
    await toForm(bench, page, 'returnee', 'pension-enroll');
    await page.call.session.saveAnswers({ answers: answers(persona('returnee')) });
    expect(await post()).toEqual({ status: 409, code: 'wrongStep' });
    await page.call.session.formDone();
    await page.seen('materials', ({ step }) => step === 'materials');
    expect(await post()).toEqual({ status: 200, code: 'taken' });
    await page.seen('page', () => pages().length === 1);
    const preview = `${bench.terminal.origin}/preview/${pages()[0]?.pageId ?? ''}`;
    const shown = await fetch(preview, { headers: { cookie: page.cookie } });
    const bytes = Buffer.from(await shown.arrayBuffer());
    expect(bytes.includes('Exif')).toBe(false);

    expect(await post({ path: '/capture/idcard' })).toEqual({ status: 404, code: 'notFound' });
    expect(await post({ path: '/capture/nothing' })).toEqual({ status: 404, code: 'notFound' });
    const png = Buffer.from('89504e470d0a1a0a', 'hex');
    expect(await post({ body: png })).toEqual({ status: 422, code: 'unreadable' });
    const broken = Buffer.concat([Buffer.from('ffd8ff', 'hex'), Buffer.alloc(2_000, 7)]);
    expect(await post({ body: broken })).toEqual({ status: 422, code: 'unreadable' });
    const text = { 'content-type': 'text/plain' };
    expect(await post({ headers: text })).toEqual({ status: 422, code: 'unreadable' });
    const large = { 'content-length': '20000000' };
    expect(await post({ headers: large }).catch(() => 'cut')).toEqual({
      status: 413,
      code: 'tooLarge',
    });

    const others = await Promise.all([post(), post()]);
    expect(others.map(({ code }) => code).sort()).toEqual(['busy', 'taken']);
    await page.call.session.end();
    await page.seen('goodbye', ({ step }) => step === 'goodbye');
    expect(await post()).toEqual({ status: 409, code: 'wrongStep' });
    expect((await fetch(preview, { headers: { cookie: page.cookie } })).status).toBe(404);
    expect(bench.log.join('')).not.toContain('/capture');
  });
});
