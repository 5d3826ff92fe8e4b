import { sql, type RawBuilder } from 'kysely'
import type { Address } from '../../mail/index.ts'
import { storable, storableLine } from './storable.ts'

/**
 * Maximum searchable text, in characters. PostgreSQL accepts at most 1 MB of words, and the end of a long mail is
 * quoted.
 */
const LONGEST_TEXT = 200_000
const MOST_WORDS = 20

/**
 * Texts of the search vector of a message. The configuration `simple` has no stemming and no stop words, so that words of
 * every language are found as written. Addresses are indexed whole and in parts.
 */
export function searchTexts(message: { subject: string; addresses: readonly Address[]; text: string }) {
  const people = message.addresses.flatMap(({ name, address }) => [name, address, address.replaceAll(/[@._+-]/g, ' ')])
  return {
    people_text: storableLine(people.join(' ')).slice(0, LONGEST_TEXT).toWellFormed(),
    body_text: storable(message.text).slice(0, LONGEST_TEXT).toWellFormed(),
  }
}

/** Search vector of a row with `subject` and the columns of {@link searchTexts}; `bodyText` may be in another place. */
export function createSearchVector(bodyText: RawBuilder<string> = sql<string>`body_text`): RawBuilder<string> {
  return sql<string>`
    setweight(to_tsvector('simple', subject), 'A') ||
    setweight(to_tsvector('simple', people_text), 'B') ||
    setweight(to_tsvector('simple', ${bodyText}), 'C')`
}

/** Query for all words, each matched as a prefix. Undefined if there is nothing to search for. */
export function searchQuery(search: string): RawBuilder<unknown> | undefined {
  const words = storable(search).split(/\s+/).filter(hasLetters).slice(0, MOST_WORDS)
  if (words.length === 0) return undefined
  // Quoting keeps a word from acting as an operator of the query language.
  const terms = words.map((word) => `'${word.replaceAll('\\', ' ').replaceAll("'", "''")}':*`)
  return sql`to_tsquery('simple', ${terms.join(' & ')})`
}

function hasLetters(word: string): boolean {
  return /[\p{L}\p{N}]/u.test(word)
}
