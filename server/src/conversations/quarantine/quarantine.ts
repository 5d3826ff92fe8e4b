import { sql } from 'kysely'
import type { Database } from '../../database/index.ts'
import type { EmailAccountId } from '../../kernel/ids.ts'
import type { MessageHead } from '../stored/conversation.ts'
import { placeFrom, placeText } from '../reading/conversation-reading.ts'
import { HEAD_COLUMNS, headOf, IN_JUNK } from '../stored/rows.ts'

export interface QuarantinedList {
  /** Newest first. */
  messages: MessageHead[]
  next: string | undefined
  /** Of the whole mailbox. */
  count: number
}

/** Messages of a mailbox that could not be read like others: an index of their own holds them. */
export async function quarantinedOf(
  { db }: Pick<Database, 'db'>,
  id: EmailAccountId,
  { before, limit }: { before?: string | undefined; limit: number },
): Promise<QuarantinedList> {
  const inQuarantine = sql<boolean>`marks ? 'quarantine'`
  let query = db
    .selectFrom('messages')
    .select([...HEAD_COLUMNS, IN_JUNK])
    .select(sql<string>`received_at::text`.as('place'))
    .where('email_account_id', '=', id)
    .where(inQuarantine)
  if (before !== undefined) {
    const { at, id: last } = placeFrom(before)
    query = query.where(sql<boolean>`(received_at, id) < (${at}::timestamptz, ${last}::uuid)`)
  }
  const [rows, counted] = await Promise.all([
    query
      .orderBy('received_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute(),
    db
      .selectFrom('messages')
      .select(({ fn }) => fn.countAll<string>().as('n'))
      .where('email_account_id', '=', id)
      .where(inQuarantine)
      .executeTakeFirstOrThrow(),
  ])
  const page = rows.slice(0, limit)
  const last = rows.length > limit ? page.at(-1) : undefined
  return { messages: page.map(headOf), next: last && placeText(last.place, last.id), count: Number(counted.n) }
}
