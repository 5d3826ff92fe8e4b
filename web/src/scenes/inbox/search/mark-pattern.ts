/** Texts that a search has found: words that follow each other, the last of which is a beginning except in a phrase. */
export interface MarkedText {
  words: readonly string[]
  isPhrase: boolean
}

const IN_WORD = '[\\p{L}\\p{N}\\p{M}]'
const NOT_IN_WORD = '[^\\p{L}\\p{N}\\p{M}]'

/** Pattern of the found texts, or undefined if there is nothing to mark. A beginning is marked with the rest of its word. */
export function markPattern(marked: readonly MarkedText[]): RegExp | undefined {
  const parts = marked
    .filter(({ words }) => words.length > 0)
    // The longest first: of two texts that begin alike, the pattern takes the first.
    .toSorted((one, other) => other.words.join(' ').length - one.words.join(' ').length)
    // The server sends letters and digits only, so nothing has to be escaped.
    .map(({ words, isPhrase }) => words.join(`${NOT_IN_WORD}{1,20}`) + (isPhrase ? `(?!${IN_WORD})` : `${IN_WORD}*`))
  return parts.length === 0 ? undefined : new RegExp(`(?<!${IN_WORD})(?:${parts.join('|')})`, 'giu')
}

/** Splits a text at the found parts: every second part is one. */
export function splitMarked(text: string, pattern: RegExp): string[] {
  const parts: string[] = []
  let from = 0
  for (const { 0: found, index } of text.matchAll(pattern)) {
    parts.push(text.slice(from, index), found)
    from = index + found.length
  }
  return [...parts, text.slice(from)]
}
