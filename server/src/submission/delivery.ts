import type { Database } from '../database/index.ts'
import type { EmailAccount } from '../email-accounts/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { DraftSending, MailTransport } from '../transports/index.ts'
import { createDeliveryEnds } from './delivery-ends.ts'
import { createDraftDelivery } from './draft-delivery.ts'
import { createMessageDelivery } from './message-delivery.ts'
import type { Outbox } from './outbox.ts'
import type { ClaimedRow } from './claims.ts'
import { UNSENT, type SubmissionRow } from './submission-rows.ts'
import type { ConversationPorts, EmailAccountPorts } from './ports.ts'

export { UNCLEAR_AFTER_MS } from './delivery-ends.ts'

export interface DeliveryDeps {
  database: Database
  clock: Clock
  outbox: Outbox
  emailAccounts: EmailAccountPorts
  conversations: ConversationPorts
}

export type Delivery = ReturnType<typeof createDelivery>

/**
 * Delivers submissions of a mailbox. A started draft is continued as a draft, and a message sent whole is looked for in
 * Sent, whatever protocol the account sends by meanwhile. Only new attempts use the current protocol.
 */
export function createDelivery(deps: DeliveryDeps) {
  const { outbox, emailAccounts } = deps
  const ends = createDeliveryEnds(deps)
  const byDraft = createDraftDelivery({ ...deps, ends })
  const byMessage = createMessageDelivery({ ...deps, ends })

  /** Processes a claimed row as far as possible and releases it. Throws `Overtaken` and database errors. */
  async function deliver(claimed: ClaimedRow): Promise<void> {
    const account = await emailAccounts.get(claimed.email_account_id)
    let transport: MailTransport
    try {
      transport = await emailAccounts.transportOf(account)
    } catch (thrown) {
      return ends.pause(claimed, AppError.from(thrown))
    }
    if (!(await isInLane(claimed, transport))) return
    const drafts = draftsOf(transport)
    const withDraft = claimed.remote_draft_id === null ? undefined : drafts

    switch (claimed.state) {
      case 'queued':
      case 'sending':
        if (claimed.send_begun_at === null) return begin(claimed, transport, account)
        return withDraft ? byDraft.goOn(claimed, withDraft, account) : byMessage.goOn(claimed, transport, account)
      case 'handed-over':
        return withDraft
          ? byDraft.lookForCopy(claimed, withDraft, account)
          : byMessage.lookForCopy(claimed, transport, account)
      case 'sent':
      case 'unknown':
      case 'failed':
      case 'canceled':
        if (drafts && (transport.sending.by === 'draft' || withDraft)) return byDraft.tidy(claimed, drafts, account)
        await outbox.save(claimed, { tidy_at: null }, { release: true })
    }
  }

  /**
   * Corrects the lane of the mailbox after its connection was changed. A message claimed without the lane now takes a
   * place in its rate limit, or returns to the outbox.
   */
  async function isInLane({ lane: known, ...row }: ClaimedRow, { sending }: MailTransport): Promise<boolean> {
    const lane = sending.by === 'message' ? sending.lane : undefined
    if (lane === (known ?? undefined)) return true
    await outbox.setLane(row.email_account_id, lane, sending.limits.messagesPerMinute)
    if (lane === undefined || !UNSENT.includes(row.state) || row.send_begun_at !== null) return true
    if (await outbox.isAdmitted(row)) return true
    await outbox.save(row, { state: 'queued' }, { release: true })
    return false
  }

  async function begin(claimed: SubmissionRow, transport: MailTransport, account: EmailAccount): Promise<void> {
    let row = claimed
    try {
      // A person chose to send a message of unknown outcome again. Its copy may be in Sent by now.
      if (row.was_unclear && (await byMessage.hasGone(row, transport, account))) return
      const left = draftsOf(transport)
      if (row.remote_draft_id !== null && left && transport.sending.by !== 'draft') {
        // The draft belongs to an attempt by the other protocol and may have been sent after all.
        if ((await left.whatBecameOf(row.remote_draft_id)) === 'sent') {
          await byDraft.handedOver(row, left, account)
          return
        }
        await left.deleteDraft(row.remote_draft_id)
        row = await outbox.save(row, { remote_draft_id: null }, { release: false })
      }
    } catch (thrown) {
      return ends.unsent(row, thrown)
    }
    const { sending } = transport
    if (sending.by === 'draft') return byDraft.begin(row, sending, account)
    return byMessage.begin(row, { ...transport, sending }, account)
  }

  return { deliver }
}

/** Draft access to the mailbox, for drafts of earlier attempts. */
function draftsOf({ sending, drafts }: MailTransport): DraftSending | undefined {
  return sending.by === 'draft' ? sending : drafts
}
