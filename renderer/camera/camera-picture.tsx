/** A sheet lying under a document camera on its arm. */
export function CameraPicture() {
  return (
    <svg className="picture-small" viewBox="0 0 200 150" aria-hidden="true" focusable="false">
      <path d="M10 126h180v10a6 6 0 0 1-6 6H16a6 6 0 0 1-6-6z" fill="#1f5877" />
      <path d="M150 126V26a12 12 0 0 0-12-12H96" fill="none" stroke="#41616e" strokeWidth="10" />
      <path d="M66 6h44v24H66z" fill="#1f5877" />
      <path d="M78 30h20v8H78z" fill="#0d2f43" />
      <path d="M78 40L34 108h108L98 40z" fill="#f2c14e" opacity=".35" />
      <path
        d="M52 104h80l14 20H36z"
        fill="#fdfaf2"
        stroke="#41616e"
        strokeWidth="4"
        strokeLinejoin="round"
      />
      <path d="M62 111h58M58 117h60" stroke="#41616e" strokeWidth="3" strokeLinecap="round" />
    </svg>
  );
}
