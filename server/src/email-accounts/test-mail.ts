import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { newMessageId } from '../mail/index.ts'
import type { DraftSending } from '../transports/index.ts'
import type { EmailAccount } from './email-account.ts'

/** How long to look for the Sent copy, which comes a moment later. */
const LOOKS_AFTER_MS = [500, 1000, 2000]

/**
 * Sends a mail from the mailbox to itself: the one way to know whether it may send in its own name. What is refused
 * leaves no draft behind. With Send on Behalf it goes out, too, and customers see by whom: only the Sent copy tells.
 */
export async function sendTestMail(transport: DraftSending, { name, address }: EmailAccount, clock: Clock) {
  const itself = { name, address }
  const { remoteId } = await transport.createDraft({
    messageId: newMessageId(address),
    sentAt: clock.now(),
    from: itself,
    to: [itself],
    cc: [],
    bcc: [],
    subject: 'Postkey: this mailbox can send',
    text: `An admin of Postkey tried whether ${address} can send in its own name. It can: this is that mail, from the mailbox to itself. Nobody else got it, nothing is to be done, and it can be deleted.\n`,
    inReplyTo: [],
    references: [],
    attachments: [],
  })
  try {
    await transport.sendDraft(remoteId)
  } catch (thrown) {
    // The answer may be lost of what was done; a refusal is told either way, and tidying up must not hide it.
    const became = await transport.whatBecameOf(remoteId).catch(() => undefined)
    if (became === 'sent' || became === 'underway') return
    if (became === 'draft') await transport.deleteDraft(remoteId).catch(() => undefined)
    throw AppError.from(thrown)
  }
  await refuseOnBehalf(transport, remoteId, address)
}

async function refuseOnBehalf(transport: DraftSending, remoteId: string, address: string): Promise<void> {
  for (const afterMs of LOOKS_AFTER_MS) {
    await pause(afterMs)
    const copy = await transport.findSent(remoteId)
    if (!copy) continue
    const sender = copy.sender?.address.toLowerCase() ?? ''
    if (sender !== '' && sender !== address.toLowerCase()) throw new AppError('email_accounts.sends_on_behalf')
    return
  }
}
