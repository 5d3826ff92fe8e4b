import { sql } from 'kysely'
import type { Database } from '../../database/index.ts'
import type { Events } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { EmailAccountId, StoredMessageId } from '../../kernel/ids.ts'
import { accountOf } from '../stored/account-of.ts'
import { formatPosition, parsePosition } from '../reading/page-position.ts'
import type { MessageHead, StoredMessage } from '../stored/conversation.ts'
import { HEAD_COLUMNS, toMessageHead, IN_JUNK, OWNER } from '../stored/rows.ts'
import { createReadAgain, type ReadAgain } from './read-again.ts'

export interface QuarantinedList {
  /** Returns entries, newest first. */
  messages: MessageHead[]
  next: string | undefined
  /** In the entire mailbox. */
  count: number
}

/** Messages whose source could not be parsed in full. */
export interface Quarantine {
  /** @param page  `before`: `next` of the previous page */
  list(accountId: EmailAccountId, page: { before?: string | undefined; limit: number }): Promise<QuarantinedList>
  /**
   * Saves a message whose source was parsed again.
   *
   * @param how  `isRecord`: the message was filed from this source; otherwise body and attachments stay as Graph returned
   *   them
   */
  readAgain(id: StoredMessageId, read: ReadAgain, how: { isRecord: boolean; actor: string }): Promise<StoredMessage>
}

export function createQuarantine(deps: { database: Database; clock: Clock; events: Events }): Quarantine {
  return { list: (id, page) => listQuarantined(deps.database, id, page), readAgain: createReadAgain(deps) }
}

/** Uses a partial index. */
async function listQuarantined(
  { db }: Database,
  id: EmailAccountId,
  { before, limit }: { before?: string | undefined; limit: number },
): Promise<QuarantinedList> {
  // Without messages of conversations that moved to another mailbox, which another team reads.
  const inQuarantine = sql<boolean>`(marks ? 'quarantine' AND ${accountOf(sql`messages.conversation_id`)} = ${id})`
  let query = db
    .selectFrom('messages')
    .select([...HEAD_COLUMNS, OWNER, IN_JUNK])
    .select(sql<string>`received_at::text`.as('place'))
    .where('email_account_id', '=', id)
    .where(inQuarantine)
  if (before !== undefined) {
    const { at, id: last } = parsePosition(before)
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
  return {
    messages: page.map(toMessageHead),
    next: last && formatPosition(last.place, last.id),
    count: Number(counted.n),
  }
}
