import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Duplex } from 'node:stream';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ok } from '../../domain/result.ts';
import { hasProgram, notRun } from '../../tests/support/not-run.ts';
import { StreamLine } from '../transport/stream-line.ts';
import { systemClock } from '../transport/system-clock.ts';
import type { Transport } from '../transport/transport.ts';
import { until } from './watched-parts.ts';
import { createTerminalParts } from './parts-driver.ts';

const page = readFileSync(new URL('../../docs/terminal-parts.md', import.meta.url), 'utf8');
const sketch = /^```cpp\n([^]*?)^```/m.exec(page)?.[1] ?? '';

/** What an Arduino brings along and the integrator writes: a serial line on stdin and stdout, two lamps, a key. */
const SHIM = `
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <poll.h>
#include <string>
#include <unistd.h>
typedef unsigned char byte;
static unsigned long millis() {
  timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1000UL + t.tv_nsec / 1000000;
}
struct Line {
  int available() {
    pollfd p{0, POLLIN, 0};
    if (poll(&p, 1, 1) <= 0) return 0;
    if (!(p.revents & POLLIN)) exit(0);
    return 1;
  }
  int read() { char c; if (::read(0, &c, 1) != 1) exit(0); return c; }
  void print(const char *s) { if (::write(1, s, strlen(s)) < 0) exit(1); }
} Serial;
static std::string cardReader = "off", keypad = "off";
void lightsOff() { cardReader = keypad = "off"; }
bool setLight(const char *words) {
  char place[20], mode[10];
  if (sscanf(words, "%19s %9s", place, mode) != 2) return false;
  if (!strcmp(place, "cardReader")) cardReader = mode;
  else if (!strcmp(place, "keypad")) keypad = mode;
  else return false;
  return true;
}
void stateText(char *out, int n) {
  snprintf(out, n, "headphones=out door=open call=up keys=none lights=cardReader:%s,keypad:%s",
    cardReader.c_str(), keypad.c_str());
}
void event(bool, const char *);
void scanInputs() {
  static unsigned long next = millis() + 100;
  if (millis() < next) return;
  next = millis() + 100;
  event(true, "key select down"); event(true, "key select up");
}
`;

function boardTransport(program: string): Transport {
  return {
    address: 'sketch',
    connect: () => {
      const board = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
      const stream = Duplex.from({ readable: board.stdout, writable: board.stdin });
      const hangUp = (): Promise<void> => {
        board.kill();
        stream.destroy();
        return Promise.resolve();
      };
      return Promise.resolve(ok(new StreamLine(stream, { hangUp, writeTimeoutMs: 5_000 })));
    },
  };
}

describe('the sketch of a board in docs/terminal-parts.md', () => {
  it('has fewer than sixty lines', () => {
    expect(sketch.trim().split('\n').length).toBeLessThan(60);
  });

  if (!hasProgram('g++')) {
    notRun('the sketch of a parts board', 'g++ is not installed');
    it.skip('NOT RUN: g++ is not installed', () => undefined);
    return;
  }

  it('compiles, and the driver works with it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'parts-sketch-'));
    const source = join(folder, 'board.cpp');
    const program = join(folder, 'board');
    writeFileSync(source, `${SHIM}${sketch}int main() { for (;;) loop(); }\n`);
    const made = spawnSync('g++', ['-Wall', '-Wextra', '-Werror', '-o', program, source]);
    expect(made.stderr.toString()).toBe('');
    const parts = createTerminalParts({ transport: boardTransport(program), clock: systemClock });
    let presses = 0;
    parts.onEvent((event) => {
      if (event.type === 'key' && event.key === 'select') presses += 1;
    });
    await parts.open();
    await until(
      () => presses >= 5,
      () => 'five presses',
    );
    expect(parts.status).toEqual({ state: 'online' });
    expect(parts.state).toMatchObject({ door: 'open', headphones: 'out', presence: 'unknown' });
    expect(parts.capabilities).toMatchObject({
      sensors: ['headphones', 'door'],
      keys: ['up', 'down', 'select'],
      lights: ['cardReader', 'keypad'],
      callButton: true,
    });
    const patient = { deadlineMs: 10_000 };
    expect(await parts.setLight('keypad', 'blink', patient)).toEqual({
      ok: true,
      value: undefined,
    });
    expect(parts.state.lights).toMatchObject({ cardReader: 'off', keypad: 'blink' });
    await parts.close();
    rmSync(folder, { recursive: true, force: true });
  });
});
