import type { ReactNode } from 'react';

function Icon({ children }: { readonly children: ReactNode }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

const PATHS = {
  back: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  help: 'M9.2 9a3 3 0 1 1 4.2 2.8c-.9.4-1.4 1.1-1.4 2.2M12 17.6v.1M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z',
  end: 'M12 4v8M6.6 7.2a8 8 0 1 0 10.8 0',
  check: 'M4.5 12.5l5 5 10-11',
  warn: 'M12 4L2.8 20h18.4L12 4zM12 10v4.4M12 17.2v.1',
  info: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v6M12 7.4v.1',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L21 21',
  eye: 'M2 12s3.6-6.5 10-6.5S22 12 22 12s-3.6 6.5-10 6.5S2 12 2 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  pen: 'M4 20l1-4.5L16.5 4 20 7.5 8.5 19 4 20z',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5.4l3.4 2',
  offline: 'M3 8.5a13 13 0 0 1 18 0M6.5 12.2a8 8 0 0 1 11 0M12 18v.1M4 3l16 18',
  printer: 'M7 9V4h10v5M7 17H4v-8h16v8h-3M7 14h10v6H7z',
  camera: 'M4 8h4l1.5-3h5L16 8h4v11H4zM12 16.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4z',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  erase: 'M9 6h11v12H9l-6-6 6-6zM12 9.5l5 5M17 9.5l-5 5',
  turn: 'M16 5l4 4-4 4M20 9H10a5.5 5.5 0 0 0 0 11h3',
  undo: 'M8 5L4 9l4 4M4 9h10a5.5 5.5 0 0 1 0 11h-3',
  phone:
    'M6 3h4l1.5 5-2.3 1.6a12 12 0 0 0 5.2 5.2L16 12.5l5 1.5v4c0 1.7-1.3 3-3 3C10.3 21 3 13.7 3 6c0-1.7 1.3-3 3-3z',
  person: 'M12 12a4.2 4.2 0 1 0 0-8.4 4.2 4.2 0 0 0 0 8.4zM4 21c.6-4.3 3.9-7 8-7s7.4 2.7 8 7',
} as const;

/** A line icon; always beside words, never instead of them. */
export function Glyph({ name }: { readonly name: keyof typeof PATHS }) {
  return (
    <Icon>
      <path d={PATHS[name]} />
    </Icon>
  );
}

/** The mark of the project: a seal. */
export function Seal() {
  return (
    <svg className="seal" viewBox="0 0 64 64" aria-hidden="true" focusable="false">
      <rect x="2" y="2" width="60" height="60" rx="13" fill="var(--seal)" />
      <rect x="7" y="7" width="50" height="50" rx="9" fill="none" stroke="#fff" strokeWidth="1.6" />
      <path
        d="M19 21h26M32 13v38M19 34h26M19 21v13M45 21v13"
        stroke="#fff"
        strokeWidth="4.6"
        fill="none"
        strokeLinecap="round"
      />
    </svg>
  );
}
