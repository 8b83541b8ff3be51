import { create } from 'qrcode';
import { useMemo } from 'react';

/** Modules along an edge, and the dark ones as one path, four modules of quiet zone around it. */
function drawn(text: string): { readonly size: number; readonly path: string } {
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  const size = modules.size;
  let path = '';
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      if (modules.get(y, x) !== 0) path += `M${x + 4} ${y + 4}h1v1h-1z`;
    }
  }
  return { size, path };
}

/** A QR code as one path; quiet zone included. Dark on white, whatever the colours around. */
export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  // the screen around it is drawn again with each word from the printer
  const { size, path } = useMemo(() => drawn(text), [text]);
  return (
    <svg
      className="qr"
      viewBox={`0 0 ${size + 8} ${size + 8}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <rect width={size + 8} height={size + 8} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
