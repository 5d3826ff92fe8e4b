import { splitMarked } from './mark-pattern.ts'
import { useMarkPattern } from './use-mark-pattern.ts'

/** A text with the found words marked. */
export function Marked({ text, pattern }: { text: string; pattern: RegExp | undefined }) {
  if (!pattern) return text
  return splitMarked(text, pattern).map((part, n) => (n % 2 === 1 ? <mark key={n}>{part}</mark> : part))
}

/** A text with the words marked that the search in the address has found. */
export function MarkedBySearch({ text }: { text: string }) {
  return <Marked text={text} pattern={useMarkPattern()} />
}
