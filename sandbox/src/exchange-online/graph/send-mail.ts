import { randomBytes } from 'node:crypto'
import type { AccessTokenClaims } from '../../entra-id/index.ts'
import type { Subject } from '../../faults/index.ts'
import type { User } from '../../tenants/index.ts'
import type { Address, Message } from '../mail-store/index.ts'
import { isAddress, TransportError } from '../transport/index.ts'
import { GraphError } from './graph-error.ts'
import { toGraphError } from './graph-faults.ts'
import type { MailDeps } from './mail-call.ts'
import { sendIdentity } from './send-identity.ts'
import { wireMime } from './wire-mime.ts'

export interface Sending {
  /**
   * Sends a draft. When the promise resolves, the transport has accepted the message; the copy reaches Sent Items a
   * little later.
   *
   * Until then the message is in the Outbox, marked as a draft. Its immutable id stays valid throughout; its default id
   * ends with the draft. A refused message stays unchanged.
   *
   * Returns the effect of a fault on the response: none, or a cut connection.
   *
   * @throws GraphError
   */
  send(
    message: Message,
    by: { caller: AccessTokenClaims; owner: User; saveToSentItems: boolean; subject: Subject },
  ): Promise<'cut' | undefined>
}

interface SentCopy {
  key: number
  sentAt: number
  internetMessageId: string
}

const SENT_COPY = 'graph.sent-copy'

export function createSending(deps: MailDeps): Sending {
  const { mailStore, transport, clock, deferred, directory, habits, faults } = deps
  const underWay = new Set<number>()

  deferred.handle(SENT_COPY, ({ key, ...sent }: SentCopy) => {
    const message = mailStore.messageByKey(key)
    // The user moved or deleted the message while it was in the Outbox, so it is left alone.
    if (!message || message.folderId !== mailStore.wellKnownFolder(message.mailboxId, 'outbox').id) return
    const folderId = mailStore.wellKnownFolder(message.mailboxId, 'sentitems').id
    mailStore.markSent(key, { folderId, ...sent })
  })

  return {
    async send(message, { caller, owner, saveToSentItems, subject }) {
      const isDenied = () => faults.ask('graph.send-as', subject) !== undefined
      const identity = sendIdentity(caller, owner, message.from, directory, isDenied)
      const recipients = recipientsOf(message)
      const now = clock.now().getTime()
      const internetMessageId = habits.messageIdOnSend === 'keep' ? message.internetMessageId : newMessageId()

      if (underWay.has(message.key)) throw notSendable()
      underWay.add(message.key)
      try {
        const mime = wireMime(await mailStore.mime(message), {
          from: identity.from,
          sender: identity.onBehalf ? identity.sender : undefined,
          internetMessageId,
          sentAt: now,
        })
        const fault = faults.ask('graph.send', { ...subject, sizeBytes: mime.byteLength })
        if (fault) throw toGraphError(fault)
        await transport.submit({
          mailboxId: owner.id,
          callerId: caller.userId,
          envelope: { from: identity.from.address, to: recipients },
          mime,
        })
      } catch (error) {
        throw error instanceof TransportError ? refusalOf(error) : error
      } finally {
        underWay.delete(message.key)
      }
      const sent = faults.ask('graph.sent', subject)
      keepCopy(message.key)
      return sent?.cut ? 'cut' : undefined

      function keepCopy(key: number): void {
        const kept = mailStore.messageByKey(key)
        if (!kept) return
        if (!saveToSentItems) {
          mailStore.remove(key)
          return
        }
        // The From of stored MIME stays as written, unless it is missing or names the wrong sender.
        if (!kept.hasMime || !kept.from || identity.onBehalf || isReplaced(kept.from, identity.from)) {
          mailStore.updateContent(key, { from: identity.from, sender: identity.sender })
        }
        const outbox = mailStore.wellKnownFolder(kept.mailboxId, 'outbox')
        if (kept.folderId !== outbox.id) mailStore.move(key, outbox.id)
        const copy: SentCopy = { key, sentAt: now, internetMessageId }
        deferred.schedule(SENT_COPY, new Date(now + (sent?.copyDelayMs ?? habits.sentCopyDelayMs)), copy)
      }
    },
  }
}

/** True for an alias that the organization replaces with the primary address. */
function isReplaced(written: Address, shown: Address): boolean {
  return written.address.toLowerCase() !== shown.address.toLowerCase()
}

/**
 * Unconfirmed: Graph documents no error for sending a message that is not a draft (any more); this is Exchange's own
 * code.
 */
export function notSendable(): GraphError {
  return new GraphError(400, 'ErrorInvalidItemForOperationSendItem', 'The operation is invalid for this item.')
}

export function newMessageId(): string {
  const server = 'AM8P250MB0124'
  return `<${server}${randomBytes(10).toString('hex').toUpperCase()}@${server}.EURP250.PROD.OUTLOOK.COM>`
}

function recipientsOf({ to, cc, bcc }: Message): string[] {
  const addresses = [...to, ...cc, ...bcc].map(({ address }) => address)
  if (addresses.length === 0) {
    throw invalidRecipients("A message can't be sent because it contains no recipients.")
  }
  const wrong = addresses.find((address) => !isAddress(address))
  if (wrong !== undefined) {
    throw invalidRecipients(
      `Recipient '${wrong}' is not resolved. All recipients must be resolved before a message can be submitted.`,
    )
  }
  return [...new Map(addresses.map((address) => [address.toLowerCase(), address])).values()]
}

function refusalOf(error: TransportError): GraphError {
  switch (error.refusal) {
    case 'message-too-large':
      return new GraphError(413, 'ErrorMessageSizeExceeded', 'The message exceeds the maximum supported size.')
    case 'recipient-rate-exceeded':
      // Unconfirmed: the code. It is documented that sending is refused until the window has passed.
      return new GraphError(429, 'ErrorExceededMessageLimit', error.smtpReply, { 'retry-after': '3600' })
    default:
      return invalidRecipients(error.message)
  }
}

function invalidRecipients(what: string): GraphError {
  return new GraphError(400, 'ErrorInvalidRecipients', `At least one recipient is not valid., ${what}`)
}
