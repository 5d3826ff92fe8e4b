import { addUpSizes, NO_SIZES, type SizesSoFar, type StoredSizes } from '../conversations/index.ts'
import type { Database } from '../database/index.ts'
import type { EmailAccounts } from '../email-accounts/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import type { BackgroundPace } from './background-pace.ts'

/** Age of sizes that are counted again. */
const STALE_AFTER_MS = 6 * 60 * 60 * 1000

export interface CountedSizes extends StoredSizes {
  countedAt: Date
}

export interface AccountSizes {
  /** Sizes as last counted, by mailbox. One query of a small table. */
  list(): Promise<Map<EmailAccountId, CountedSizes>>
  /** Counts the mailboxes whose sizes are older than six hours, least recent first, until `end`. The next call continues. */
  count(end: AbortSignal): Promise<void>
}

/** Sizes of stored mail, counted in the background with pauses, so that no scrape and no page reads all messages. */
export function createAccountSizes(deps: {
  database: Pick<Database, 'db'>
  clock: Clock
  log: Log
  emailAccounts: Pick<EmailAccounts, 'list'>
  pace: BackgroundPace
}): AccountSizes {
  const { clock, log, emailAccounts, pace } = deps
  const { db } = deps.database
  async function list() {
    const rows = await db.selectFrom('account_sizes').selectAll().where('counted_at', 'is not', null).execute()
    return new Map(
      rows.map((row) => [
        row.email_account_id,
        {
          messages: row.messages,
          sources: row.sources,
          sourceBytes: row.source_bytes,
          attachments: row.attachments,
          attachmentBytes: row.attachment_bytes,
          countedAt: row.counted_at!,
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
      if (end.aborted) return
      await countOne(id, end).catch((err: unknown) => log.warn({ err, emailAccountId: id }, 'Mail was not counted'))
    }
  }

  async function countOne(id: EmailAccountId, end: AbortSignal): Promise<void> {
    const table = db.selectFrom('account_sizes').select('so_far').where('email_account_id', '=', id)
    let soFar = ((await table.executeTakeFirst())?.so_far as SizesSoFar | null | undefined) ?? NO_SIZES
    while (!end.aborted) {
      const { isComplete, ...next } = await pace(() => addUpSizes(db, id, soFar), end)
      soFar = next
      await save(id, isComplete ? countedOf(next.sum) : { so_far: JSON.stringify(next) })
      if (isComplete) return
    }
  }

  function countedOf(sizes: StoredSizes) {
    return {
      ...{ messages: sizes.messages, sources: sizes.sources, source_bytes: sizes.sourceBytes },
      ...{ attachments: sizes.attachments, attachment_bytes: sizes.attachmentBytes },
      ...{ counted_at: clock.now(), so_far: null },
    }
  }

  async function save(id: EmailAccountId, values: ReturnType<typeof countedOf> | { so_far: string }): Promise<void> {
    await db
      .insertInto('account_sizes')
      .values({ email_account_id: id, ...values })
      .onConflict((oc) => oc.column('email_account_id').doUpdateSet(values))
      .execute()
  }

  return { list, count }
}
