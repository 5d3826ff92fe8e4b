import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '../kernel/clock.ts'
import { AppError, fillText } from '../kernel/errors.ts'
import { composeMime, isSameAddress, newMessageId, type OutgoingMessage, type RemoteMessage } from '../mail/index.ts'
import type { DraftSending, MailTransport, MessageSending } from '../transports/index.ts'
import type { EmailAccount } from './email-account.ts'
import { TEXTS } from './texts.ts'

/** Pauses in milliseconds before each search for the copy in Sent, which appears a moment after sending. */
const LOOKS_AFTER_MS = [500, 1000, 2000]

/**
 * Sends a mail from the mailbox to itself. Only this proves that it may send with its own address, or with `as`, one of
 * its aliases. A refused draft is deleted.
 *
 * Sending on behalf also succeeds, but recipients see the actual sender, and the server may replace an alias. Both are
 * visible only in the Sent copy.
 *
 * @returns the envelope sender that the server accepted
 */
export async function sendTestMail(
  transport: MailTransport,
  { name, address }: EmailAccount,
  clock: Clock,
  as = address,
): Promise<{ envelope: string }> {
  const message: OutgoingMessage = {
    messageId: newMessageId(as),
    sentAt: clock.now(),
    from: { name, address: as },
    to: [{ name, address }],
    cc: [],
    bcc: [],
    subject: TEXTS.testSubject,
    text: fillText(TEXTS.testText, { address: as }),
    inReplyTo: [],
    references: [],
    attachments: [],
  }
  const { sending, reading } = transport
  if (sending.by === 'draft') {
    const findCopy = await sendByDraft(sending, message)
    if (findCopy) await refuseOthers(findCopy, { as, address })
    return { envelope: as }
  }
  const envelope = await sendWhole(sending, message, { as, address })
  const findCopy = async () => (await reading.findByMessageId(message.messageId, 'sent'))[0]
  await refuseOthers(findCopy, { as, address })
  return { envelope }
}

type FindCopy = () => Promise<RemoteMessage | undefined>

async function sendByDraft(sending: DraftSending, message: OutgoingMessage): Promise<FindCopy | undefined> {
  const { remoteId } = await sending.createDraft(message)
  try {
    await sending.sendDraft(remoteId)
  } catch (thrown) {
    // The response may be lost although the mail was sent. A refusal is reported in any case, and a failed cleanup must
    // not hide it.
    const became = await sending.whatBecameOf(remoteId).catch(() => undefined)
    if (became === 'sent' || became === 'underway') return undefined
    if (became === 'draft') await sending.deleteDraft(remoteId).catch(() => undefined)
    throw AppError.from(thrown)
  }
  return () => sending.findSent(remoteId)
}

/**
 * Sends a message. If an alias is refused as envelope sender, retries with the mailbox's own address and the alias in
 * From.
 */
async function sendWhole(
  sending: MessageSending,
  message: OutgoingMessage,
  { as, address }: { as: string; address: string },
): Promise<string> {
  const mime = await composeMime(message)
  try {
    await sending.send(mime, { from: as, to: [address] })
    return as
  } catch (thrown) {
    const error = AppError.from(thrown)
    if (error.code !== 'transports.send_as_denied' || isSameAddress(as, address)) throw error
    await sending.send(mime, { from: address, to: [address] }).catch(() => Promise.reject(error))
    return address
  }
}

async function refuseOthers(findCopy: FindCopy, { as, address }: { as: string; address: string }): Promise<void> {
  for (const afterMs of LOOKS_AFTER_MS) {
    await pause(afterMs)
    const copy = await findCopy()
    if (!copy) continue
    const sender = copy.sender?.address ?? ''
    if (sender !== '' && !isSameAddress(sender, address) && !isSameAddress(sender, as)) {
      throw new AppError('email_accounts.sends_on_behalf')
    }
    if (copy.from && !isSameAddress(copy.from.address, as)) throw new AppError('email_accounts.alias_replaced')
    return
  }
}
