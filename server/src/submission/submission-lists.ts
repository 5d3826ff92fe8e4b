import { sql } from 'kysely'
import { shownIn as shownInOf } from '../conversations/index.ts'
import type { Database } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { countUnsentByAccount } from './count-unsent.ts'
import { listSubmissions } from './list-submissions.ts'
import type { Outbox } from './outbox.ts'
import { COPY_LEFT_TO_SERVER } from './submission-rows.ts'
import type { Submissions } from './submission.ts'

const MOST_LISTED = 200
/** Mailbox whose agents may see a submission: that of its conversation, which may have moved since. */
const shownIn = shownInOf('submissions')
const MOST_SCHEDULED_COUNTED = 1000

type Lists = Pick<
  Submissions,
  | 'listOf'
  | 'listUnsent'
  | 'countUnsentByAccount'
  | 'list'
  | 'listScheduled'
  | 'countScheduled'
  | 'listUnsentWithoutConversation'
>

interface ListsDeps {
  database: Database
  clock: Clock
  outbox: Pick<Outbox, 'present'>
}

/** Lists and counts of submissions, for people and programs. */
export function createSubmissionLists({ database, clock, outbox }: ListsDeps): Lists {
  const { db } = database

  return {
    async listOf(conversationId) {
      const rows = await db
        .selectFrom('submissions')
        .selectAll()
        .where('conversation_id', '=', conversationId)
        .where('sent_message_id', 'is', null)
        .orderBy('id')
        .limit(MOST_LISTED)
        .execute()
      return outbox.present(rows)
    },
    async listUnsent(emailAccountId) {
      const rows = await db
        .selectFrom('submissions')
        .selectAll()
        .where('email_account_id', '=', emailAccountId)
        .where(sql<boolean>`${shownIn} = ${emailAccountId}`)
        .where((eb) =>
          eb.or([
            eb('state', '!=', 'sent'),
            // Sent messages whose missing copy can be stored again.
            eb.and([
              eb('sent_message_id', 'is', null),
              eb('state_reason', 'is not', null),
              eb('state_reason', '<>', COPY_LEFT_TO_SERVER),
            ]),
          ]),
        )
        .orderBy('id', 'desc')
        .limit(MOST_LISTED)
        .execute()
      return outbox.present(rows)
    },
    countUnsentByAccount: (emailAccountIds) => countUnsentByAccount(db, emailAccountIds, clock.now()),
    async list(filter, page) {
      const { rows, next } = await listSubmissions(database, filter, page)
      return { submissions: await outbox.present(rows), next }
    },
    async listScheduled(emailAccountIds) {
      const rows = await db
        .selectFrom('submissions')
        .selectAll()
        .where('state', '=', sql.lit('queued'))
        .where('send_at', 'is not', null)
        .$if(emailAccountIds !== 'all', (query) =>
          query.where(sql<boolean>`${shownIn} = ANY(${emailAccountIds}::uuid[])`),
        )
        .orderBy('send_at')
        .orderBy('id')
        .limit(MOST_LISTED)
        .execute()
      return outbox.present(rows)
    },
    async countScheduled(emailAccountIds) {
      const visible = emailAccountIds === 'all' ? sql`` : sql`AND email_account_id = ANY(${emailAccountIds}::uuid[])`
      const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM (SELECT FROM submissions
        WHERE state = 'queued' AND send_at IS NOT NULL ${visible} LIMIT ${MOST_SCHEDULED_COUNTED}) AS found`.execute(db)
      return rows[0]!.n
    },
    async listUnsentWithoutConversation(emailAccountIds) {
      const rows = await db
        .selectFrom('submissions')
        .selectAll()
        .where('conversation_id', 'is', null)
        .where(sql<boolean>`NOT (state = 'queued' AND send_at IS NOT NULL)`)
        // Literals, so the planner can combine the partial indexes.
        .where(sql<boolean>`(state IN ('queued', 'sending') OR state IN ('failed', 'unknown'))`)
        .$if(emailAccountIds !== 'all', (query) =>
          query.where(sql<boolean>`email_account_id = ANY(${emailAccountIds}::uuid[])`),
        )
        .orderBy('id', 'desc')
        .limit(MOST_LISTED)
        .execute()
      return outbox.present(rows)
    },
  }
}
