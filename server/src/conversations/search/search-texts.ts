import { sql, type RawBuilder } from 'kysely'
import type { EmailAccountId } from '../../kernel/ids.ts'
import type { Address } from '../../mail/index.ts'
import { storable, storableLine } from '../stored/storable.ts'
import { withoutRepeatedWords } from './repeated-words.ts'

/**
 * Maximum searchable text, in characters. PostgreSQL accepts at most 1 MB of words, and the end of a long mail is
 * quoted.
 */
const LONGEST_TEXT = 200_000
const LONGEST_HEADER = 50_000
const MOST_WORDS = 20
/** With more mailboxes, their ids are compared in the rows instead of in the index. */
const MOST_INDEXED_ACCOUNTS = 20

/** Header fields of a message that a search finds, as text. Addresses are indexed whole and in parts. */
export function headerText({ subject, addresses }: { subject: string; addresses: readonly Address[] }): string {
  const people = addresses.flatMap(({ name, address }) => [name, address, address.replaceAll(/[@._+-]/g, ' ')])
  return storableLine([subject, ...people].join(' '))
    .slice(0, LONGEST_HEADER)
    .toWellFormed()
}

/** The part of a body that a search finds, each word once. */
export function indexedBody(text: string): string {
  return withoutRepeatedWords(storable(text).slice(0, LONGEST_TEXT).toWellFormed())
}

/**
 * Search vector of a row of `search_queue`: its words and its email account. The configuration `simple` has no stemming
 * and no stop words, so that words of every language are found as written.
 */
export const SEARCH_VECTOR = sql<string>`to_tsvector('simple', text) || array_to_tsvector(ARRAY['=' || email_account_id])`

/** Query for all words, each matched as a prefix. Undefined if there is nothing to search for. */
export function searchQuery(search: string): RawBuilder<unknown> | undefined {
  const words = storable(search).split(/\s+/).filter(hasLetters).slice(0, MOST_WORDS)
  if (words.length === 0) return undefined
  // Quoting keeps a word from acting as an operator of the query language.
  const terms = words.map((word) => `'${word.replaceAll('\\', ' ').replaceAll("'", "''")}':*`)
  return sql`to_tsquery('simple', ${terms.join(' & ')})`
}

/** Limits a query to mailboxes within the index, so that a word that is frequent only elsewhere costs nothing. */
export function withinAccounts(
  query: RawBuilder<unknown>,
  accounts: readonly EmailAccountId[] | 'all',
): RawBuilder<unknown> {
  if (accounts === 'all' || accounts.length > MOST_INDEXED_ACCOUNTS) return query
  return sql`(${accounts.map((id) => `'=${id}'`).join(' | ')}::tsquery && ${query})`
}

function hasLetters(word: string): boolean {
  return /[\p{L}\p{N}]/u.test(word)
}
