import { randomUUID } from 'node:crypto'
import type { OutgoingMessage, RemoteMessage } from '../../src/mail/index.ts'
import type { MailTransport, MessageSending } from '../../src/transports/index.ts'
import { AppError } from '../../src/kernel/errors.ts'
import { StrictMailServer } from './strict-mail-server.ts'

interface Copy {
  messageId: string
  by: 'server' | 'us'
  isRemoved?: boolean
  visibleAt: number
}

/**
 * A mailbox that takes whole messages. What it has seen the dot of is delivered, whatever becomes of its answer. It lays
 * its copy into Sent, or leaves that to us. Of ours it takes one away again when it is told so, and objects when that is
 * the only one.
 */
export class StrictMessageServer extends StrictMailServer {
  sentCopy: MessageSending['sentCopy'] = 'by-server'
  /** Announced maximum delay of copies that the server stores itself. */
  copyWithinMs = 2 * 60_000
  laysCopies = true
  /** Its copies lie with a person who sends for the mailbox, and not in it. */
  laysCopiesAtSender = false
  copyAtSenderIsLate = false
  canAppend = true
  /** A rule of the mailbox moves each copy out of Sent at once. */
  ruleMovesCopies = false
  messagesPerMinute: number | undefined
  /** The server and the login with which it is sent. */
  lane = `smtp.example:587 ${randomUUID()}`
  /** Asked when Sent is searched: what the server says, when it does not search. */
  refusesSearch: () => AppError | undefined = () => undefined
  /** Asked when a copy is stored: what the server says, when it does not take it. */
  refusesCopy: () => AppError | undefined = () => undefined
  /** Asked when the dot has come: what the server says, when it does not take it. */
  refusal: () => AppError | undefined = () => undefined
  sources: string[] = []
  /** Of copies that we stored. */
  laidSources: string[] = []
  readonly copies: Copy[] = []
  readonly atSender = new Set<string>()
  /** There is no other way to what a message is about: the source tells its Message-ID. */
  readonly #messages = new Map<string, Pick<RemoteMessage, 'subject'>>()

  override transport(): MailTransport {
    const { reading, sending: drafts } = super.transport()
    if (drafts.by !== 'draft') throw new TypeError('drafts are what it is made of')
    return {
      preflight: () => Promise.reject(new TypeError('the outbox has no business there')),
      reading: {
        ...reading,
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
        road: 'smtp',
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
              return { removeIfSecond: () => this.step('removeIfSecond', () => this.#removeIfSecond(copy)) }
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
      // After the dot a lost answer is no answer; a refusal is one.
      const error = AppError.from(thrown)
      if (error.code === 'transports.unavailable' && error.upstream?.status === undefined) {
        throw new AppError('transports.smtp_cut', { upstream: { mayHaveGone: true } })
      }
      throw error
    }
  }

  /** All that lie in Sent with that Message-ID. */
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
