import { sql, type RawBuilder } from 'kysely'
import type { EmailAccountId } from '../../kernel/ids.ts'
import type { SearchTerm, TextTerm } from '../search-language/search-terms.ts'
import { storable } from '../stored/storable.ts'
import { ATTACHMENT, fieldQuery, splitWords } from './field-words.ts'

/** Words that follow each other in the text of a message. The index doesn't know: it has each word of a text once. */
export interface Phrase {
  words: readonly string[]
  /** Body only; otherwise any field, too. */
  isBody: boolean
  isNegated: boolean
}

/** Condition on the messages and notes of a search. */
export interface MessageCondition {
  /** Compares the search vector; undefined if any words do. */
  query: RawBuilder<unknown> | undefined
  /** False if the full-text index would return nearly everything: messages are compared, newest first. */
  isIndexed: boolean
  /** Compared with the texts of the messages found. */
  phrases: readonly Phrase[]
  /** First moment of receipt, and the first one after the last. */
  from: Date | undefined
  until: Date | undefined
  accounts: readonly EmailAccountId[] | 'all'
}

/** The condition on messages in a search; undefined if it has none. */
export function messageCondition(
  terms: readonly SearchTerm[],
  accounts: MessageCondition['accounts'],
): MessageCondition | undefined {
  const queries: RawBuilder<unknown>[] = []
  const phrases: Phrase[] = []
  let [isIndexed, isEmpty] = [false, true]
  let from: Date | undefined
  let until: Date | undefined
  for (const term of terms) {
    if (term.kind === 'received') {
      isEmpty = false
      if (term.from && (!from || term.from > from)) from = term.from
      if (term.until && (!until || term.until < until)) until = term.until
    } else if (term.kind === 'attachment' || term.kind === 'text') {
      isEmpty = false
      const phrase = term.kind === 'text' ? phraseOf(term) : undefined
      if (phrase) phrases.push(phrase)
      // The words of a phrase may occur without the phrase.
      if (phrase?.isNegated) continue
      const query = term.kind === 'text' ? textQuery(term) : sql`${`'${ATTACHMENT}'`}::tsquery`
      if (!term.isNegated) isIndexed = true
      queries.push(term.isNegated ? sql`!!(${query})` : query)
    }
  }
  if (isEmpty) return undefined
  const query = queries.length === 0 ? undefined : sql`(${sql.join(queries, sql` && `)})`
  return { query, isIndexed, phrases, from, until, accounts }
}

function phraseOf({ field, text, isPhrase, isNegated }: TextTerm): Phrase | undefined {
  if (!isPhrase || (field !== 'any' && field !== 'body')) return undefined
  const words = splitWords(text)
  return words.length > 1 ? { words, isBody: field === 'body', isNegated } : undefined
}

function textQuery({ field, text, isPhrase }: TextTerm): RawBuilder<unknown> {
  const clean = storable(text)
  // Quoting keeps a word from acting as an operator of the query language.
  const inBody = isPhrase
    ? sql`plainto_tsquery('simple', ${clean})`
    : sql`to_tsquery('simple', ${`'${clean.replaceAll('\\', ' ').replaceAll("'", "''")}':*`})`
  if (field === 'body') return inBody
  const inFields = sql`${fieldQuery(field, clean, isPhrase)}::tsquery`
  return field === 'any' ? sql`(${inBody} || ${inFields})` : inFields
}
