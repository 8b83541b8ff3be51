import { paddedJson } from '../../../main/core/seal/padding.ts';
import { summaryFont } from '../../../main/core/pdf/font.ts';
import { createSummaryMaker } from '../../../main/core/pdf/summary-maker.ts';
import { sha256 } from '../../platform-kit/terminal.ts';
import { chanceOf } from '../../simulation/chance.ts';
import type { Resident } from '../residents.ts';
import { composeVisit, visitOf } from '../visit.ts';

/** How much is drawn for a character in the font that every summary carries a part of. */
const drawn = new Map<string, number>();
function strokesOf(character: string): number {
  const before = drawn.get(character);
  if (before !== undefined) return before;
  const glyph = summaryFont().glyphForCodePoint(character.codePointAt(0) ?? 0);
  drawn.set(character, glyph.path.commands.length);
  return glyph.path.commands.length;
}

/** What a length follows from, as far as a list of residents tells it. */
function featuresOf({ name, address, detail }: Resident): readonly number[] {
  // a font carries each character once
  const characters = [...new Set(Array.from(name + address))];
  return [
    Buffer.byteLength(name),
    Buffer.byteLength(address),
    Buffer.byteLength(detail),
    characters.length,
    characters.reduce((sum, character) => sum + strokesOf(character), 0),
    Array.from(detail).length,
  ];
}

/** What is measured of an item. */
export type Measured = 'body' | 'ink' | 'summary';
const MEASURED: readonly Measured[] = ['body', 'ink', 'summary'];

/** A length that grows with features, and how far it is off. */
export interface Line {
  /** First what every resident has, then one for each feature. */
  readonly weights: readonly number[];
  readonly deviation: number;
}

/** What the thief learnt by running the program himself: lengths of each file by service, before padding. */
export interface LengthModel {
  /** By service and number of papers. */
  readonly lines: ReadonlyMap<string, Readonly<Record<Measured, Line>>>;
  /** Expected length of a file of a resident. */
  expected(line: Line, resident: Resident): number;
}

/** Least squares by the normal equations, with a little damping where features go together. */
function fit(rows: readonly (readonly number[])[], values: readonly number[]): Line {
  const width = rows[0]?.length ?? 0;
  const system = Array.from({ length: width }, (_, i) => [
    ...Array.from({ length: width }, (__, j) =>
      rows.reduce((sum, row) => sum + (row[i] ?? 0) * (row[j] ?? 0), i === j ? 1e-3 : 0),
    ),
    rows.reduce((sum, row, at) => sum + (row[i] ?? 0) * (values[at] ?? 0), 0),
  ]);
  for (const [i, pivot] of system.entries()) {
    for (const [j, row] of system.entries()) {
      if (i === j) continue;
      const factor = (row[i] ?? 0) / (pivot[i] ?? 1);
      for (let k = i; k <= width; k += 1) row[k] = (row[k] ?? 0) - factor * (pivot[k] ?? 0);
    }
  }
  const weights = system.map((row, i) => (row[width] ?? 0) / (row[i] ?? 1));
  const rest = rows.map(
    (row, at) =>
      (values[at] ?? 0) - row.reduce((sum, value, i) => sum + value * (weights[i] ?? 0), 0),
  );
  const square =
    rest.reduce((sum, each) => sum + each * each, 0) / Math.max(1, rows.length - width);
  return { weights, deviation: Math.max(1, Math.sqrt(square)) };
}

/** Runs the program's own code on some residents of the list, and learns how lengths follow from a person. */
export async function learnLengths(
  seed: string,
  residents: readonly Resident[],
  samples: number,
): Promise<LengthModel> {
  const chance = chanceOf(`${seed}/thief`);
  const summaries = createSummaryMaker();
  const seen: {
    readonly key: string;
    readonly of: Resident;
    readonly lengths: Readonly<Record<Measured, number>>;
  }[] = [];
  try {
    for (let at = 0; at < samples; at += 1) {
      const resident = chance.pick(residents);
      const visit = visitOf(resident, chance);
      const submissionId = sha256(String(at)).slice(0, 32);
      const parts = { submissionId, summaries, terminalId: '500151001001-g1', chance };
      const submission = await composeVisit(visit, parts);
      const draft = {
        submissionId,
        receiptNumber: '50015100100126101200017',
        submittedAt: new Date(0).toISOString(),
      };
      const { files, body } = await submission.compose(draft);
      const attached = new Map(
        files.map(({ name, mediaType, bytes }) => [
          name,
          { attachment: sha256(name), clearSha256: sha256(name), mediaType, size: bytes.length },
        ]),
      );
      const text = Buffer.from(paddedJson(body(attached)))
        .toString('utf8')
        .trimEnd();
      const key = `${visit.serviceId}/${String(visit.pages.length)}`;
      const [ink = 0, summary = 0] = files.slice(-2).map(({ bytes }) => bytes.length);
      const lengths = { body: Buffer.byteLength(text), ink, summary };
      seen.push({ key, of: resident, lengths });
    }
  } finally {
    await summaries.close();
  }
  // what a name and an address make of a length is the same for all services; what stands besides is not
  const keys = [...new Set(seen.map(({ key }) => key))];
  const rows = seen.map(({ key, of }) => [
    ...keys.map((each) => Number(each === key)),
    ...featuresOf(of),
  ]);
  const fitted = new Map(
    MEASURED.map((what) => [
      what,
      fit(
        rows,
        seen.map(({ lengths }) => lengths[what]),
      ),
    ]),
  );
  const lineOf = (what: Measured, at: number): Line => {
    const { weights = [], deviation = 1 } = fitted.get(what) ?? {};
    return { deviation, weights: [weights[at] ?? 0, ...weights.slice(keys.length)] };
  };
  return {
    lines: new Map(
      keys.map((key, at) => [
        key,
        {
          body: lineOf('body', at),
          ink: lineOf('ink', at),
          summary: lineOf('summary', at),
        },
      ]),
    ),
    expected: (line, resident) =>
      featuresOf(resident).reduce(
        (sum, value, i) => sum + value * (line.weights[i + 1] ?? 0),
        line.weights[0] ?? 0,
      ),
  };
}
