import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PartsLineParser, crc16, encodeLine } from './parts-line.ts';
import { parseBoardMessage } from './parts-messages.ts';
import { relayFrame } from './relay-frames.ts';

const page = readFileSync(new URL('../../docs/terminal-parts.md', import.meta.url), 'utf8');

/** Every whole line that stands in a code block of the page, and the bytes beneath it where they are given. */
const shown = [...page.matchAll(/^([<>])([^<>*\n]+)\*([0-9A-F]{4}).*\n(?: {3}([0-9A-F ]+)\n)?/gm)];

describe('docs/terminal-parts.md', () => {
  it('shows lines with the CRC and the bytes that the driver sends and takes', () => {
    expect(shown.length).toBeGreaterThanOrEqual(12);
    for (const [, mark, body = '', crc, bytes] of shown) {
      if (mark !== '<' && mark !== '>') throw new Error('no mark');
      const line = encodeLine(mark, body);
      expect(Buffer.from(line).toString('latin1')).toBe(`${mark}${body}*${crc ?? ''}\r\n`);
      expect(new PartsLineParser(mark).push(line)).toEqual([body]);
      if (bytes === undefined) continue;
      const hex = Buffer.from(line).toString('hex').toUpperCase();
      expect(bytes.replaceAll(' ', '')).toBe(hex);
    }
  });

  it('shows lines of the board that mean something', () => {
    const bodies = shown.filter(([, mark]) => mark === '<').map(([, , body = '']) => body);
    const types = bodies.map((body) => parseBoardMessage(body)?.type);
    expect(new Set(types)).toEqual(new Set(['boot', 'ack', 'event', 'iam', 'state']));
  });

  it('shows the bytes that switch a relay', () => {
    const rows = [...page.matchAll(/^relay (\d) (on|off) +([0-9A-F ]+)$/gm)];
    expect(rows.length).toBeGreaterThanOrEqual(3);
    for (const [, channel, state, bytes = ''] of rows) {
      const hex = Buffer.from(relayFrame(Number(channel), state === 'on')).toString('hex');
      expect(bytes.replaceAll(' ', '').toLowerCase()).toBe(hex);
    }
  });

  it('names the check value of its CRC', () => {
    expect(page).toContain('CRC(`123456789`) = `29B1`');
    expect(crc16(Buffer.from('123456789'))).toBe(0x29b1);
  });
});
