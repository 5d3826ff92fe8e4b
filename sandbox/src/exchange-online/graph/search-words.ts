import { GraphError } from './graph-error.ts'

/** Properties with words. `undefined` in a node: from, subject and body. */
export type WordsProperty = 'attachment' | 'bcc' | 'body' | 'cc' | 'from' | 'participants' | 'recipients' | 'subject' | 'to' // prettier-ignore

/** A parsed `$search`. */
export type SearchNode =
  | { kind: 'and' | 'or'; nodes: readonly SearchNode[] }
  | { kind: 'not'; node: SearchNode }
  /** Consecutive words of one text, in lower case; `prefix`: the last one is the beginning of a word. */
  | { kind: 'words'; property: WordsProperty | undefined; words: readonly string[]; prefix: boolean }
  /** Milliseconds or bytes, from `from` to before `before`. */
  | { kind: 'range'; property: 'received' | 'sent' | 'size'; from: number; before: number }
  | { kind: 'importance'; value: 'low' | 'normal' | 'high' }
  | { kind: 'has-attachment'; value: boolean }
  | { kind: 'all' | 'none' }

export function notKnown(what: string): GraphError {
  return new GraphError(501, 'notSupported', `The sandbox does not know ${what} in $search.`)
}

/** Words of a text, in lower case. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}

/** A whole word, several ones in sequence, or with `*` the beginning of a word. */
export function readWords(property: WordsProperty | undefined, text: string, isPhrase: boolean): SearchNode {
  const prefix = !isPhrase && text.endsWith('*')
  const words = wordsOf(text)
  if (words.length === 0 || text.slice(0, -1).includes('*')) throw notKnown(`"${text}"`)
  return { kind: 'words', property, words, prefix }
}
