const LINE = { stroke: '#41616e', strokeWidth: 4, strokeLinejoin: 'round' } as const;
const RED = {
  fill: 'none',
  stroke: '#a8321d',
  strokeWidth: 6,
  strokeLinecap: 'round',
  strokeLinejoin: 'round',
} as const;

/** What a picture about a receipt printer shows. */
export type PaperScene = 'open' | 'out' | 'in' | 'pull' | 'straight' | 'close';

/** The box of the printer, its lid up. */
function OpenBox() {
  return (
    <>
      <path d="M40 66L58 8h124l18 58z" fill="#d7e3e6" {...LINE} />
      <path d="M30 66h180v70a8 8 0 0 1-8 8H38a8 8 0 0 1-8-8z" fill="#1f5877" />
      <path d="M44 66h152v46H44z" fill="#0d2f43" />
    </>
  );
}

function Roll({ x, y }: { readonly x: number; readonly y: number }) {
  return (
    <>
      <circle cx={x} cy={y} r="25" fill="#fdfaf2" {...LINE} />
      <circle cx={x} cy={y} r="8" fill="#b88a55" {...LINE} />
    </>
  );
}

/** A receipt printer as it looks at one step of changing its paper or of clearing a jam. */
export function PaperPicture({ scene }: { readonly scene: PaperScene }) {
  return (
    <svg className="picture-paper" viewBox="0 0 240 150" aria-hidden="true" focusable="false">
      {scene === 'close' ? (
        <>
          <path d="M30 66h180v70a8 8 0 0 1-8 8H38a8 8 0 0 1-8-8z" fill="#1f5877" />
          <path d="M30 66l12-22h156l12 22z" fill="#d7e3e6" {...LINE} />
          <path d="M84 66V28l9 7 9-7 9 7 9-7 9 7 9-7 9 7 9-7v38z" fill="#fdfaf2" {...LINE} />
          <path d="M52 12v22m-9-10l9 10 9-10M188 12v22m-9-10l9 10 9-10" {...RED} />
        </>
      ) : (
        <OpenBox />
      )}
      {scene === 'open' ? <path d="M216 60V22m-10 11l10-11 10 11" {...RED} /> : null}
      {scene === 'out' ? (
        <>
          <circle cx="120" cy="84" r="9" fill="#b88a55" {...LINE} />
          <path d="M120 66V26m-11 12l11-12 11 12" {...RED} />
        </>
      ) : null}
      {scene === 'in' ? (
        <>
          <Roll x={120} y={78} />
          <path d="M100 96h86l14 34" fill="none" stroke="#fdfaf2" strokeWidth="10" />
          <path d="M100 96h86l14 34" fill="none" stroke="#41616e" strokeWidth="3" />
          <path d="M120 14v30m-11-12l11 12 11-12" {...RED} />
        </>
      ) : null}
      {scene === 'pull' ? (
        <>
          <path
            d="M74 104l14-26 14 20 16-30 14 26 16-22 14 26 12-12v18z"
            fill="#fdfaf2"
            {...LINE}
          />
          <path d="M120 58V20m-11 12l11-12 11 12" {...RED} />
        </>
      ) : null}
      {scene === 'straight' ? (
        <>
          <Roll x={84} y={84} />
          <path d="M84 109h104V82H109" fill="#fdfaf2" {...LINE} />
          <path d="M188 74v42" {...RED} />
        </>
      ) : null}
    </svg>
  );
}
