import { addUpSizes, type StoredSizes } from '../conversations/index.ts'
import type { Database } from '../database/index.ts'
import type { EmailAccounts } from '../email-accounts/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import type { BackgroundPace } from './background-pace.ts'

/** Age of sizes that are counted again. */
const STALE_AFTER_MS = 6 * 60 * 60 * 1000

export interface CountedSizes extends StoredSizes {
  countedAt: Date
}

export interface AccountSizes {
  /** Sizes as last counted, by mailbox. One query of a small table. */
  list(): Promise<Map<EmailAccountId, CountedSizes>>
  /** Counts the mailboxes whose sizes are older than six hours, least recent first, until `end`. */
  count(end: AbortSignal): Promise<void>
}

/** Sizes of stored mail, counted in the background with pauses, so that no scrape and no page reads all messages. */
export function createAccountSizes(deps: {
  database: Pick<Database, 'db'>
  clock: Clock
  emailAccounts: Pick<EmailAccounts, 'list'>
  pace: BackgroundPace
}): AccountSizes {
  const { clock, emailAccounts, pace } = deps
  const { db } = deps.database
  async function list() {
    const rows = await db.selectFrom('account_sizes').selectAll().execute()
    return new Map(
      rows.map((row) => [
        row.email_account_id,
        {
          messages: row.messages,
          sources: row.sources,
          sourceBytes: row.source_bytes,
          attachments: row.attachments,
          attachmentBytes: row.attachment_bytes,
          countedAt: row.counted_at,
        },
      ]),
    )
  }

  async function count(end: AbortSignal): Promise<void> {
    const stale = new Date(clock.now().getTime() - STALE_AFTER_MS)
    const counted = await list()
    const times = (await emailAccounts.list()).map(({ id }) => ({ id, at: counted.get(id)?.countedAt ?? new Date(0) }))
    const rows = times.filter(({ at }) => at < stale).sort((one, other) => one.at.getTime() - other.at.getTime())
    for (const { id } of rows) {
      const sizes = await addUpSizes(db, id, (page) => pace(page, end), end)
      if (!sizes) return
      await save(id, sizes)
    }
  }

  async function save(id: EmailAccountId, sizes: StoredSizes): Promise<void> {
    const values = {
      ...{ messages: sizes.messages, sources: sizes.sources, source_bytes: sizes.sourceBytes },
      ...{ attachments: sizes.attachments, attachment_bytes: sizes.attachmentBytes, counted_at: clock.now() },
    }
    await db
      .insertInto('account_sizes')
      .values({ email_account_id: id, ...values })
      .onConflict((oc) => oc.column('email_account_id').doUpdateSet(values))
      .execute()
  }

  return { list, count }
}
