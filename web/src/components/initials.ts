/** `Kim Lee` → `KL`; for one word its first two letters. */
export function initials(name: string): string {
  const parts = name.split(/[\s@._-]+/).filter((part) => /\p{L}|\p{N}/u.test(part))
  const taken =
    parts.length > 1 ? [lettersOf(parts[0]!, 1), lettersOf(parts.at(-1)!, 1)] : [lettersOf(parts[0] ?? '?', 2)]
  return taken.join('').toLocaleUpperCase()
}

const letters = new Intl.Segmenter()

function lettersOf(part: string, count: number): string {
  return Array.from(letters.segment(part), ({ segment }) => segment)
    .slice(0, count)
    .join('')
}
