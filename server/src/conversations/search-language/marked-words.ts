import { splitWords } from '../search/field-words.ts'
import type { ParsedSearch } from './search-terms.ts'

/** A found text. */
export interface MarkedText {
  /** Words that follow each other, in lower case. */
  words: string[]
  /** The last word is complete; otherwise it is a beginning. */
  isPhrase: boolean
}

/** Texts that a search finds, to be marked in its results. */
export function wordsToMark({ terms }: ParsedSearch): MarkedText[] {
  return terms.flatMap((term) =>
    term.kind === 'text' && !term.isNegated ? [{ words: splitWords(term.text), isPhrase: term.isPhrase }] : [],
  )
}
