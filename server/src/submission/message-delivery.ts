/**
 * One submission on its way as a whole message (SMTP). Nothing at the server can be asked what became of it but its copy
 * in Sent, so five promises rest on the order of steps:
 *
 * 1. That it may go out is stored after the last byte of it but before the dot that ends it. Without that mark it has not
 *    gone, whatever happened; with it, nobody sends it again before Sent or a person has told.
 * 2. An error after the dot that is no answer settles nothing: Sent is asked by Message-ID, that of the mailbox and that
 *    of whoever sends for it, and at last a person.
 * 3. A copy is laid into Sent only where none has appeared, and each time after a look, with nothing between the two. Who
 *    stood still there all the same takes its copy away again when it is the second.
 * 4. Every store is refused when somebody else has claimed the row meanwhile; refused the mark, the dot is not sent.
 * 5. What the server answered is not lost while this process lives: neither by a database that is away for a moment nor by
 *    a claim that came in between.
 */
import type { Database, Tx } from '../database/index.ts'
import { envelopeSenderOf, type EmailAccount } from '../email-accounts/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError, isDatabaseError } from '../kernel/errors.ts'
import type { ConversationId } from '../kernel/ids.ts'
import { pauseFor } from '../kernel/pause.ts'
import { composeMime, withoutBcc, type OutgoingMessage, type RemoteMessage } from '../mail/index.ts'
import type { LaidCopy, MailTransport, MessageSending } from '../transports/index.ts'
import { errorOf, reasonOf, UNCLEAR_AFTER_MS, type DeliveryEnds } from './delivery-ends.ts'
import { LEASE_MS } from './claims.ts'
import type { Outbox } from './outbox.ts'
import { Overtaken, type Change, type StoredContent, type SubmissionRow } from './submission-rows.ts'
import { linkCopy } from './sent-mail.ts'
import type { ConversationPorts, EmailAccountPorts } from './ports.ts'

/** The reading of Sent meets most copies of a slow server before; a look at once would find few. */
export const FIRST_LOOK_AFTER_MS = 5000
const STORE_AGAIN_MS = 250
/** A mailbox that cannot be read for longer gets no copy from Postkey. */
const LAY_WITHIN_MS = 24 * 60 * 60_000

interface MessageDeliveryDeps {
  database: Database
  clock: Clock
  outbox: Outbox
  emailAccounts: EmailAccountPorts
  conversations: ConversationPorts
  ends: DeliveryEnds
}

type ByMessage = MailTransport & { sending: MessageSending }

export function createMessageDelivery({
  database,
  clock,
  outbox,
  emailAccounts,
  conversations,
  ends,
}: MessageDeliveryDeps) {
  const { unsent, unclear, settle, searchAgainAt, lookAgainAt, since } = ends

  /** Nothing was sent yet. */
  async function begin(claimed: SubmissionRow, transport: ByMessage, account: EmailAccount): Promise<void> {
    let row = claimed
    try {
      const message = await outbox.outgoing(row)
      const mime = withoutBcc(await composeMime(message))
      await transport.sending.send(mime, envelopeOf(message, account), async () => {
        row = await outbox.save(row, { send_begun_at: clock.now() }, { release: false })
      })
    } catch (thrown) {
      return afterFailedSend(row, account, errorOf(thrown))
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
      // The copy is a claim of its own: it must not hold the place of the next message.
      await insist(() => outbox.save(row, accepted, { release: true }))
    } catch (thrown) {
      if (!(thrown instanceof Overtaken)) throw thrown
      return acceptedLate(row, accepted)
    }
  }

  async function afterFailedSend(row: SubmissionRow, account: EmailAccount, error: AppError): Promise<void> {
    if (error.upstream?.mayHaveGone) return unclear(row, error)
    // The server answered, or was never told the end of it.
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
   * What the server said nobody else can ask it again: it is stored as soon as the database is there, for as long as the
   * claim would hold.
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
   * Somebody else has the row by now and could not know. The mark says whether it is still about this attempt: without
   * it, or with another, a person has let it be sent again.
   */
  async function acceptedLate({ id, send_begun_at: mark }: SubmissionRow, accepted: Change): Promise<void> {
    await database.transaction(async (tx) => {
      const current = await outbox.lock(tx, id)
      const isWaiting = current.state === 'sending' || current.state === 'unknown'
      if (!isWaiting || current.send_begun_at?.getTime() !== mark?.getTime()) throw new Overtaken(id)
      await outbox.overrule(tx, current, accepted)
    })
  }

  /** It may have gone: only its copy tells. */
  async function goOn(row: SubmissionRow, transport: MailTransport, account: EmailAccount): Promise<void> {
    try {
      if (await hasGone(row, transport, account)) return
    } catch (thrown) {
      return unclear(row, errorOf(thrown))
    }
    // Where we lay the copies ourselves, none can come of an attempt that was broken off.
    const { sending } = transport
    const isHopeless = sending.by === 'message' && sending.sentCopy === 'by-us'
    if (isHopeless || since(row.send_begun_at!) >= UNCLEAR_AFTER_MS) {
      return settle(row, 'unknown', new AppError('submission.outcome_unclear'))
    }
    await outbox.save(row, { due_at: lookAgainAt(row.send_begun_at!) }, { release: true })
  }

  /** Files the copy in Sent, and lays it there where the server does not. */
  async function lookForCopy(row: SubmissionRow, transport: MailTransport, account: EmailAccount): Promise<void> {
    const waitedMs = since(row.handed_over_at!)
    let missing = new AppError('submission.no_copy_in_sent')
    try {
      const lay = await copyToLay(row, transport, waitedMs)
      if (await foundInSent(row, transport, account)) return
      if (lay) {
        const laid = await lay()
        const copies = await transport.reading.findByMessageId(row.message_id, 'sent')
        if (copies.length > 1) await laid?.removeIfSecond(row.message_id)
        if (copies[0]) {
          await file(row, copies[0], account)
          return
        }
      }
    } catch (thrown) {
      missing = errorOf(thrown)
      // Counted from the first error: Postkey may have been off since the handover.
      const transient_since = row.transient_since ?? clock.now()
      if (since(transient_since) < (layingOf(transport.sending) ? LAY_WITHIN_MS : UNCLEAR_AFTER_MS)) {
        const due_at = searchAgainAt(transient_since, missing)
        const change: Change = { due_at, transient_since, ...reasonOf(missing) }
        const saved = await outbox.save(row, change, { release: true })
        return showInConversation(saved, account)
      }
    }
    // The server said that it has it. That no copy is seen changes nothing of that.
    if (waitedMs >= UNCLEAR_AFTER_MS) {
      return sentWithoutCopy(row, account, layingOf(transport.sending) ? missing : leftToServer(missing))
    }
    const change = { due_at: lookAgainAt(row.handed_over_at!), transient_since: null }
    await outbox.save(row, { ...change, state_reason: null, state_detail: null }, { release: true })
  }

  /** Ready to be laid into Sent when the look that follows finds none; undefined where that is not ours to do. */
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

  /** A copy says that it went out. Where it lies with whoever sent it, the mailbox gets one of its own. */
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

  /** Nobody here hears that the mailbox of that person does not answer: the question waits for it only so long. */
  async function liesAtSender(row: SubmissionRow, { hasCopyAtSender }: MailTransport): Promise<boolean> {
    // What was begun by a draft lies where that was, and under another Message-ID.
    if (row.remote_draft_id !== null || !hasCopyAtSender) return false
    try {
      return await hasCopyAtSender(row.message_id)
    } catch (thrown) {
      const error = errorOf(thrown)
      if (row.send_begun_at === null || since(row.send_begun_at) < UNCLEAR_AFTER_MS) throw error
      return false
    }
  }

  /** With the Message-ID, which is ours from the beginning. */
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
      if (!filed) throw new TypeError('a Sent copy that is filed nowhere')
      // Filing calls our hook; only a copy that does not look like ours is left for here.
      const current = await outbox.lock(tx, row.id)
      await linkCopy(outbox, tx, current, { ...filed, rfcMessageId: copy.messageId, now: clock.now() })
    })
  }

  /** The reason stays with the message until its copy is found. */
  async function sentWithoutCopy(row: SubmissionRow, account: EmailAccount, missing: AppError): Promise<void> {
    await database.transaction(async (tx) => {
      await conversations.outgoing.lockAccount(tx, account)
      const current = await outbox.lock(tx, row.id)
      if (current.fence !== row.fence) throw new Overtaken(row.id)
      const conversation_id = await conversationOf(tx, current, account)
      await outbox.overrule(tx, current, { state: 'sent', ...reasonOf(missing), conversation_id })
    })
  }

  /** A message whose copy is late is shown in a conversation meanwhile. */
  async function showInConversation({ id }: SubmissionRow, account: EmailAccount): Promise<void> {
    await database.transaction(async (tx) => {
      await conversations.outgoing.lockAccount(tx, account)
      const current = await outbox.lock(tx, id)
      if (current.conversation_id !== null || current.sent_message_id !== null) return
      const conversation_id = await conversationOf(tx, current, account)
      await tx.updateTable('submissions').set({ conversation_id }).where('id', '=', id).execute()
    })
  }

  /** A message that begins a conversation is shown there without its copy, and answers to it arrive there. */
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

/** Lays the copy where the server does not, or perhaps not; undefined where that is not for Postkey to do. */
function layingOf(sending: MailTransport['sending']): MessageSending['appendSent'] {
  return sending.by === 'message' && sending.sentCopy !== 'by-server' ? sending.appendSent : undefined
}

/** No copy will come from Postkey. What the server said of the search stays. */
function leftToServer(missing: AppError): AppError {
  const { detail } = missing
  return new AppError('submission.copy_left_to_server', { cause: missing, ...(detail !== undefined && { detail }) })
}

function isPerhapsLaid(sending: MailTransport['sending']): boolean {
  return sending.by === 'message' && sending.sentCopy === 'perhaps-by-server'
}

/** Everybody once, however often they are named. */
function envelopeOf({ from, to, cc, bcc }: OutgoingMessage, account: EmailAccount): { from: string; to: string[] } {
  const byName = new Map([...to, ...cc, ...bcc].map(({ address }) => [address.toLowerCase(), address]))
  return { from: envelopeSenderOf(account, from.address), to: [...byName.values()] }
}

function copyWithinMsOf(sending: MailTransport['sending']): number {
  return sending.by === 'message' ? sending.copyWithinMs : 0
}
