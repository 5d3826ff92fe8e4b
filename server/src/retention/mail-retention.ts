import { sql } from 'kysely'
import type { AuditLog } from '../audit/index.ts'
import {
  deleteOldConversations,
  deleteOldCorrespondents,
  deleteOldSources,
  type DeletedMail,
  FIRST_OLD_POSITION,
  NO_DELETED_MAIL,
  type OldPosition,
} from '../conversations/index.ts'
import type { Database, Tx } from '../database/index.ts'
import type { EmailAccounts } from '../email-accounts/index.ts'
import type { Events } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { ConversationId, EmailAccountId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import { deleteSubmissionsOf, findInOutbox } from '../submission/index.ts'
import { daysAgo } from './ages.ts'
import type { BackgroundPace } from './background-pace.ts'
import { createDeletions, type Deletions } from './deletions.ts'
import type { RetentionSettings } from './retention-settings.ts'
import { createUnreportedCounts, sumOf } from './unreported-counts.ts'

const CORRESPONDENTS_AT_ONCE = 1000

export interface MailRetentionDeps {
  database: Database
  clock: Clock
  log: Log
  events: Events
  audit: AuditLog
  emailAccounts: Pick<EmailAccounts, 'list' | 'ignoreMailBefore'>
  settings: RetentionSettings
  pace: BackgroundPace
}

/**
 * Deletes old mail of mailboxes here, never at the mail server.
 *
 * First makes the sync of the mailbox ignore mail of that age, so that deleted mail is not imported again. Each batch is one
 * transaction with its counts, so a run that is killed continues with the next one, and the audit list has every count once.
 *
 * @see docs/decisions/0055-retention-of-mail.md
 */
export function createMailRetention(deps: MailRetentionDeps) {
  const { database, clock, log, events, audit, emailAccounts, settings, pace } = deps

  /**
   * Deletes what is due in all mailboxes, until `end`. The mailbox with the least recent run comes first. A mailbox that fails
   * doesn't keep others waiting.
   */
  async function run(end: AbortSignal): Promise<DeletedMail> {
    const table = database.db.selectFrom('account_retention').select('email_account_id')
    const rows = await table.orderBy('last_run_at', (order) => order.asc().nullsFirst()).execute()
    let sum = NO_DELETED_MAIL
    for (const { email_account_id: id } of rows) {
      if (end.aborted) break
      await deleteAll(id, end).catch((err: unknown) =>
        log.warn({ err, emailAccountId: id }, 'Old mail was not deleted'),
      )
      sum = sumOf(sum, await report(id))
    }
    return sum
  }

  async function deleteAll(id: EmailAccountId, end: AbortSignal): Promise<void> {
    const deletions = createDeletions(database, pace, end)
    await deleteMail(id, deletions, end)
    await deleteSources(id, 'sourcesDays', deletions, end)
    await deleteSources(id, 'attachmentsDays', deletions, end)
  }

  /** Reads the setting before each batch: an admin may have turned it off. */
  async function dueBefore(id: EmailAccountId, kind: 'messagesDays' | 'sourcesDays' | 'attachmentsDays') {
    const days = (await settings.ofAccount(id))[kind]
    return days === undefined ? undefined : daysAgo(clock.now(), days)
  }

  async function deleteMail(id: EmailAccountId, deletions: Deletions, end: AbortSignal): Promise<void> {
    const due = await dueBefore(id, 'messagesDays')
    if (!due) return
    await database.transaction((tx) => emailAccounts.ignoreMailBefore(tx, id, due))
    const importedFrom = (await emailAccounts.list()).map((account) => ({ id: account.id, at: account.importFrom }))
    let position: OldPosition | undefined = FIRST_OLD_POSITION
    while (position && !end.aborted) {
      const before = await dueBefore(id, 'messagesDays')
      if (!before || before > due) return
      const after: OldPosition = position
      position = await deletions.batch(async (tx, size) => {
        const mail = { accountId: id, before }
        const batch = await deleteOldConversations(tx, mail, after, importedFrom, release, size)
        for (const { id: origin, at } of importedFrom) {
          // A longer import of that mailbox would bring back what it ignores now.
          if (batch.origins.includes(origin))
            await emailAccounts.ignoreMailBefore(tx, origin, at < before ? at : before)
        }
        await unreported(id).add(tx, batch.deleted)
        return batch.next
      })
    }
    while (!end.aborted) {
      const mail = { accountId: id, before: due }
      const count = await pace(() => deleteOldCorrespondents(database.db, mail, CORRESPONDENTS_AT_ONCE), end)
      if (count < CORRESPONDENTS_AT_ONCE) return
    }
  }

  async function deleteSources(
    id: EmailAccountId,
    kind: 'sourcesDays' | 'attachmentsDays',
    deletions: Deletions,
    end: AbortSignal,
  ): Promise<void> {
    let position: OldPosition | undefined = FIRST_OLD_POSITION
    while (position && !end.aborted) {
      const before = await dueBefore(id, kind)
      if (!before) return
      const after: OldPosition = position
      position = await deletions.batch(async (tx, size) => {
        const only = kind === 'sourcesDays' ? 'all' : 'attachments'
        const { next, deleted } = await deleteOldSources(tx, { accountId: id, before }, after, only, size)
        await unreported(id).add(tx, deleted)
        return next
      })
    }
  }

  /** Moves the counts of a mailbox to the audit list, and ends its run. */
  function report(id: EmailAccountId): Promise<DeletedMail> {
    return database.transaction(async (tx) => {
      const deleted = await unreported(id).take(tx)
      const row = tx.updateTable('account_retention').where('email_account_id', '=', id)
      await row.set({ last_run_at: clock.now() }).execute()
      if (!deleted) return NO_DELETED_MAIL
      const { conversations, messages, sources } = deleted
      const by = 'postkey'
      await audit.record(tx, { actor: by, action: 'email_account.mail_deleted', subject: id, detail: { ...deleted } })
      await events.append(tx, {
        kind: 'email_account.mail_deleted',
        ...{ emailAccountId: id, subjectId: id, at: clock.now() },
        payload: { by, conversations, messages, sources },
      })
      return deleted
    })
  }

  return { run }
}

/** Deletes the sent messages of conversations, and keeps the conversations with a message in the outbox. */
async function release(tx: Tx, ids: readonly ConversationId[]): Promise<ConversationId[]> {
  const inOutbox = await findInOutbox(tx, ids)
  const released = ids.filter((id) => !inOutbox.has(id))
  await deleteSubmissionsOf(tx, released)
  return released
}

function unreported(id: EmailAccountId) {
  return createUnreportedCounts('account_retention', sql`email_account_id = ${id}`, NO_DELETED_MAIL)
}
