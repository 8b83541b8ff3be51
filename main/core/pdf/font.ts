import { fileURLToPath } from 'node:url';
import { openSync, type Font } from 'fontkit';

let parsed: Font | undefined;

/** The font of every document, parsed once for the life of the process. */
export function summaryFont(): Font {
  if (parsed !== undefined) return parsed;
  const path = fileURLToPath(
    import.meta.resolve('@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf'),
  );
  const font = openSync(path);
  if (!('layout' in font)) throw new TypeError('the font file is a collection');
  parsed = font;
  return font;
}
