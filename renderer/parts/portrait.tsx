/** The photo of the card beside the name; a silhouette where there is none. The name says who it is. */
export function Portrait({ photo }: { readonly photo: string | null }) {
  if (photo !== null) {
    return <img className="portrait" src={`/preview/${encodeURIComponent(photo)}`} alt="" />;
  }
  return (
    <svg className="portrait" viewBox="0 0 40 50" aria-hidden="true" focusable="false">
      <path d="M20 26a9.5 9.5 0 1 0 0-19 9.5 9.5 0 0 0 0 19zM2.5 50c.8-11.5 8-18.5 17.5-18.5S36.7 38.5 37.5 50z" />
    </svg>
  );
}
