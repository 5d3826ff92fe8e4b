import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { composeMime, newMessageId, type OutgoingMessage, type RemoteMessage } from '../mail/index.ts'
import type { DraftSending, MailTransport, MessageSending, ReadingTransport } from '../transports/index.ts'
import type { EmailAccount } from './email-account.ts'

/** How long to look for the Sent copy, which comes a moment later. */
const LOOKS_AFTER_MS = [500, 1000, 2000]

/**
 * Sends a mail from the mailbox to itself: the one way to know whether it may send in its own name. What is refused
 * leaves no draft behind. On behalf of it the mail goes out, too, and customers see by whom: only the Sent copy tells.
 */
export async function sendTestMail(transport: MailTransport, { name, address }: EmailAccount, clock: Clock) {
  const itself = { name, address }
  const message: OutgoingMessage = {
    messageId: newMessageId(address),
    sentAt: clock.now(),
    from: itself,
    to: [itself],
    cc: [],
    bcc: [],
    subject: 'Postkey: this mailbox can send',
    text: `An admin of Postkey tried whether ${address} can send. It can. Nobody else got this mail.\n`,
    inReplyTo: [],
    references: [],
    attachments: [],
  }
  const { sending, reading } = transport
  const findCopy =
    sending.by === 'draft' ? await sendByDraft(sending, message) : await sendWhole(sending, reading, message)
  if (findCopy) await refuseOnBehalf(findCopy, address)
}

type FindCopy = () => Promise<RemoteMessage | undefined>

async function sendByDraft(sending: DraftSending, message: OutgoingMessage): Promise<FindCopy | undefined> {
  const { remoteId } = await sending.createDraft(message)
  try {
    await sending.sendDraft(remoteId)
  } catch (thrown) {
    // The answer may be lost of what was done; a refusal is told either way, and tidying up must not hide it.
    const became = await sending.whatBecameOf(remoteId).catch(() => undefined)
    if (became === 'sent' || became === 'underway') return undefined
    if (became === 'draft') await sending.deleteDraft(remoteId).catch(() => undefined)
    throw AppError.from(thrown)
  }
  return () => sending.findSent(remoteId)
}

async function sendWhole(
  sending: MessageSending,
  reading: ReadingTransport,
  message: OutgoingMessage,
): Promise<FindCopy | undefined> {
  await sending.send(await composeMime(message), { from: message.from.address, to: [message.from.address] })
  return async () => (await reading.findByMessageId(message.messageId, 'sent'))[0]
}

async function refuseOnBehalf(findCopy: FindCopy, address: string): Promise<void> {
  for (const afterMs of LOOKS_AFTER_MS) {
    await pause(afterMs)
    const copy = await findCopy()
    if (!copy) continue
    const sender = copy.sender?.address.toLowerCase() ?? ''
    if (sender !== '' && sender !== address.toLowerCase()) throw new AppError('email_accounts.sends_on_behalf')
    return
  }
}
