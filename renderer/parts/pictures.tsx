/** A card laid on the reader; it moves unless the citizen wants less motion. */
export function CardPicture() {
  return (
    <svg className="picture" viewBox="0 0 640 420" aria-hidden="true" focusable="false">
      <ellipse cx="320" cy="384" rx="270" ry="20" fill="#0b2a3c" opacity=".14" />
      <path d="M58 312h524l22 50a14 14 0 0 1-12 20H48a14 14 0 0 1-12-20z" fill="#9db7c2" />
      <path d="M92 250h456l34 62H58z" fill="#dfe9ec" />
      <path d="M150 262h340l22 38H128z" fill="#1f5877" stroke="#12506e" strokeWidth="4" />
      <path
        d="M262 282a80 40 0 0 1 116 0M282 289a52 26 0 0 1 76 0"
        fill="none"
        stroke="#8ec5dc"
        strokeWidth="5"
        strokeLinecap="round"
      />
      <g className="picture-card">
        <rect x="150" y="26" width="340" height="206" rx="18" fill="#fdfaf2" />
        <rect
          x="150"
          y="26"
          width="340"
          height="206"
          rx="18"
          fill="none"
          stroke="#b9c8c9"
          strokeWidth="3"
        />
        <path
          d="M150 88c80-34 170 34 340-16v142a18 18 0 0 1-18 18H168a18 18 0 0 1-18-18z"
          fill="#dcebe6"
          opacity=".8"
        />
        <rect x="180" y="62" width="56" height="12" rx="6" fill="#2f6d7c" />
        <rect x="250" y="62" width="70" height="12" rx="6" fill="#1d2b33" />
        <rect x="180" y="94" width="56" height="12" rx="6" fill="#2f6d7c" />
        <rect x="250" y="94" width="40" height="12" rx="6" fill="#1d2b33" />
        <rect x="180" y="126" width="56" height="12" rx="6" fill="#2f6d7c" />
        <rect x="250" y="126" width="96" height="12" rx="6" fill="#1d2b33" />
        <rect x="180" y="196" width="96" height="13" rx="6" fill="#2f6d7c" />
        <rect x="290" y="196" width="176" height="13" rx="6" fill="#1d2b33" />
        <rect x="378" y="54" width="86" height="112" rx="8" fill="#bcd5da" />
        <circle cx="421" cy="96" r="22" fill="#5f8793" />
        <path d="M384 166c3-30 20-40 37-40s34 10 37 40z" fill="#5f8793" />
      </g>
      <path
        className="picture-arrow"
        d="M72 120v96m-30-30l30 32 30-32M568 120v96m-30-30l30 32 30-32"
        fill="none"
        stroke="#f2c14e"
        strokeWidth="14"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

/** A sheet on the glass of a scanner. */
export function FlatbedPicture() {
  return (
    <svg className="picture-small" viewBox="0 0 200 150" aria-hidden="true" focusable="false">
      <path d="M30 66L52 8h96l22 58z" fill="#d7e3e6" stroke="#41616e" strokeWidth="4" />
      <path d="M14 70h172v52a8 8 0 0 1-8 8H22a8 8 0 0 1-8-8z" fill="#1f5877" />
      <path d="M34 80h132v30H34z" fill="#8ec5dc" />
      <path d="M40 80h76v26H40z" fill="#fdfaf2" stroke="#41616e" strokeWidth="3" />
      <path d="M49 88h50M49 96h38" stroke="#41616e" strokeWidth="4" strokeLinecap="round" />
      <path
        d="M150 60l-34 18m4-14l-5 15 15 2"
        fill="none"
        stroke="#a8321d"
        strokeWidth="6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

/** Several sheets in the feeder. */
export function FeederPicture() {
  return (
    <svg className="picture-small" viewBox="0 0 200 150" aria-hidden="true" focusable="false">
      <path d="M62 8h84l-10 62H52z" fill="#fff" stroke="#41616e" strokeWidth="3" />
      <path d="M54 14h84l-10 58H44z" fill="#fdfaf2" stroke="#41616e" strokeWidth="4" />
      <path
        d="M66 28h50M64 40h50M62 52h34"
        stroke="#41616e"
        strokeWidth="4"
        strokeLinecap="round"
      />
      <path d="M14 72h172v50a8 8 0 0 1-8 8H22a8 8 0 0 1-8-8z" fill="#1f5877" />
      <path d="M34 84h132v9H34z" fill="#0d2f43" />
      <path
        d="M164 20v44m-15-15l15 17 15-17"
        fill="none"
        stroke="#a8321d"
        strokeWidth="6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

/** A receipt coming out of its outlet. */
export function ReceiptPicture() {
  return (
    <svg className="picture-small" viewBox="0 0 200 150" aria-hidden="true" focusable="false">
      <path d="M20 10h160a8 8 0 0 1 8 8v38H12V18a8 8 0 0 1 8-8z" fill="#1f5877" />
      <path d="M40 40h120v9H40z" fill="#0d2f43" />
      <path
        d="M52 46h96v92l-12-9-12 9-12-9-12 9-12-9-12 9-12-9-12 9z"
        fill="#fdfaf2"
        stroke="#41616e"
        strokeWidth="4"
      />
      <path
        d="M68 68h64M68 84h64M68 100h36"
        stroke="#41616e"
        strokeWidth="5"
        strokeLinecap="round"
      />
    </svg>
  );
}

/** A hand taking a card away. */
export function TakePicture() {
  return (
    <svg className="picture" viewBox="0 0 640 420" aria-hidden="true" focusable="false">
      <path d="M76 330h488l26 46a12 12 0 0 1-11 18H61a12 12 0 0 1-11-18z" fill="#9db7c2" />
      <path d="M112 278h416l36 52H76z" fill="#dfe9ec" />
      <g className="picture-card">
        <rect
          x="180"
          y="60"
          width="280"
          height="174"
          rx="16"
          fill="#fdfaf2"
          stroke="#b9c8c9"
          strokeWidth="3"
        />
        <path
          d="M180 112c70-28 140 28 280-14v120a16 16 0 0 1-16 16H196a16 16 0 0 1-16-16z"
          fill="#dcebe6"
        />
        <rect x="368" y="84" width="70" height="92" rx="7" fill="#bcd5da" />
        <rect x="206" y="92" width="96" height="12" rx="6" fill="#1d2b33" />
        <rect x="206" y="122" width="66" height="12" rx="6" fill="#1d2b33" />
        <rect x="206" y="202" width="196" height="12" rx="6" fill="#1d2b33" />
      </g>
      <path
        className="picture-arrow picture-arrow-up"
        d="M110 250v-110m-32 34l32-36 32 36M530 250v-110m-32 34l32-36 32 36"
        fill="none"
        stroke="#f2c14e"
        strokeWidth="14"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
