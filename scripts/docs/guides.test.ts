import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEVICE_CLASSES } from '../../domain/device/status.ts';
import { checkProduction, parseConfig } from '../../kiosk-config/index.ts';
import { terminalProblems, terminalViewSchema } from '../../main/contract/shapes.ts';

const root = join(import.meta.dirname, '..', '..');
const text = (path: string): string => readFileSync(join(root, path), 'utf8');
const guide = text('docs/technicians-guide.md');

/** What GitHub makes of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{Letter}\p{Number}\p{Mark} _-]/gu, '')
    .replaceAll(' ', '-');

function anchorsOf(markdown: string): readonly string[] {
  const headings = [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    anchorOf(heading),
  );
  const own = [...markdown.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id);
  return [...headings, ...own];
}

const documents = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const ROOMS = 'docs|domain|drivers|kiosk-config|main|platform|renderer|scripts|tests';
const named = new RegExp(`\`((?:${ROOMS})/[\\w./-]+)\``, 'g');

describe.each(documents)('%s', (page) => {
  const markdown = text(page);

  it('has no link that leads nowhere, and no npm command that is not there', () => {
    for (const [, target = ''] of markdown.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const [file = '', anchor] = target.split('#');
      const path = file === '' ? page : join(dirname(page), file);
      expect(existsSync(join(root, path)), target).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(text(path))).toContain(anchor);
    }
    const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> };
    for (const [, command = ''] of markdown.matchAll(/npm run ([\w:-]+)/g)) {
      expect(Object.keys(scripts)).toContain(command);
    }
  });

  it('names only files of the repository that are there', () => {
    for (const [, path = ''] of markdown.matchAll(named)) {
      // the device of the guide's example is nobody's
      if (/reader-light/.test(path)) continue;
      expect(existsSync(join(root, path)), path).toBe(true);
    }
  });
});

describe('the technician’s guide', () => {
  const [start, devices] = [...guide.matchAll(/```json\n([\s\S]*?)```/g)].map(
    ([, json = '']) => JSON.parse(json) as unknown,
  );

  it('shows configurations that a production terminal takes', () => {
    const parsed = parseConfig('start', start);
    const layer = parseConfig('devices', devices);
    if (!parsed.ok || !layer.ok) throw new Error(JSON.stringify([parsed, layer]));
    expect(checkProduction({ start: parsed.value, devices: layer.value })).toEqual([]);
    for (const device of DEVICE_CLASSES) expect(layer.value.devices[device]).toBeDefined();
  });

  it('shows a unit that lets no memory of the terminal reach a disk', () => {
    const unit = /```ini\n([\s\S]*?)```/.exec(guide)?.[1] ?? '';
    for (const line of ['LimitCORE=0', 'MemorySwapMax=0', 'UMask=0077']) {
      expect(unit.split('\n')).toContain(line);
    }
    // a unit keeps it out of swap, not out of what hibernation writes
    expect(guide).toContain('`systemctl mask hibernate.target hybrid-sleep.target`');
  });

  it('says what to do about every problem, and whenever nothing is taken', () => {
    const taking = terminalViewSchema.shape.taking.options.filter((why) => why !== 'yes');
    for (const code of [...terminalProblems, ...taking]) {
      expect(guide).toMatch(new RegExp(`^\\| \`${code}\` +\\|`, 'm'));
    }
  });
});

describe('the threat model', () => {
  const model = text('docs/threat-model.md');
  const begin = model.indexOf('## Attackers and defences');
  const rows = model
    .slice(begin, model.indexOf('Not defended against', begin))
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2);

  it.each(rows.map((row) => [row.split('|')[1]?.trim(), row]))(
    'names the tests that hold what is done against %s, each by its file',
    (_attacker, row) => {
      const cells = row.split(' | ');
      const paths = [...row.matchAll(named)].map(([, path = '']) => path);
      const tests = paths.filter((path) => /\.(test|spec)\.ts$/.test(path));
      expect(cells).toHaveLength(4);
      expect(tests).not.toEqual([]);
      expect(cells.at(-1)).toMatch(/\.(test|spec)\.ts`/);
      expect(paths.filter((path) => statSync(join(root, path)).isDirectory())).toEqual([]);
    },
  );

  it('has rows that are looked at', () => {
    expect(rows.length).toBeGreaterThan(20);
  });
});
