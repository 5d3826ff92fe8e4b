import { randomUUID } from 'node:crypto'
import type { OutgoingMessage, RemoteMessage } from '../../src/mail/index.ts'
import type { MailTransport, MessageSending } from '../../src/transports/index.ts'
import { AppError } from '../../src/kernel/errors.ts'
import { StrictMailServer } from '../kit/strict-mail-server.ts'

interface Copy {
  messageId: string
  by: 'server' | 'us'
  isRemoved?: boolean
  visibleAt: number
}

/**
 * A mailbox for messages sent whole. A message whose final dot arrived is delivered, even if the reply is lost. The
 * server stores its copy in Sent, or leaves that to Postkey. It removes a copy of Postkey on request only if it is not
 * the first.
 */
export class StrictMessageServer extends StrictMailServer {
  sentCopy: MessageSending['sentCopy'] = 'by-server'
  /** Announced maximum delay of copies that the server stores itself. */
  copyWithinMs = 2 * 60_000
  laysCopies = true
  /** Stores copies in the mailbox of the sending principal instead of this mailbox. */
  laysCopiesAtSender = false
  copyAtSenderIsLate = false
  canAppend = true
  /** Simulates an inbox rule that immediately moves each copy out of Sent. */
  ruleMovesCopies = false
  messagesPerMinute: number | undefined
  /** SMTP server and login. */
  lane = `smtp.example:587 ${randomUUID()}`
  /** Called at each search in Sent; returns the error, or undefined to allow it. */
  refusesSearch: () => AppError | undefined = () => undefined
  /** Called when a copy is stored; returns the error, or undefined to accept it. */
  refusesCopy: () => AppError | undefined = () => undefined
  /** Called after the final dot; returns the error, or undefined to accept the message. */
  refusal: () => AppError | undefined = () => undefined
  sources: string[] = []
  /** Sources of copies stored by Postkey. */
  laidSources: string[] = []
  readonly copies: Copy[] = []
  readonly atSender = new Set<string>()
  /** Subjects by Message-ID; the source yields only the Message-ID. */
  readonly #messages = new Map<string, Pick<RemoteMessage, 'subject'>>()

  override transport(): MailTransport {
    const { reading, sending: drafts } = super.transport()
    if (drafts.by !== 'draft') throw new TypeError('drafts are what it is made of')
    return {
      preflight: () => Promise.reject(new TypeError('the outbox has no business there')),
      reading: {
        ...reading,
        fetchMessage: (remoteId) =>
          this.step('fetchMessage', () => this.#visible().find((copy) => copy.remoteId === remoteId)),
        findByMessageId: (messageId, where) =>
          this.step('findByMessageId', () => {
            const refused = this.refusesSearch()
            if (refused) throw refused
            if (where !== 'sent') this.objections.push(`looks in ${where ?? 'all folders'}`)
            return this.#visible().filter((copy) => copy.messageId === messageId)
          }),
      },
      drafts,
      ...(this.laysCopiesAtSender && {
        hasCopyAtSender: (messageId: string) =>
          this.step('hasCopyAtSender', () => !this.copyAtSenderIsLate && this.atSender.has(messageId)),
      }),
      sending: {
        protocol: 'smtp',
        by: 'message',
        limits: {
          messageBytes: 1e9,
          attachmentBytes: 1e9,
          ...(this.messagesPerMinute !== undefined && { messagesPerMinute: this.messagesPerMinute }),
        },
        lane: this.lane,
        sentCopy: this.sentCopy,
        copyWithinMs: this.copyWithinMs,
        tryOut: () => Promise.reject(new TypeError('the outbox has no business there')),
        send: (mime, envelope, beforeDot) => this.#take(mime, envelope.to, beforeDot!),
        ...(this.canAppend && {
          appendSent: (mime: Buffer) =>
            this.step('appendSent', () => {
              const refused = this.refusesCopy()
              if (refused) throw refused
              const copy: Copy = { messageId: idOf(mime), by: 'us', visibleAt: this.clock.now().getTime() }
              this.copies.push(copy)
              this.laidSources.push(mime.toString())
              return {
                remoteId: `sent-${copy.messageId}`,
                removeIfSecond: () => this.step('removeIfSecond', () => this.#removeIfSecond(copy)),
              }
            }),
        }),
      },
    }
  }

  override sentCopies(): RemoteMessage[] {
    return this.#visible()
  }

  async #take(mime: Buffer, to: readonly string[], beforeDot: () => Promise<void>): Promise<void> {
    await this.step('upload', () => undefined)
    await beforeDot()
    const messageId = idOf(mime)
    try {
      await this.step('dot', () => {
        const refusal = this.refusal()
        if (refusal) throw refusal
        if (/^bcc:/im.test(headOf(mime))) this.objections.push('tells everybody who got it in secret')
        this.sources.push(mime.toString())
        this.#messages.set(messageId, { subject: `to ${to.join(', ')}` })
        this.delivered.push(messageId)
        if (this.laysCopiesAtSender) this.atSender.add(messageId)
        else if (this.laysCopies) {
          this.copies.push({ messageId, by: 'server', visibleAt: this.clock.now().getTime() + this.copyDelayMs })
        }
      })
    } catch (thrown) {
      // After the final dot, a lost reply leaves the outcome open; a refusal is definite.
      const error = AppError.from(thrown)
      if (error.code === 'transports.unavailable' && error.upstream?.status === undefined) {
        throw new AppError('transports.smtp_cut', { upstream: { mayHaveGone: true } })
      }
      throw error
    }
  }

  /** All copies in Sent with this Message-ID. */
  copiesOf(messageId: string): Copy[] {
    return this.copies.filter((copy) => copy.messageId === messageId && !copy.isRemoved)
  }

  #removeIfSecond(copy: Copy): void {
    const [oldest] = this.copiesOf(copy.messageId)
    if (oldest !== copy) copy.isRemoved = true
  }

  #visible(): RemoteMessage[] {
    const now = this.clock.now().getTime()
    return this.copies
      .filter(({ visibleAt, isRemoved }) => visibleAt <= now && !isRemoved && !this.ruleMovesCopies)
      .map(({ messageId }, n) => ({
        ...this.copyOf({
          remoteId: `sent-${messageId}`,
          place: 'sent',
          message: { ...BLANK, messageId, sentAt: this.clock.now() },
          attached: 0,
          toAttach: 0,
          sentItemAt: undefined,
        }),
        messageId,
        subject: this.#messages.get(messageId)?.subject ?? `copy ${n}`,
      }))
  }
}

const SUPPORT = { name: 'Support', address: 'support@contoso.example' }
const BLANK: Omit<OutgoingMessage, 'messageId' | 'sentAt'> = {
  from: SUPPORT,
  to: [{ name: 'Carla', address: 'carla@customer.example' }],
  cc: [],
  bcc: [],
  subject: '',
  text: '',
  inReplyTo: [],
  references: [],
  attachments: [],
}

function headOf(mime: Buffer): string {
  return mime.toString('latin1').split('\r\n\r\n', 1)[0] ?? ''
}

function idOf(mime: Buffer): string {
  return /^message-id:\s*<([^>]+)>/im.exec(headOf(mime))?.[1] ?? ''
}
