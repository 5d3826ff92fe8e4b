/**
 * One submission on its way by a draft. Four promises are kept here, and each rests on the order of two steps:
 *
 * 1. A draft's id is stored before the draft is sent, so that whoever comes after a crash asks what became of that one
 *    draft and never sends a second (a draft with an immutable id keeps it in Sent Items).
 * 2. That sending is begun is stored before the server is asked to send. Without that mark a draft may be thrown away
 *    and written anew; with it, only this draft may ever go out.
 * 3. Every store is refused when somebody else has claimed the row meanwhile, and the refused one stops.
 * 4. What stays unclear is left to a person.
 *
 * @see https://learn.microsoft.com/graph/outlook-immutable-id
 */
import type { Database } from '../database/index.ts'
import type { EmailAccount } from '../email-accounts/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { DraftSending } from '../transports/index.ts'
import { errorOf, UNCLEAR_AFTER_MS, type DeliveryEnds } from './delivery-ends.ts'
import type { Outbox } from './outbox.ts'
import { Overtaken, type Change, type SubmissionRow } from './submission-rows.ts'
import { linkCopy } from './sent-mail.ts'
import type { ConversationPorts } from './ports.ts'

interface DraftDeliveryDeps {
  database: Database
  clock: Clock
  outbox: Outbox
  conversations: ConversationPorts
  ends: DeliveryEnds
}

export type DraftDelivery = ReturnType<typeof createDraftDelivery>

export function createDraftDelivery({ database, clock, outbox, conversations, ends }: DraftDeliveryDeps) {
  const { unsent, pause, unclear, settle, searchAgainAt, lookAgainAt, since, isOfTheMessage } = ends

  /** Nothing was sent yet: writes the draft, and sends it. */
  async function begin(claimed: SubmissionRow, transport: DraftSending, account: EmailAccount): Promise<void> {
    let row = claimed
    try {
      if (row.remote_draft_id !== null) {
        // Of an attempt that was broken off, half attached perhaps; or what a person wants to have sent again.
        const became = await transport.whatBecameOf(row.remote_draft_id)
        if (became === 'sent') {
          await handedOver(row, transport, account)
          return
        }
        await transport.deleteDraft(row.remote_draft_id)
        row = await outbox.save(row, { remote_draft_id: null }, { release: false })
      }
      // An attempt may have died between writing its draft and storing the id of it.
      if (row.attempts > 1) await removeDrafts(row, transport)

      const draft = await transport.createDraft(await outbox.outgoing(row))
      try {
        row = await outbox.save(row, { remote_draft_id: draft.remoteId }, { release: false })
      } catch (thrown) {
        // The one who overtook us cannot know of this draft.
        if (thrown instanceof Overtaken) await transport.deleteDraft(draft.remoteId)
        throw thrown
      }
      for (const attachment of draft.toAttach) {
        await transport.attach(draft.remoteId, attachment)
        await outbox.renew(row)
      }
    } catch (thrown) {
      return unsent(row, thrown)
    }
    row = await outbox.save(row, { send_begun_at: clock.now() }, { release: false })
    await send(row, transport, account)
  }

  /** It was sent, or not, or not quite: the draft tells. */
  async function goOn(row: SubmissionRow, transport: DraftSending, account: EmailAccount): Promise<void> {
    let became
    try {
      became = await transport.whatBecameOf(row.remote_draft_id!)
    } catch (thrown) {
      return unclear(row, errorOf(thrown))
    }
    if (became === 'draft') return send(row, transport, account)
    if (became === 'sent') return handedOver(row, transport, account)
    if (since(row.send_begun_at!) >= UNCLEAR_AFTER_MS) {
      return settle(row, 'unknown', new AppError('submission.outcome_unclear'))
    }
    const due_at = lookAgainAt(row.send_begun_at!)
    await outbox.save(row, { due_at }, { release: true })
  }

  async function send(row: SubmissionRow, transport: DraftSending, account: EmailAccount): Promise<void> {
    try {
      await transport.sendDraft(row.remote_draft_id!)
    } catch (thrown) {
      return afterFailedSend(row, transport, account, errorOf(thrown))
    }
    await handedOver(row, transport, account)
  }

  /** An error of `send` tells little by itself: the answer may be lost of what was done. */
  async function afterFailedSend(
    row: SubmissionRow,
    transport: DraftSending,
    account: EmailAccount,
    error: AppError,
  ): Promise<void> {
    // Refused for haste: nothing was done, and the mailbox wants no question now (RFC 6585 §4).
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
    const change: Change = {
      ...{ state: 'handed-over', state_reason: null, state_detail: null },
      ...{ handed_over_at: now, due_at: now, transient_since: null },
    }
    await lookForCopy(await outbox.save(row, change, { release: false }), transport, account)
  }

  /** Files the copy in Sent Items, which tells the Message-ID that it really went out with. */
  async function lookForCopy(row: SubmissionRow, transport: DraftSending, account: EmailAccount): Promise<void> {
    let copy
    try {
      copy = await transport.findSent(row.remote_draft_id!)
    } catch (thrown) {
      const due_at = searchAgainAt(row.handed_over_at!, errorOf(thrown))
      await outbox.save(row, { due_at }, { release: true })
      return
    }
    if (copy) {
      await outbox.renew(row)
      await database.transaction(async (tx) => {
        const filed = await conversations.filing.file(tx, account, copy)
        if (!filed) throw new TypeError('a Sent copy that is filed nowhere')
        // Filing calls our hook; only a copy that does not look like ours is left for here.
        const current = await outbox.lock(tx, row.id)
        await linkCopy(outbox, tx, current, { ...filed, rfcMessageId: copy.messageId, now: clock.now() })
      })
      return
    }
    if (since(row.handed_over_at!) >= UNCLEAR_AFTER_MS) {
      return settle(row, 'unknown', new AppError('submission.copy_missing'))
    }
    await outbox.save(row, { due_at: lookAgainAt(row.handed_over_at!) }, { release: true })
  }

  /** Takes away the drafts of attempts that came to nothing. */
  async function tidy(claimed: SubmissionRow, transport: DraftSending, account: EmailAccount): Promise<void> {
    let row = claimed
    try {
      const id = row.remote_draft_id
      if (id !== null && row.state !== 'sent' && row.state !== 'unknown') {
        // Taken back or refused, and yet it went out.
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
      const error = errorOf(thrown)
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
