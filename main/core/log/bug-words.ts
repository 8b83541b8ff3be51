/**
 * What the log says of a bug: its name and where in the program it was thrown. Never its message, which may hold
 * what somebody answered.
 */
export function bugWords(error: unknown): { readonly bug: string; readonly at: string } {
  if (!(error instanceof Error)) return { bug: 'unknown', at: '' };
  const { name, message, stack = '' } = error;
  // the message stands in the stack too, before the first place, and may have lines that look like places
  const places = stack.startsWith(`${name}: ${message}`)
    ? stack.slice(name.length + 2 + message.length)
    : '';
  return { bug: name, at: /\n\s+at (.+)/.exec(places)?.[1] ?? '' };
}
