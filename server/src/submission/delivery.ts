/**
 * One submission on its way through one mailbox. Four promises are kept here, and each rests on the order of two steps:
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
import { Overtaken, type Change, type Outbox, type SubmissionRow } from './outbox.ts'
import { linkCopy } from './sent-mail.ts'
import type { ConversationPorts, EmailAccountPorts } from './submissions.ts'

/** How long the copy of what was handed over may be late before a person is asked. */
export const UNCLEAR_AFTER_MS = 15 * 60_000
const SHORTEST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 5 * 60_000
/** How often to look for a copy in Sent Items. */
const LONGEST_LOOK_PAUSE_MS = 60_000

export interface DeliveryDeps {
  database: Database
  clock: Clock
  outbox: Outbox
  emailAccounts: EmailAccountPorts
  conversations: ConversationPorts
}

export type Delivery = ReturnType<typeof createDelivery>

export function createDelivery({ database, clock, outbox, emailAccounts, conversations }: DeliveryDeps) {
  /** Takes a claimed row as far as it goes now, and gives it back. Throws `Overtaken`, and what the database throws. */
  async function deliver(claimed: SubmissionRow): Promise<void> {
    const account = await emailAccounts.get(claimed.email_account_id)
    let transport: DraftSending
    try {
      const { sending } = await emailAccounts.transportOf(account)
      if (sending.by !== 'draft') throw new TypeError('no road of this account sends whole messages')
      transport = sending
    } catch (thrown) {
      return pause(claimed, AppError.from(thrown))
    }

    switch (claimed.state) {
      case 'queued':
      case 'sending':
        return claimed.send_begun_at === null ? begin(claimed, transport, account) : goOn(claimed, transport, account)
      case 'handed-over':
        return lookForCopy(claimed, transport, account)
      case 'sent':
      case 'unknown':
      case 'failed':
      case 'canceled':
        return tidy(claimed, transport, account)
    }
  }

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
    const change: Change = { state: 'handed-over', state_reason: null, handed_over_at: now, due_at: now }
    await lookForCopy(await outbox.save(row, change, { release: false }), transport, account)
  }

  /** Files the copy in Sent Items, which tells the Message-ID that it really went out with. */
  async function lookForCopy(row: SubmissionRow, transport: DraftSending, account: EmailAccount): Promise<void> {
    let copy
    try {
      copy = await transport.findSent(row.remote_draft_id!)
    } catch (thrown) {
      const due_at = retryAt(row, errorOf(thrown))
      await outbox.save(row, { due_at }, { release: true })
      return
    }
    if (copy) {
      await outbox.renew(row)
      await database.transaction(async (tx) => {
        const filed = await conversations.file(tx, account, copy)
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
      await outbox.save(row, { tidy_at: error.remedy === 'wait' ? retryAt(row, error) : null }, { release: true })
      return
    }
    await outbox.save(row, { tidy_at: null }, { release: true })
  }

  async function removeDrafts(row: SubmissionRow, transport: DraftSending): Promise<void> {
    for (const { remoteId } of await transport.findDrafts(row.message_id)) {
      await transport.deleteDraft(remoteId)
    }
  }

  /** It certainly did not go out. */
  async function unsent(row: SubmissionRow, thrown: unknown): Promise<void> {
    const error = errorOf(thrown)
    if (isOfTheMessage(error)) return settle(row, 'failed', error)
    return pause(row, error)
  }

  /** Waits in the outbox, with the reason shown. */
  async function pause(row: SubmissionRow, error: AppError): Promise<void> {
    const due = retryAt(row, error)
    if (row.state === 'queued' || row.state === 'sending') {
      await outbox.save(row, { state: 'queued', state_reason: error.code, due_at: due }, { release: true })
    } else if (row.state === 'handed-over') {
      await outbox.save(row, { due_at: due }, { release: true })
    } else {
      await outbox.save(row, { tidy_at: due }, { release: true })
    }
  }

  /** Nobody knows yet, so it can neither be taken back nor sent anew: the next claim asks again. */
  async function unclear(row: SubmissionRow, error: AppError): Promise<void> {
    const change: Change = { state: 'sending', state_reason: error.code, due_at: retryAt(row, error) }
    await outbox.save(row, change, { release: true })
  }

  async function settle(row: SubmissionRow, state: 'unknown' | 'failed', error: AppError): Promise<void> {
    const tidy_at = state === 'failed' ? clock.now() : null
    await outbox.save(row, { state, state_reason: error.code, tidy_at }, { release: true })
  }

  /** When the other side said so, or after a pause that doubles. */
  function retryAt(row: SubmissionRow, error: AppError): Date {
    const pauseMs = Math.min(SHORTEST_PAUSE_MS * 2 ** Math.min(Math.max(row.attempts, 1), 20), LONGEST_PAUSE_MS)
    const at = clock.now().getTime() + pauseMs
    return new Date(Math.max(at, error.upstream?.retryAt?.getTime() ?? 0))
  }

  /** Often at first, then less: a pause as long as the wait has been. */
  function lookAgainAt(begun: Date): Date {
    const pauseMs = Math.min(Math.max(since(begun), SHORTEST_PAUSE_MS), LONGEST_LOOK_PAUSE_MS)
    return new Date(clock.now().getTime() + pauseMs)
  }

  function since(time: Date): number {
    return clock.now().getTime() - time.getTime()
  }

  return { deliver }
}

/** What the transport threw. Ours pass by: who was overtaken, or cannot reach the database, has nothing to store. */
function errorOf(thrown: unknown): AppError {
  if (thrown instanceof Overtaken) throw thrown
  const error = AppError.from(thrown)
  if (error.code.startsWith('database.')) throw error
  return error
}

/**
 * Whether sending this message again would end the same way. A broken sign-in, an app registration without a secret or
 * an account that is gone for now are troubles of the account: its mail waits for their end.
 */
function isOfTheMessage({ remedy, code }: AppError): boolean {
  if (remedy === 'wait' || remedy === 'sign-in') return false
  return !/^(tokens|cloud_providers|email_accounts|egress)\./.test(code)
}
