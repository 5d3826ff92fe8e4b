import { sql } from 'kysely'
import { advisoryLock, type Database, type Tx } from '../database/index.ts'
import type { EmailAccount } from '../email-accounts/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { ConversationId, EmailAccountId, StoredMessageId, SubmissionId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import { createPreview, type Address } from '../mail/index.ts'
import type { DraftSending, MailTransport } from '../transports/index.ts'
import { IS_HELD, isHeld } from './held-mail.ts'
import type { Outbox } from './outbox.ts'
import { linkCopy, linkNoCopy } from './sent-mail.ts'
import type { StoredContent, SubmissionRow } from './submission-rows.ts'
import type { ConversationPorts, EmailAccountPorts } from './ports.ts'

const MOST_AT_ONCE = 50
const LOOK_AGAIN_MS = 15_000
const AFTER_FAILURE_MS = 60_000
/** Maximum difference between the clocks of two servers. */
const CLOCK_SKEW_MS = 5 * 60_000
/** Length of the text prefix compared. Exchange rewrites white space and markup, and appends disclaimers. */
const COMPARED_CHARACTERS = 80

interface HeldMailLookupDeps {
  database: Database
  clock: Clock
  log: Log
  outbox: Outbox
  emailAccounts: EmailAccountPorts
  conversations: ConversationPorts
}

interface HeldRow {
  id: SubmissionId
  email_account_id: EmailAccountId
  from_at: Date
  detected_at: Date
}

/** A sent message that is not yet linked to a submission. */
interface SentMessage {
  id: StoredMessageId
  conversation_id: ConversationId
  message_id: string | null
  subject: string
  to_addresses: unknown
  cc_addresses: unknown
  in_reply_to: string[]
  preview: string
}

/**
 * Searches the Sent folder for held submissions by draft id, Message-ID and content. Exchange replaces the Message-ID
 * of drafts, and a repeated automatic reply has a new one. Content is compared with synced messages, once Sent is
 * synced past the restore. Submissions found become `sent`; the others stay held.
 */
export function createHeldMailLookup(deps: HeldMailLookupDeps) {
  const { database, clock, log, outbox, emailAccounts, conversations } = deps
  const { db } = database

  /**
   * Searches for due submissions; several processes may run it. Submissions not searched when `late` is aborted stay
   * due.
   */
  async function look(late?: AbortSignal): Promise<void> {
    const rows = await db
      .selectFrom('held_submissions')
      .innerJoin('submissions', 'submissions.id', 'held_submissions.submission_id')
      .innerJoin('database_restores', 'database_restores.id', 'held_submissions.restore_id')
      .select(['submissions.id', 'submissions.email_account_id', 'from_at', 'detected_at'])
      .where('in_sent', '=', 'pending')
      .where('held_submissions.due_at', '<=', clock.now())
      .where(IS_HELD)
      .orderBy('held_submissions.due_at')
      .orderBy('submissions.id')
      .limit(MOST_AT_ONCE)
      .execute()
    const byAccount = Map.groupBy(rows, ({ email_account_id: id }) => id)
    await Promise.all([...byAccount].map(([id, held]) => lookIn(id, held, late)))
  }

  async function lookIn(id: EmailAccountId, held: readonly HeldRow[], late?: AbortSignal): Promise<void> {
    try {
      const account = await emailAccounts.get(id)
      const transport = await emailAccounts.transportOf(account)
      for (const row of held) {
        if (late?.aborted) return
        await lookFor(row, account, transport)
      }
    } catch (thrown) {
      const error = AppError.from(thrown)
      log.info({ emailAccount: id, code: error.code }, 'Held mail could not be looked for yet')
      await lookAgain(
        held.map((row) => row.id),
        AFTER_FAILURE_MS,
      )
    }
  }

  async function lookFor(held: HeldRow, account: EmailAccount, transport: MailTransport): Promise<void> {
    const row = await db.selectFrom('submissions').selectAll().where('id', '=', held.id).executeTakeFirst()
    if (!row || !isHeld(row)) return
    if ((await foundAtServer(row, account, transport)) || (await foundByContent(row, held))) {
      await settle(held.id, 'found')
      return
    }
    const read = await readOfSent(account.id)
    if (!read.isRead) return settle(held.id, 'unreadable')
    if (read.completeUpTo && read.completeUpTo > held.detected_at) return settle(held.id, 'not-found')
    await lookAgain([held.id], LOOK_AGAIN_MS)
  }

  async function foundAtServer(row: SubmissionRow, account: EmailAccount, transport: MailTransport): Promise<boolean> {
    const copy =
      (await sentDraft(row, transport)) ?? (await transport.reading.findByMessageId(row.message_id, 'sent'))[0]
    if (copy) {
      return database.transaction(async (tx) => {
        const filed = await conversations.filing.file(tx, account, copy)
        if (!filed && copy.flags.includes('draft')) return false
        // Filing calls the Sent-mail hook. This links only copies that the hook did not recognize.
        if (!filed) await linkNoCopy(outbox, tx, await outbox.lock(tx, row.id), copy, clock.now())
        else await link(tx, row.id, { ...filed, rfcMessageId: copy.messageId })
        return true
      })
    }
    if (row.remote_draft_id !== null || !(await transport.hasCopyAtSender?.(row.message_id))) return false
    await database.transaction(async (tx) => {
      const current = await outbox.lock(tx, row.id)
      if (!isHeld(current)) return
      const now = clock.now()
      await outbox.overrule(tx, current, {
        ...{ state: 'handed-over', state_reason: null, state_detail: null },
        ...{ handed_over_at: current.send_begun_at ?? now, due_at: now },
      })
    })
    return true
  }

  async function sentDraft({ remote_draft_id: draftId }: SubmissionRow, transport: MailTransport) {
    const drafts: DraftSending | undefined = transport.sending.by === 'draft' ? transport.sending : transport.drafts
    if (draftId === null || !drafts) return undefined
    return (await drafts.whatBecameOf(draftId)) === 'sent' ? drafts.findSent(draftId) : undefined
  }

  async function foundByContent(row: SubmissionRow, held: HeldRow): Promise<boolean> {
    const content = row.content as StoredContent
    return database.transaction(async (tx) => {
      // Two submissions with the same content need two different copies.
      await advisoryLock('submission.copy_by_content', row.email_account_id).execute(tx)
      const since = new Date(Math.min(row.created_at.getTime(), held.from_at.getTime()) - CLOCK_SKEW_MS)
      const { rows } = await sql<SentMessage>`
        SELECT id, conversation_id, message_id, subject, to_addresses, cc_addresses, in_reply_to, preview
        FROM messages WHERE email_account_id = ${row.email_account_id} AND direction = 'out' AND subject = ${content.subject}
          AND received_at BETWEEN ${since} AND ${new Date(held.detected_at.getTime() + CLOCK_SKEW_MS)}
          AND NOT EXISTS (SELECT FROM submissions WHERE sent_message_id = messages.id)
        ORDER BY received_at LIMIT ${MOST_AT_ONCE}`.execute(tx)
      const copy = rows.find((sent) => isSame(content, sent))
      if (!copy) return false
      await link(tx, row.id, {
        ...{ messageId: copy.id, conversationId: copy.conversation_id, rfcMessageId: copy.message_id ?? undefined },
      })
      return true
    })
  }

  async function link(
    tx: Tx,
    id: SubmissionId,
    copy: { messageId: StoredMessageId; conversationId: ConversationId; rfcMessageId: string | undefined },
  ): Promise<void> {
    await linkCopy(outbox, tx, await outbox.lock(tx, id), { ...copy, now: clock.now() })
  }

  async function readOfSent(id: EmailAccountId): Promise<{ isRead: boolean; completeUpTo: Date | undefined }> {
    const folders = await emailAccounts.folders(id)
    const sent = folders.find(({ role, synced }) => role === 'sent' && synced)
    // A mailbox connected just before the backup has no folders until its first sync.
    return { isRead: folders.length === 0 || sent !== undefined, completeUpTo: sent?.completeUpTo }
  }

  async function settle(id: SubmissionId, in_sent: 'found' | 'not-found' | 'unreadable'): Promise<void> {
    await db.updateTable('held_submissions').set({ in_sent }).where('submission_id', '=', id).execute()
  }

  async function lookAgain(ids: readonly SubmissionId[], afterMs: number): Promise<void> {
    await db
      .updateTable('held_submissions')
      .set({ due_at: new Date(clock.now().getTime() + afterMs) })
      .where('submission_id', 'in', ids)
      .where('in_sent', '=', 'pending')
      .execute()
  }

  return { look }
}

/** Compares recipients, the answered message and the beginning of the text; the subject is already equal. */
function isSame({ to, cc, text, html, inReplyTo }: StoredContent, sent: SentMessage): boolean {
  if (addressesOf(to, cc) !== addressesOf(sent.to_addresses as Address[], sent.cc_addresses as Address[])) return false
  if (inReplyTo.length > 0 && sent.in_reply_to.length > 0 && !inReplyTo.some((id) => sent.in_reply_to.includes(id))) {
    return false
  }
  const body =
    html === undefined ? ({ type: 'text', content: text ?? '' } as const) : ({ type: 'html', content: html } as const)
  const [one, other] = [lettersOf(createPreview(body)), lettersOf(sent.preview)]
  return one === other
}

function addressesOf(...lists: readonly (readonly Address[])[]): string {
  return [...new Set(lists.flat().map(({ address }) => address.toLowerCase()))].toSorted().join(' ')
}

function lettersOf(preview: string): string {
  return preview.replaceAll(/\s+/g, '').slice(0, COMPARED_CHARACTERS)
}
