/** Passes an accepted message to the transport and stores its copies in Sent Items. */
import type { FaultsAsked } from '../../faults/index.ts'
import type { MovableClock } from '../../kernel/clock.ts'
import type { Deferred } from '../../kernel/deferred.ts'
import type { Directory } from '../../tenants/index.ts'
import type { MailStore } from '../mail-store/index.ts'
import { addressField, amendHeader, messageIds, parseMime } from '../mime/index.ts'
import { type Transport, TransportError } from '../transport/index.ts'
import { HOST, Reply, sendAsDenied } from './replies.ts'
import { toAddress, findSender } from './sender.ts'
import type { SignedIn } from './sign-in.ts'

export interface SubmissionDeps {
  clock: MovableClock
  deferred: Deferred
  directory: Directory
  mailStore: MailStore
  transport: Transport
  faults: FaultsAsked
}

interface SentCopy {
  mailboxId: string
  sentAt: number
  /** Base64. */
  mime: string
}

const SENT_COPY = 'smtp.sent-copy'

export function createSubmission({ clock, deferred, directory, mailStore, transport, faults }: SubmissionDeps) {
  deferred.handle(SENT_COPY, async ({ mailboxId, sentAt, mime }: SentCopy) => {
    const { id } = mailStore.wellKnownFolder(mailboxId, 'sentitems')
    await mailStore.appendMime(mailboxId, id, Buffer.from(mime, 'base64'), {
      receivedAt: sentAt,
      sentAt,
      flags: { isRead: true, isDraft: false },
    })
  })

  /**
   * Submits a message and returns Exchange's `250`. Changes nothing when it throws.
   *
   * @param from the reverse-path; the author is the address in `From`
   * @throws Reply
   */
  return async function submit(
    signedIn: SignedIn,
    { from, to, mime }: { from: string; to: readonly string[]; mime: Uint8Array },
  ): Promise<string> {
    const { subject, mailboxId, actorId, claims } = signedIn
    const { people } = directory
    const { content } = await parseMime(mime)
    const owner = people.getUser(mailboxId)
    const author = content.from?.address ?? from
    const isDenied = () => faults.ask('smtp.send-as', { ...subject, call: 'SMTP DATA', named: author }) !== undefined
    const sender = findSender(author, signedIn, directory, isDenied)
    if (!sender) throw new Reply(sendAsDenied(toAddress(people.getUser(actorId)).address, author))

    const sentAt = clock.now().getTime()
    const messageId = messageIds(content.internetMessageId)[0] ?? `<${sentAt.toString(36)}.${mailboxId}@${HOST}>`
    const complete = amendHeader(mime, {
      ...(content.from ? {} : { From: addressField(toAddress(owner)) }),
      ...(sender.replacement ? { From: addressField(sender.replacement) } : {}),
      ...(sender.onBehalfOf ? { Sender: addressField(sender.onBehalfOf) } : {}),
      ...(messageIds(content.internetMessageId).length > 0 ? {} : { 'Message-ID': messageId }),
    })
    try {
      await transport.submit({
        mailboxId,
        callerId: claims.userId,
        envelope: { from, to },
        mime: complete,
      })
    } catch (error) {
      if (error instanceof TransportError) throw new Reply(error.smtpReply)
      throw error
    }
    keepCopies(signedIn, sender.authorId, complete, sentAt)
    return `2.0.0 OK ${messageId} [Hostname=${HOST}]`
  }

  /**
   * Stores the Sent copy on the server (docs/reference/microsoft-365.md §E.5): in the signed-in mailbox, and in the
   * author's only where an admin enabled it (`MessageCopyForSentAsEnabled`, `MessageCopyForSendOnBehalfEnabled`).
   */
  function keepCopies({ mailboxId, subject }: SignedIn, authorId: string, mime: Uint8Array, sentAt: number): void {
    const habits = faults.ask('smtp.copy', { ...subject, call: 'SMTP DATA' })
    if (habits === 'none') return
    const authorsToo = authorId !== mailboxId && directory.people.keepsCopyForSentAs(authorId)
    for (const id of [mailboxId, ...(authorsToo ? [authorId] : [])]) {
      const copy: SentCopy = { mailboxId: id, sentAt, mime: Buffer.from(mime).toString('base64') }
      deferred.schedule(SENT_COPY, new Date(sentAt + (habits?.delayMs ?? 0)), copy)
    }
  }
}
