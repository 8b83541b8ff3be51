import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { journey, type Journey } from '../../scripts/citizen/journey.ts';
import { findTraces } from '../../scripts/citizen/traces.ts';
import { ensurePage } from '../../scripts/launch/build-page.ts';
import { openCuttableLink, type CuttableLink } from '../../scripts/launch/cuttable-link.ts';
import { startStack, type Stack } from '../../scripts/launch/stack.ts';
import { hasProgram, notRun } from '../support/not-run.ts';

let dataDir: string;
let terminalDir: string;
let stack: Stack;
let link: CuttableLink;

beforeAll(async () => {
  ensurePage();
  dataDir = mkdtempSync(join(tmpdir(), 'bianmin-journeys-'));
  terminalDir = join(dataDir, 'terminal');
  stack = await startStack({
    dataDir,
    async link(url) {
      link = await openCuttableLink(url);
      return link.url;
    },
  });
});

afterAll(async () => {
  await stack.stop();
  await link.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const SERVICES = ['unemployment-reg', 'pension-enroll', 'disability-subsidy'];
const PERSONAS = ['ext-a', 'ext-f', 'ext-g', 'private-use', 'latin'];
const ALL_WAYS = SERVICES.flatMap((service, i) =>
  PERSONAS.map((persona, k) => ({ service, persona, offline: (i + k) % 2 === 0 })),
);
/** Every service both ways, and every name; all fifteen with BIANMIN_JOURNEYS=every. */
const every = process.env['BIANMIN_JOURNEYS'] === 'every';
const SOME = [0, 1, 7, 8, 13, 14];
const WAYS = every ? ALL_WAYS : ALL_WAYS.filter((_way, n) => SOME.includes(n));
if (!every) {
  console.log(
    'NOT RUN: nine more pairs of service and name (tests/full/journeys.test.ts): BIANMIN_JOURNEYS=every',
  );
}

function program(name: string, args: readonly string[]): string {
  const done = spawnSync(name, args, { encoding: 'utf8' });
  // zbarimg complains of a missing desktop bus: only its code counts. The PDF tools must say nothing.
  const said = name === 'zbarimg' ? '' : done.stderr;
  expect(`${name}: ${String(done.status)} ${said}`).toBe(`${name}: 0 `);
  return done.stdout;
}

function nameOf({ persona }: Journey): string {
  return persona.card.name === '' ? (persona.card.latinName ?? '') : persona.card.name;
}

/** Each check by a program that is not ours, where it is installed. */
const INDEPENDENT: readonly (readonly [
  tool: string,
  what: string,
  check: (done: Journey) => void,
])[] = [
  [
    'qpdf',
    'the application summary is a sound PDF',
    (done) => {
      writeFileSync(join(dataDir, 'a.pdf'), done.pdf);
      program('qpdf', ['--check', join(dataDir, 'a.pdf')]);
    },
  ],
  [
    'pdftotext',
    'the exact name stands in the application summary',
    (done) => {
      writeFileSync(join(dataDir, 'a.pdf'), done.pdf);
      expect(program('pdftotext', [join(dataDir, 'a.pdf'), '-'])).toContain(nameOf(done));
    },
  ],
  [
    'zbarimg',
    'the receipt’s QR code leads to the verification page',
    (done) => {
      writeFileSync(join(dataDir, 'r.png'), done.receipt.png);
      expect(program('zbarimg', ['-q', '--raw', join(dataDir, 'r.png')])).toMatch(
        /\/r\/[\w-]{128}\s*$/,
      );
    },
  ],
  [
    'age',
    'the envelope’s body is opened with the platform’s key by another implementation',
    (done) => {
      writeFileSync(join(dataDir, 'body.age'), done.envelope.body);
      const key = stack.platform.ready.ageIdentityFile;
      const clear = program('age', ['-d', '-i', key, join(dataDir, 'body.age')]);
      expect(JSON.parse(clear)).toMatchObject({
        submissionId: done.envelope.header.id,
        applicant: { card: { name: nameOf(done), idNumber: done.persona.card.idNumber } },
      });
    },
  ],
];

describe('every service, every kind of name, with and without the network', () => {
  for (const [tool, what] of INDEPENDENT) {
    if (!hasProgram(tool)) notRun(what, `${tool} is not installed`);
  }

  it('leaves out no service, no way and no name', () => {
    const seen = new Set(
      WAYS.flatMap(({ service, persona, offline }) => [`${service} ${String(offline)}`, persona]),
    );
    expect(seen.size).toBe(2 * SERVICES.length + PERSONAS.length);
  });

  it.each(WAYS)(
    '$service by $persona (offline: $offline)',
    async ({ service, persona, offline }) => {
      const done = await journey({
        stack,
        terminalDir,
        personaId: persona,
        serviceId: service,
        ...(offline ? { offline: { link, seconds: 2 } } : {}),
      });
      expect(done.item).toMatchObject({ copies: 1, conflicts: 0, state: 'received', problems: [] });
      expect(done.item.envelopeSha256).toBe(done.envelope.sha256);
      expect(done.envelope.sealed).toBe(true);
      expect(await findTraces(done.persona, [terminalDir])).toEqual([]);
      for (const [tool, , check] of INDEPENDENT) if (hasProgram(tool)) check(done);
    },
  );

  it('leaves no personal data in any log', () => {
    for (const part of ['terminal', 'platform', 'simulators']) {
      const log = readFileSync(join(dataDir, 'logs', `${part}.log`), 'utf8');
      expect(log).not.toMatch(/50019919|950840198|1380000000|陈|玲|欧阳|JOHNSON/);
    }
  });
});
