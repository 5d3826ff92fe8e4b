import type { Database } from '../database/index.ts'
import type { EmailAccount } from '../email-accounts/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import type { DraftSending, MailTransport } from '../transports/index.ts'
import { createCopiesBySync, type CopiesBySyncOptions } from './copies-by-sync.ts'
import { createDeliveryEnds } from './delivery-ends.ts'
import { createDraftDelivery } from './draft-delivery.ts'
import { createMessageDelivery } from './message-delivery.ts'
import type { Outbox } from './outbox.ts'
import type { ClaimedRow } from './claims.ts'
import { UNSENT, type SubmissionRow } from './submission-rows.ts'
import type { ConversationPorts, EmailAccountPorts } from './ports.ts'

export { UNCLEAR_AFTER_MS } from './delivery-ends.ts'

export interface SubmissionDeliveryDeps {
  database: Database
  clock: Clock
  outbox: Outbox
  emailAccounts: EmailAccountPorts
  conversations: ConversationPorts
  copiesBySync?: CopiesBySyncOptions
}

export type Delivery = ReturnType<typeof createDelivery>

/** A mailbox that is ready to send. */
export interface OpenedAccount {
  account: EmailAccount
  transport: MailTransport
}

/**
 * Delivers submissions of a mailbox. A started draft is continued as a draft, and a message sent whole is looked for in
 * Sent, whatever protocol the account sends by meanwhile. Only new attempts use the current protocol.
 */
export function createDelivery(deps: SubmissionDeliveryDeps) {
  const { outbox, emailAccounts } = deps
  const ends = createDeliveryEnds(deps)
  const copies = createCopiesBySync(deps.copiesBySync ?? {})
  const byDraft = createDraftDelivery({ ...deps, ends, copies })
  const byMessage = createMessageDelivery({ ...deps, ends, copies })

  /** Opens a mailbox for the rows of one claim. The error of a mailbox that can't be opened is a result. */
  async function open(id: EmailAccountId): Promise<OpenedAccount | AppError> {
    const account = await emailAccounts.get(id)
    try {
      return { account, transport: await emailAccounts.transportOf(account) }
    } catch (thrown) {
      return AppError.from(thrown)
    }
  }

  /**
   * Processes a claimed row as far as possible and releases it. Throws `Overtaken` and database errors.
   *
   * @returns true if the server has accepted the message in this attempt
   */
  async function deliver(claimed: ClaimedRow, opening = open(claimed.email_account_id)): Promise<boolean> {
    const opened = await opening
    if (opened instanceof AppError) return notSent(ends.pause(claimed, opened))
    const { account, transport } = opened
    if (!(await isInLane(claimed, transport))) return false
    const drafts = draftsOf(transport)
    const withDraft = claimed.remote_draft_id === null ? undefined : drafts

    switch (claimed.state) {
      case 'queued':
      case 'sending':
        if (claimed.send_begun_at === null) return begin(claimed, transport, account)
        return notSent(
          withDraft ? byDraft.goOn(claimed, withDraft, account) : byMessage.goOn(claimed, transport, account),
        )
      case 'handed-over':
        return notSent(
          withDraft
            ? byDraft.lookForCopy(claimed, withDraft, account)
            : byMessage.lookForCopy(claimed, transport, account),
        )
      case 'sent':
      case 'unknown':
      case 'failed':
      case 'canceled':
        if (drafts && (transport.sending.by === 'draft' || withDraft)) await byDraft.tidy(claimed, drafts, account)
        else await outbox.save(claimed, { tidy_at: null }, { release: true })
        return false
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

  async function begin(claimed: ClaimedRow, transport: MailTransport, account: EmailAccount): Promise<boolean> {
    let row: SubmissionRow = claimed
    try {
      // A person chose to send a message of unknown outcome again. Its copy may be in Sent by now.
      if (row.was_unclear && (await byMessage.hasGone(row, transport, account))) return false
      const left = draftsOf(transport)
      if (row.remote_draft_id !== null && left && transport.sending.by !== 'draft') {
        // The draft belongs to an attempt by the other protocol and may have been sent after all.
        if ((await left.whatBecameOf(row.remote_draft_id)) === 'sent') {
          await byDraft.handedOver(row, left, account)
          return false
        }
        await left.deleteDraft(row.remote_draft_id)
        row = await outbox.save(row, { remote_draft_id: null }, { release: false })
      }
    } catch (thrown) {
      return notSent(ends.unsent(row, thrown))
    }
    const { sending } = transport
    if (sending.by === 'draft') return byDraft.begin(row, sending, account)
    return byMessage.begin(row, { ...transport, sending }, account)
  }

  return { open, deliver }
}

async function notSent(end: Promise<void>): Promise<false> {
  await end
  return false
}

/** Draft access to the mailbox, for drafts of earlier attempts. */
function draftsOf({ sending, drafts }: MailTransport): DraftSending | undefined {
  return sending.by === 'draft' ? sending : drafts
}
