import { MARKED_FIELDS, type MarkedField, type TextField } from '../search-language/search-terms.ts'

/** Marks of words in the search index: `f=anna` is a word of the sender. No word of a text contains an equals sign. */
const MARKS: Readonly<Record<MarkedField, string>> = { from: 'f', to: 't', subject: 's', filename: 'n', note: 'o' }

/** Lexeme of messages with an attachment. */
export const ATTACHMENT = '#attachment'

/** A message to many people, or with many files, has more words than anyone searches for. */
const MOST_WORDS = 2_000
/** Recipients last, because they can be the most. */
const INDEXED_ORDER = ['from', 'subject', 'note', 'filename', 'to'] as const satisfies readonly MarkedField[]
const LONGEST_WORD = 60
const LONGEST_TEXT = 50_000

const WORD = /[\p{L}\p{N}\p{M}]+/gu

/**
 * Words as the index has them. Postkey splits and compares them itself, so PostgreSQL only stores them. It rejects half of a
 * surrogate pair, which cutting a word can leave.
 */
export function splitWords(text: string): string[] {
  return (text.normalize('NFC').toLowerCase().match(WORD) ?? []).map((word) =>
    word.slice(0, LONGEST_WORD).toWellFormed(),
  )
}

export type FieldTexts = Partial<Readonly<Record<MarkedField, readonly string[]>>>

/** Search vector, as text, of the fields of a message or note. The words of a text follow each other, those of two texts don't. */
export function fieldVector(fields: FieldTexts, hasAttachments = false): string {
  const lexemes: string[] = []
  let position = 0
  for (const field of INDEXED_ORDER) {
    for (const text of fields[field] ?? []) {
      for (const word of splitWords(text.slice(0, LONGEST_TEXT))) {
        if (position >= MOST_WORDS) break
        lexemes.push(`'${MARKS[field]}=${word}':${++position}`)
      }
      position++
    }
  }
  if (hasAttachments) lexemes.push(`'${ATTACHMENT}'`)
  return lexemes.join(' ')
}

/**
 * Query, as text, for words that follow each other in a field, or in one of all fields.
 *
 * @param isPhrase  the last word is complete; otherwise its beginning suffices
 */
export function fieldQuery(field: Exclude<TextField, 'body'>, text: string, isPhrase: boolean): string {
  const words = splitWords(text)
  const fields = field === 'any' ? MARKED_FIELDS : [field]
  return fields
    .map((one) => {
      const lexemes = words.map((word) => `'${MARKS[one]}=${word}'`)
      return `(${lexemes.join(' <-> ')}${isPhrase ? '' : ':*'})`
    })
    .join(' | ')
}
