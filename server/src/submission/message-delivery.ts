/**
 * Delivers one submission as a whole message (SMTP). Only its copy in Sent proves that it was sent, so five guarantees
 * depend on the order of steps:
 *
 * 1. The start of sending is stored after the last byte of the message but before the final dot. Without this mark, the
 *    message was certainly not sent. With it, the message is sent again only after a search in Sent or a decision.
 * 2. An error after the dot that is not a reply proves nothing. Sent is searched by Message-ID, first in the mailbox,
 *    then in the mailbox of the principal that sends for it. If neither has a copy, a person decides.
 * 3. A copy is stored in Sent only directly after a search that found none. A worker that stalled in between removes
 *    its copy again if it is the second: the first worker when another one has claimed the row, all later ones always.
 * 4. Every write is rejected if another worker has claimed the row meanwhile. If the mark is rejected, the dot is not
 *    sent.
 * 5. The server's reply is not lost while this process runs, neither in a short database outage nor after another
 *    claim.
 */
import type { Database, Tx } from '../database/index.ts'
import { chooseEnvelopeSender, type EmailAccount } from '../email-accounts/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError, isDatabaseError } from '../kernel/errors.ts'
import type { ConversationId } from '../kernel/ids.ts'
import { pauseFor } from '../kernel/pause.ts'
import { composeMime, withoutBcc, type OutgoingMessage, type RemoteMessage } from '../mail/index.ts'
import type { LaidCopy, MailTransport, MessageSending } from '../transports/index.ts'
import { toTransportError, reasonOf, UNCLEAR_AFTER_MS, type DeliveryEnds } from './delivery-ends.ts'
import { LEASE_MS } from './claims.ts'
import type { Outbox } from './outbox.ts'
import { Overtaken, type Change, type StoredContent, type SubmissionRow } from './submission-rows.ts'
import { linkCopy, linkNoCopy } from './sent-mail.ts'
import { SEARCH_AFTER_MS, type createCopiesBySync } from './copies-by-sync.ts'
import type { ConversationPorts, EmailAccountPorts } from './ports.ts'

/** Delay of the first search. By then, the sync of Sent has found most copies of a slow server. */
export const FIRST_LOOK_AFTER_MS = 5000
const STORE_AGAIN_MS = 250
/** Maximum period of failing searches, after which Postkey stores no copy. */
const LAY_WITHIN_MS = 24 * 60 * 60_000

interface MessageDeliveryDeps {
  database: Database
  clock: Clock
  outbox: Outbox
  emailAccounts: EmailAccountPorts
  conversations: ConversationPorts
  ends: DeliveryEnds
  copies: ReturnType<typeof createCopiesBySync>
}

type ByMessage = MailTransport & { sending: MessageSending }

export function createMessageDelivery({
  database,
  clock,
  outbox,
  emailAccounts,
  conversations,
  ends,
  copies: copiesBySync,
}: MessageDeliveryDeps) {
  const { unsent, unclear, settle, searchAgainAt, lookAgainAt, since } = ends

  /** Sends the message, if nothing was sent yet. Returns true if the server has accepted it. */
  async function begin(claimed: SubmissionRow, transport: ByMessage, account: EmailAccount): Promise<boolean> {
    let row = claimed
    try {
      const message = await outbox.outgoing(row)
      const mime = withoutBcc(await composeMime(message))
      await transport.sending.send(mime, envelopeOf(message, account), async () => {
        row = await outbox.save(row, { send_begun_at: clock.now() }, { release: false })
      })
    } catch (thrown) {
      await afterFailedSend(row, account, toTransportError(thrown))
      return false
    }
    const { sentCopy, copyWithinMs } = transport.sending
    const looksAfterMs = sentCopy === 'perhaps-by-server' ? Math.min(FIRST_LOOK_AFTER_MS, copyWithinMs) : 0
    const accepted: Change = {
      state: 'handed-over',
      state_reason: null,
      state_detail: null,
      handed_over_at: clock.now(),
      transient_since: null,
      due_at: new Date(clock.now().getTime() + looksAfterMs),
    }
    try {
      // Searching for the copy is a separate claim, so that it does not delay the next message.
      await insist(() => outbox.save(row, accepted, { release: true }))
    } catch (thrown) {
      if (!(thrown instanceof Overtaken)) throw thrown
      await acceptedLate(row, accepted)
    }
    return true
  }

  async function afterFailedSend(row: SubmissionRow, account: EmailAccount, error: AppError): Promise<void> {
    if (error.upstream?.mayHaveGone) return unclear(row, error)
    // The server replied, or the message was never completed.
    const free =
      row.send_begun_at === null
        ? row
        : await insist(() => outbox.save(row, { send_begun_at: null }, { release: false }))
    if (error.code === 'transports.smtp_off' && (await emailAccounts.sendByGraphInstead(account.id, error))) {
      await outbox.save(free, { state: 'queued', state_reason: error.code, due_at: clock.now() }, { release: true })
      return
    }
    return unsent(free, error)
  }

  /**
   * Retries a write until the database is available, for the duration of a lease. The server's reply can't be requested
   * again.
   */
  async function insist<T>(store: () => Promise<T>): Promise<T> {
    const limit = performance.now() + LEASE_MS
    for (;;) {
      try {
        return await store()
      } catch (thrown) {
        const isAway = isDatabaseError(thrown)
        if (!isAway || performance.now() > limit) throw thrown
        await pauseFor(STORE_AGAIN_MS, { clock })
      }
    }
  }

  /**
   * Stores the server's reply although another worker has claimed the row. The mark identifies the attempt: if it is
   * missing or different, a person has sent the message again, and the reply is ignored.
   */
  async function acceptedLate({ id, send_begun_at: mark }: SubmissionRow, accepted: Change): Promise<void> {
    await database.transaction(async (tx) => {
      const current = await outbox.lock(tx, id)
      const isWaiting = current.state === 'sending' || current.state === 'unknown'
      if (!isWaiting || current.send_begun_at?.getTime() !== mark?.getTime()) throw new Overtaken(id)
      await outbox.overrule(tx, current, accepted)
    })
  }

  /** Resumes a message that may have been sent, by searching for its copy. */
  async function goOn(row: SubmissionRow, transport: MailTransport, account: EmailAccount): Promise<void> {
    try {
      if (await hasGone(row, transport, account)) return
    } catch (thrown) {
      return unclear(row, toTransportError(thrown))
    }
    // If Postkey stores the copies itself, an interrupted attempt can't have left one.
    const { sending } = transport
    const isHopeless = sending.by === 'message' && sending.sentCopy === 'by-us'
    if (isHopeless || since(row.send_begun_at!) >= UNCLEAR_AFTER_MS) {
      return settle(row, 'unknown', new AppError('submission.outcome_unclear'))
    }
    await outbox.save(row, { due_at: lookAgainAt(row.send_begun_at!) }, { release: true })
  }

  /** Files the copy in Sent, and stores one there if the server does not. */
  async function lookForCopy(row: SubmissionRow, transport: MailTransport, account: EmailAccount): Promise<void> {
    const waitedMs = since(row.handed_over_at!)
    let missing = new AppError('submission.no_copy_in_sent')
    try {
      const lay = await copyToLay(row, transport, waitedMs)
      if (await foundInSent(row, transport, account)) return
      if (lay) {
        const laid = await lay()
        if (laid && isFirstSearch(row) && (await filedAsLaid(row, laid, transport, account))) return
        const copies = await transport.reading.findByMessageId(row.message_id, 'sent')
        if (copies.length > 1) await laid?.removeIfSecond(row.message_id)
        if (copies[0]) {
          await file(row, copies[0], account)
          return
        }
      }
    } catch (thrown) {
      missing = toTransportError(thrown)
      // Counted from the first error, because the server may have been stopped since the handover.
      const transient_since = row.transient_since ?? clock.now()
      if (since(transient_since) < (layingOf(transport.sending) ? LAY_WITHIN_MS : UNCLEAR_AFTER_MS)) {
        const due_at = searchAgainAt(transient_since, missing)
        const change: Change = { due_at, transient_since, ...reasonOf(missing) }
        const saved = await outbox.save(row, change, { release: true })
        return showInConversation(saved, account)
      }
    }
    // The server has accepted the message; a missing copy does not change that.
    if (waitedMs >= UNCLEAR_AFTER_MS) {
      return sentWithoutCopy(row, account, layingOf(transport.sending) ? missing : leftToServer(missing))
    }
    const change = { due_at: lookAgainAt(row.handed_over_at!), transient_since: null }
    await outbox.save(row, { ...change, state_reason: null, state_detail: null }, { release: true })
  }

  /**
   * Files a copy that Postkey has stored, or leaves it to a round of sync that files many together. No other worker
   * stores one meanwhile: it would have to claim the row, which refuses the next write of this worker.
   *
   * @returns false if the copy is not where it was stored
   */
  async function filedAsLaid(
    row: SubmissionRow,
    laid: LaidCopy,
    { reading }: MailTransport,
    account: EmailAccount,
  ): Promise<boolean> {
    try {
      if (copiesBySync.isOneOfMany(account.id)) {
        const due_at = new Date(clock.now().getTime() + SEARCH_AFTER_MS)
        const change: Change = { due_at, transient_since: null, state_reason: null, state_detail: null }
        await outbox.save(row, change, { release: true })
        return true
      }
      // Stored by IMAP, but read by another protocol with other ids.
      if (!reading.owns(laid.remoteId)) return false
      const copy = await reading.fetchMessage(laid.remoteId, 'send')
      if (copy) await file(row, copy, account)
      return copy !== undefined
    } catch (thrown) {
      if (thrown instanceof Overtaken) await laid.removeIfSecond(row.message_id)
      throw thrown
    }
  }

  /** Prepares the copy to store if the following search finds none. Undefined if Postkey must not store one. */
  async function copyToLay(
    row: SubmissionRow,
    { sending }: Pick<MailTransport, 'sending'>,
    waitedMs: number,
  ): Promise<(() => Promise<LaidCopy | undefined>) | undefined> {
    const appendSent = layingOf(sending)
    if (!appendSent || (isPerhapsLaid(sending) && waitedMs < copyWithinMsOf(sending))) return undefined
    const mime = await composeMime(await outbox.outgoing(row))
    await outbox.renew(row)
    return () => appendSent(mime, row.handed_over_at!)
  }

  /**
   * Returns true if a copy proves that the message was sent. If only the sending principal's mailbox has the copy, the
   * mailbox gets its own.
   */
  async function hasGone(row: SubmissionRow, transport: MailTransport, account: EmailAccount): Promise<boolean> {
    if (await foundInSent(row, transport, account)) return true
    if (!(await liesAtSender(row, transport))) return false
    const change: Change = {
      state: 'handed-over',
      state_reason: null,
      state_detail: null,
      handed_over_at: row.send_begun_at ?? clock.now(),
      transient_since: null,
      due_at: clock.now(),
    }
    await outbox.save(row, change, { release: true })
    return true
  }

  /**
   * Searches the mailbox of the sending principal. Errors there are visible to no agent of this mailbox, so they delay
   * the decision only up to a limit.
   */
  async function liesAtSender(row: SubmissionRow, { hasCopyAtSender }: MailTransport): Promise<boolean> {
    // Copies of a draft are in the mailbox of the draft, under another Message-ID.
    if (row.remote_draft_id !== null || !hasCopyAtSender) return false
    try {
      return await hasCopyAtSender(row.message_id)
    } catch (thrown) {
      const error = toTransportError(thrown)
      if (row.send_begun_at === null || since(row.send_begun_at) < UNCLEAR_AFTER_MS) throw error
      return false
    }
  }

  /** Searches Sent by the Message-ID, which is ours from the start. */
  async function foundInSent(row: SubmissionRow, { reading }: MailTransport, account: EmailAccount): Promise<boolean> {
    const [copy] = await reading.findByMessageId(row.message_id, 'sent')
    if (!copy) return false
    await file(row, copy, account)
    return true
  }

  async function file(row: SubmissionRow, copy: RemoteMessage, account: EmailAccount): Promise<void> {
    await outbox.renew(row)
    await database.transaction(async (tx) => {
      const filed = await conversations.filing.file(tx, account, copy)
      const current = await outbox.lock(tx, row.id)
      // Filing calls the Sent-mail hook. This links only copies that the hook did not recognize.
      if (filed) await linkCopy(outbox, tx, current, { ...filed, rfcMessageId: copy.messageId, now: clock.now() })
      else await linkNoCopy(outbox, tx, current, copy, clock.now())
    })
  }

  /** Marks the message as sent. The reason stays until its copy is found. */
  async function sentWithoutCopy(row: SubmissionRow, account: EmailAccount, missing: AppError): Promise<void> {
    await database.transaction(async (tx) => {
      await conversations.outgoing.lockAccount(tx, account)
      const current = await outbox.lock(tx, row.id)
      if (current.fence !== row.fence) throw new Overtaken(row.id)
      const conversation_id = await conversationOf(tx, current, account)
      await outbox.overrule(tx, current, { state: 'sent', ...reasonOf(missing), conversation_id })
    })
  }

  /** Shows a message with a late copy in a conversation meanwhile. */
  async function showInConversation({ id }: SubmissionRow, account: EmailAccount): Promise<void> {
    await database.transaction(async (tx) => {
      await conversations.outgoing.lockAccount(tx, account)
      const current = await outbox.lock(tx, id)
      if (current.conversation_id !== null || current.sent_message_id !== null) return
      const conversation_id = await conversationOf(tx, current, account)
      await tx.updateTable('submissions').set({ conversation_id }).where('id', '=', id).execute()
    })
  }

  /** Starts a conversation for a message without one, so that the message is shown there and answers join it. */
  async function conversationOf(tx: Tx, row: SubmissionRow, account: EmailAccount): Promise<ConversationId> {
    if (row.conversation_id !== null) return row.conversation_id
    const { from, to, cc, subject, text, html = '' } = row.content as StoredContent
    const body =
      text === undefined ? ({ type: 'html', content: html } as const) : { type: 'text' as const, content: text }
    const message = { messageId: row.message_id, from, to, cc, subject, body, sentAt: row.created_at }
    return conversations.outgoing.startConversation(tx, account, message)
  }

  return { begin, goOn, lookForCopy, hasGone }
}

/**
 * True if no earlier claim has searched for the copy, so that no stalled worker can still store one. A claim to send
 * increments both numbers, any other claim or change by a user only the fencing token.
 */
function isFirstSearch({ fence, attempts }: SubmissionRow): boolean {
  return fence === attempts + 1
}

/** Function that stores the copy, if the server may not store it. Undefined if Postkey must not. */
function layingOf(sending: MailTransport['sending']): MessageSending['appendSent'] {
  return sending.by === 'message' && sending.sentCopy !== 'by-server' ? sending.appendSent : undefined
}

/** Error for a copy that Postkey will not store; keeps the detail of the search error. */
function leftToServer(missing: AppError): AppError {
  const { detail } = missing
  return new AppError('submission.copy_left_to_server', { cause: missing, ...(detail !== undefined && { detail }) })
}

function isPerhapsLaid(sending: MailTransport['sending']): boolean {
  return sending.by === 'message' && sending.sentCopy === 'perhaps-by-server'
}

/** Envelope with each recipient once, in any case of letters. */
function envelopeOf({ from, to, cc, bcc }: OutgoingMessage, account: EmailAccount): { from: string; to: string[] } {
  const byName = new Map([...to, ...cc, ...bcc].map(({ address }) => [address.toLowerCase(), address]))
  return { from: chooseEnvelopeSender(account, from.address), to: [...byName.values()] }
}

function copyWithinMsOf(sending: MailTransport['sending']): number {
  return sending.by === 'message' ? sending.copyWithinMs : 0
}
