import { sql, type RawBuilder } from 'kysely'
import type { EmailAccountId } from '../../kernel/ids.ts'
import type { Address } from '../../mail/index.ts'
import { storable } from '../stored/storable.ts'
import { fieldVector } from './field-words.ts'
import { withoutRepeatedWords } from './repeated-words.ts'

/**
 * Maximum searchable text, in characters. PostgreSQL accepts at most 1 MB of words, and the end of a long mail is
 * quoted.
 */
const LONGEST_TEXT = 200_000
/** With more mailboxes, their ids are compared in the rows instead of in the index. */
const MOST_INDEXED_ACCOUNTS = 20

/** Fields of a message that a search finds, beside its body. */
export interface SearchedFields {
  subject: string
  from: Address | undefined
  to: readonly Address[]
  cc: readonly Address[]
  bcc: readonly Address[]
  hasAttachments: boolean
  /** Undefined until the server has listed them. */
  attachments?: readonly { name: string }[] | undefined
}

/** Marked words of a message: a column of `search_queue`. */
export function messageVector({
  subject,
  from,
  to,
  cc,
  bcc,
  hasAttachments,
  attachments = [],
}: SearchedFields): string {
  const texts = ({ name, address }: Address) => [name, address]
  return fieldVector(
    {
      from: from ? texts(from) : [],
      to: [...to, ...cc, ...bcc].flatMap(texts),
      subject: [subject],
      filename: attachments.map(({ name }) => name),
    },
    hasAttachments,
  )
}

/** The part of a body that a search finds, each word once. */
export function indexedBody(text: string): string {
  return withoutRepeatedWords(storable(text).slice(0, LONGEST_TEXT).toWellFormed())
}

/**
 * Search vector of a row of `search_queue`: its marked words, those of its body, and its email account. The configuration
 * `simple` has no stemming and no stop words, so that words of every language are found as written. Marked words first:
 * positions end at 16,383, and phrases in fields need them.
 */
export const SEARCH_VECTOR = sql<string>`fields || to_tsvector('simple', text) || array_to_tsvector(ARRAY['=' || email_account_id])`

/** Limits a query to mailboxes within the index, so that a word that is frequent only elsewhere costs nothing. */
export function withinAccounts(
  query: RawBuilder<unknown>,
  accounts: readonly EmailAccountId[] | 'all',
): RawBuilder<unknown> {
  if (accounts === 'all' || accounts.length > MOST_INDEXED_ACCOUNTS) return query
  return sql`(${accounts.map((id) => `'=${id}'`).join(' | ')}::tsquery && ${query})`
}
