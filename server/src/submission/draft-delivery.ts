/**
 * Delivers one submission by a draft. Four guarantees depend on the order of steps:
 *
 * 1. The draft's id is stored before the draft is sent. After a crash, the next worker checks that draft and never
 *    sends a second one (a draft with an immutable id keeps it in Sent Items).
 * 2. The start of sending is stored before the send request. Without this mark, a draft may be discarded and written
 *    again; with it, only this draft may ever be sent.
 * 3. Every write is rejected if another worker has claimed the row meanwhile, and the rejected worker stops.
 * 4. If the outcome stays unclear, a person decides.
 *
 * @see https://learn.microsoft.com/graph/outlook-immutable-id
 */
import type { Database } from '../database/index.ts'
import type { EmailAccount } from '../email-accounts/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { DraftSending } from '../transports/index.ts'
import type { createCopiesBySync } from './copies-by-sync.ts'
import { toTransportError, UNCLEAR_AFTER_MS, type DeliveryEnds } from './delivery-ends.ts'
import type { Outbox } from './outbox.ts'
import { Overtaken, type Change, type SubmissionRow } from './submission-rows.ts'
import { linkCopy, linkNoCopy } from './sent-mail.ts'
import type { ConversationPorts } from './ports.ts'

interface DraftDeliveryDeps {
  database: Database
  clock: Clock
  outbox: Outbox
  conversations: ConversationPorts
  ends: DeliveryEnds
  copies: ReturnType<typeof createCopiesBySync>
}

export type DraftDelivery = ReturnType<typeof createDraftDelivery>

export function createDraftDelivery({ database, clock, outbox, conversations, ends, copies }: DraftDeliveryDeps) {
  const { unsent, pause, unclear, settle, searchAgainAt, lookAgainAt, since, isOfTheMessage } = ends

  /** Creates the draft and sends it, if nothing was sent yet. Returns true if the server has accepted it. */
  async function begin(claimed: SubmissionRow, transport: DraftSending, account: EmailAccount): Promise<boolean> {
    let row = claimed
    try {
      if (row.remote_draft_id !== null) {
        // The draft belongs to an interrupted attempt, perhaps with missing attachments, or a person chose to send it
        // again.
        const became = await transport.whatBecameOf(row.remote_draft_id)
        if (became === 'sent') {
          await handedOver(row, transport, account)
          return true
        }
        await transport.deleteDraft(row.remote_draft_id)
        row = await outbox.save(row, { remote_draft_id: null }, { release: false })
      }
      // An attempt may have crashed between creating its draft and storing the draft's id.
      if (row.attempts > 1) await removeDrafts(row, transport)

      const draft = await transport.createDraft(await outbox.outgoing(row))
      // A draft without further requests is complete, so one statement stores its id and the start of sending.
      const isComplete = draft.toAttach.length === 0
      const send_begun_at = isComplete ? clock.now() : null
      try {
        row = await outbox.save(row, { remote_draft_id: draft.remoteId, send_begun_at }, { release: false })
      } catch (thrown) {
        // The worker that claimed the row meanwhile does not have the id of this draft.
        if (thrown instanceof Overtaken) await transport.deleteDraft(draft.remoteId)
        throw thrown
      }
      for (const attachment of draft.toAttach) {
        await transport.attach(draft.remoteId, attachment)
        await outbox.renew(row)
      }
    } catch (thrown) {
      await unsent(row, thrown)
      return false
    }
    if (row.send_begun_at === null) row = await outbox.save(row, { send_begun_at: clock.now() }, { release: false })
    return send(row, transport, account)
  }

  /** Resumes an attempt after the start of sending, depending on the state of the draft. */
  async function goOn(row: SubmissionRow, transport: DraftSending, account: EmailAccount): Promise<void> {
    let became
    try {
      became = await transport.whatBecameOf(row.remote_draft_id!)
    } catch (thrown) {
      return unclear(row, toTransportError(thrown))
    }
    if (became === 'draft') {
      await send(row, transport, account)
      return
    }
    if (became === 'sent') return handedOver(row, transport, account)
    if (since(row.send_begun_at!) >= UNCLEAR_AFTER_MS) {
      return settle(row, 'unknown', new AppError('submission.outcome_unclear'))
    }
    const due_at = lookAgainAt(row.send_begun_at!)
    await outbox.save(row, { due_at }, { release: true })
  }

  async function send(row: SubmissionRow, transport: DraftSending, account: EmailAccount): Promise<boolean> {
    try {
      await transport.sendDraft(row.remote_draft_id!)
    } catch (thrown) {
      await afterFailedSend(row, transport, account, toTransportError(thrown))
      return false
    }
    await handedOver(row, transport, account)
    return true
  }

  /** Checks the draft, because an error of `send` may hide a successful send. */
  async function afterFailedSend(
    row: SubmissionRow,
    transport: DraftSending,
    account: EmailAccount,
    error: AppError,
  ): Promise<void> {
    // Throttled: nothing was sent, and the mailbox should get no further requests now (RFC 6585 §4).
    if (error.upstream?.status === 429) return pause(row, error)
    let became
    try {
      became = await transport.whatBecameOf(row.remote_draft_id!)
    } catch {
      return unclear(row, error)
    }
    if (became === 'sent') return handedOver(row, transport, account)
    if (became === 'gone' || error.remedy === 'wait') return unclear(row, error)
    if (isOfTheMessage(error)) return settle(row, 'failed', error)
    return pause(row, error)
  }

  async function handedOver(row: SubmissionRow, transport: DraftSending, account: EmailAccount): Promise<void> {
    const now = clock.now()
    const waitMs = copies.searchAfterMs(row.email_account_id, transport.syncFindsCopyWithinMs ?? 0)
    const change: Change = {
      ...{ state: 'handed-over', state_reason: null, state_detail: null },
      ...{ handed_over_at: now, due_at: new Date(now.getTime() + waitMs), transient_since: null },
    }
    // A search that waits for sync is a separate claim, so that it does not delay the next message.
    const saved = await outbox.save(row, change, { release: waitMs > 0 })
    if (waitMs === 0) await lookForCopy(saved, transport, account)
  }

  /** Files the copy in Sent Items, which contains the final Message-ID. */
  async function lookForCopy(row: SubmissionRow, transport: DraftSending, account: EmailAccount): Promise<void> {
    let copy
    try {
      copy = await transport.findSent(row.remote_draft_id!)
    } catch (thrown) {
      const due_at = searchAgainAt(row.handed_over_at!, toTransportError(thrown))
      await outbox.save(row, { due_at }, { release: true })
      return
    }
    if (copy) {
      await outbox.renew(row)
      await database.transaction(async (tx) => {
        const filed = await conversations.filing.file(tx, account, copy)
        const current = await outbox.lock(tx, row.id)
        // Filing calls the Sent-mail hook. This links only copies that the hook did not recognize.
        if (filed) await linkCopy(outbox, tx, current, { ...filed, rfcMessageId: copy.messageId, now: clock.now() })
        else await linkNoCopy(outbox, tx, current, copy, clock.now())
      })
      return
    }
    if (since(row.handed_over_at!) >= UNCLEAR_AFTER_MS) {
      return settle(row, 'unknown', new AppError('submission.copy_missing'))
    }
    await outbox.save(row, { due_at: lookAgainAt(row.handed_over_at!) }, { release: true })
  }

  /** Deletes the drafts of unsuccessful attempts. */
  async function tidy(claimed: SubmissionRow, transport: DraftSending, account: EmailAccount): Promise<void> {
    let row = claimed
    try {
      const id = row.remote_draft_id
      if (id !== null && row.state !== 'sent' && row.state !== 'unknown') {
        // A canceled or refused submission may have been sent nevertheless.
        const became = await transport.whatBecameOf(id)
        if (became === 'sent') {
          await handedOver(row, transport, account)
          return
        }
        await transport.deleteDraft(id)
      }
      row = await outbox.save(row, {}, { release: false })
      if (row.state !== 'unknown') await removeDrafts(row, transport)
    } catch (thrown) {
      const error = toTransportError(thrown)
      await outbox.save(
        row,
        { tidy_at: error.remedy === 'wait' ? searchAgainAt(row.created_at, error) : null },
        { release: true },
      )
      return
    }
    await outbox.save(row, { tidy_at: null }, { release: true })
  }

  async function removeDrafts(row: SubmissionRow, transport: DraftSending): Promise<void> {
    for (const { remoteId } of await transport.findDrafts(row.message_id)) {
      await transport.deleteDraft(remoteId)
    }
  }

  return { begin, goOn, lookForCopy, handedOver, tidy }
}
