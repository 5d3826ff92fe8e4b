import { sql } from 'kysely'
import type { Database, Tx } from '../../database/index.ts'
import type { VisibleAccounts } from '../../events/index.ts'
import type { EmailAccountId } from '../../kernel/ids.ts'
import type { Address, RemoteMessage } from '../../mail/index.ts'
import { storable } from '../stored/storable.ts'
import { addressKey, type OwnAddresses } from '../threading/participants.ts'

/** A message as it was filed. */
export interface Correspondence {
  message: Pick<RemoteMessage, 'from' | 'replyTo' | 'to' | 'cc' | 'bcc' | 'receivedAt'>
  direction: 'in' | 'out'
}

const MOST_OF_MESSAGE = 50
const LONGEST = 254
/** Matches that are ranked: a short beginning fits many addresses. */
const MOST_RANKED = 500
const MOST_WORDS = 5

/**
 * Remembers the other addresses of filed messages. One statement, in the order of addresses, so that concurrent
 * transactions can't deadlock. A known address is written again at most once a day.
 */
export async function rememberCorrespondents(
  tx: Tx,
  accountId: EmailAccountId,
  filed: readonly Correspondence[],
  own: OwnAddresses,
): Promise<void> {
  const known = new Map<string, { name: string; isRecipient: boolean; at: Date }>()
  for (const { message, direction } of filed) {
    const { from, replyTo, to, cc, bcc, receivedAt: at } = message
    const isRecipient = direction === 'out'
    const all = isRecipient ? [...to, ...cc, ...bcc] : [...(from ? [from] : []), ...replyTo, ...to, ...cc]
    for (const each of all.slice(0, MOST_OF_MESSAGE)) {
      const key = storable(addressKey(each))
      if (own.has(key) || key.length > LONGEST || !key.includes('@')) continue
      const before = known.get(key)
      known.set(key, {
        name: before?.name || storable(each.name).slice(0, LONGEST),
        isRecipient: isRecipient || before?.isRecipient === true,
        at: before && before.at > at ? before.at : at,
      })
    }
  }
  if (known.size === 0) return
  const rows = [...known].sort(([one], [other]) => (one < other ? -1 : 1))
  await sql`
    INSERT INTO correspondents (email_account_id, address, name, words, is_recipient, last_at)
    SELECT ${accountId}::uuid, address, name, to_tsvector('simple', words), is_recipient, last_at
    FROM unnest(
      ${rows.map(([address]) => address)}::text[],
      ${rows.map(([, { name }]) => name)}::text[],
      ${rows.map(([address, { name }]) => wordsOf(`${name} ${address}`).join(' '))}::text[],
      ${rows.map(([, { isRecipient }]) => isRecipient)}::boolean[],
      ${rows.map(([, { at }]) => at)}::timestamptz[]
    ) AS met (address, name, words, is_recipient, last_at)
    ON CONFLICT (email_account_id, address) DO UPDATE SET
      name = CASE WHEN correspondents.name = '' THEN excluded.name ELSE correspondents.name END,
      words = CASE WHEN correspondents.name = '' THEN excluded.words ELSE correspondents.words END,
      is_recipient = correspondents.is_recipient OR excluded.is_recipient,
      last_at = greatest(correspondents.last_at, excluded.last_at)
    WHERE correspondents.last_at < excluded.last_at - interval '1 day'
      OR (excluded.is_recipient AND NOT correspondents.is_recipient)
      OR (correspondents.name = '' AND excluded.name <> '')
  `.execute(tx)
}

/** Finds addresses whose name or address has words with these beginnings: those written to first, then the latest. */
export async function findCorrespondents(
  { db }: Pick<Database, 'db'>,
  { accounts, searched, limit }: { accounts: VisibleAccounts; searched: string; limit: number },
): Promise<Address[]> {
  const words = wordsOf(searched).slice(0, MOST_WORDS)
  if (words.length === 0 || (accounts !== 'all' && accounts.length === 0)) return []
  // Words consist of letters and digits only, so that they are no operators.
  const query = words.map((word) => `${word}:*`).join(' & ')
  const { rows } = await sql<Address>`
    SELECT name, address FROM (
      SELECT DISTINCT ON (address) address, name, is_recipient, last_at FROM (
        SELECT address, name, is_recipient, last_at FROM correspondents
        WHERE words @@ to_tsquery('simple', ${query})
        ${accounts === 'all' ? sql`` : sql`AND email_account_id = ANY(${[...accounts]}::uuid[])`}
        LIMIT ${MOST_RANKED}
      ) AS found
      ORDER BY address, is_recipient DESC, last_at DESC
    ) AS once
    ORDER BY is_recipient DESC, last_at DESC
    LIMIT ${limit}
  `.execute(db)
  return rows
}

function wordsOf(text: string): string[] {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
}
