import sharp from 'sharp';

/** A sheet with lines of black bars on a dark table, seen a little from the side. */
export async function sheetOnTable(): Promise<Uint8Array> {
  const bars = Array.from(
    { length: 16 },
    (_, i) => `<rect x="150" y="${90 + i * 24}" width="${i % 4 === 3 ? 120 : 210}" height="9"/>`,
  ).join('');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="560"><rect width="640" height="560" fill="#4a3c30"/>
<g transform="rotate(6 320 280) translate(60 0)"><path d="M120 40L400 40L410 500L110 500Z" fill="#e9e7e0"/>${bars}</g></svg>`;
  return new Uint8Array(await sharp(Buffer.from(svg)).jpeg().toBuffer());
}
