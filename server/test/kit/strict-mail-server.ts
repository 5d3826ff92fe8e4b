import { AppError } from '../../src/kernel/errors.ts'
import type { OutgoingMessage, RemoteMessage } from '../../src/mail/index.ts'
import type { RemoteDraft, MailTransport } from '../../src/transports/index.ts'
import type { TestClock } from './test-clock.ts'

/** Fault at a boundary: before a step takes effect, or after it but before the response arrives. */
export type Fault =
  /** The process crashes here. */
  | 'kill'
  /** The process stalls here until all others are done. */
  | 'stall'
  /** The request or its response is lost. */
  | 'cut'
  /** The request times out and takes effect `lateMs` later. Only before a step. */
  | 'late'
  /** The request is throttled. Only before a step. */
  | 'throttle'
  /** The server responds with 503 and has no effect. Only before a step. */
  | 'unavailable'

export interface Faults {
  /** Called at each boundary; returns the fault to inject. */
  at(boundary: string): Fault | undefined
}

type Place = 'drafts' | 'outbox' | 'sent' | 'deleted'

interface Item {
  remoteId: string
  place: Place
  message: OutgoingMessage
  attached: number
  toAttach: number
  sentItemAt: Date | undefined
}

/**
 * A mailbox that counts calls and records invalid ones. It sends each draft once, has no deleted drafts, replaces the
 * Message-ID, and shows the copy in Sent Items with a delay. Every call passes {@link Faults}.
 */
export class StrictMailServer {
  /** Our Message-IDs of delivered messages. */
  readonly delivered: string[] = []
  readonly objections: string[] = []
  copyDelayMs = 0
  lateMs = 20_000
  /** Time in which sync files the copies, before a worker searches for them. */
  syncFindsCopyWithinMs: number | undefined
  refusesSendAs = false
  /** Number of killed workers. */
  dead = 0
  faults: Faults = { at: () => undefined }
  readonly #items: Item[] = []
  readonly #later: { at: number; effect: () => void }[] = []
  readonly #stalled: (() => void)[] = []
  protected readonly clock: TestClock

  constructor(clock: TestClock) {
    this.clock = clock
  }

  get leftoverDrafts(): number {
    this.#settle()
    return this.#items.filter(({ place }) => place === 'drafts').length
  }

  /** Resumes stalled workers in the order in which they stalled. */
  release(): void {
    for (const goOn of this.#stalled.splice(0)) goOn()
  }

  get stalled(): number {
    return this.#stalled.length
  }

  transport(): MailTransport {
    const unused = () => Promise.reject(new TypeError('the outbox has no business there'))
    return {
      preflight: unused,
      reading: {
        protocol: 'graph',
        owns: () => true,
        listFolders: unused,
        changes: () => {
          throw new TypeError('the outbox has no business there')
        },
        newest: unused,
        inventory: unused,
        fetchMessage: unused,
        fetchSource: unused,
        streamSource: () => {
          throw new TypeError('the outbox has no business there')
        },
        listAttachments: unused,
        downloadAttachment: () => {
          throw new TypeError('the outbox has no business there')
        },
        // Exchange has its own Message-ID for a sent message.
        findByMessageId: (messageId) =>
          this.step('findByMessageId', () => this.sentCopies().filter((copy) => copy.messageId === messageId)),
      },
      sending: {
        protocol: 'graph',
        by: 'draft',
        limits: { messageBytes: 1e9, attachmentBytes: 3 * 1024 * 1024 - 1 },
        ...(this.syncFindsCopyWithinMs !== undefined && { syncFindsCopyWithinMs: this.syncFindsCopyWithinMs }),
        createDraft: (message) => this.step('createDraft', () => this.#create(message)),
        attach: (remoteId, { content }) => this.step('attach', () => this.#attach(remoteId, content)),
        sendDraft: (remoteId) => this.step('sendDraft', () => this.#send(remoteId)),
        whatBecameOf: (remoteId) =>
          this.step('whatBecameOf', () => {
            const place = this.#find(remoteId)?.place
            return place === 'drafts' ? 'draft' : place === 'sent' ? 'sent' : 'gone'
          }),
        findSent: (remoteId) =>
          this.step('findSent', () => {
            const item = this.#find(remoteId)
            return item?.place === 'sent' ? this.copyOf(item) : undefined
          }),
        findDrafts: (messageId) =>
          this.step('findDrafts', () => {
            this.#settle()
            return this.#items
              .filter(({ place, message }) => place === 'drafts' && message.messageId === messageId)
              .map((item) => this.copyOf(item))
          }),
        deleteDraft: (remoteId) =>
          this.step('deleteDraft', () => {
            const item = this.#find(remoteId)
            if (item?.place === 'sent' || item?.place === 'outbox') this.objections.push('deletes what was sent')
            else if (item) item.place = 'deleted'
          }),
      },
    }
  }

  /** Sent copies as sync would receive them. */
  sentCopies(): RemoteMessage[] {
    this.#settle()
    return this.#items.filter(({ place }) => place === 'sent').map((item) => this.copyOf(item))
  }

  copyOf({ remoteId, place, message }: Item): RemoteMessage {
    const { from, to, cc, bcc, subject, text = '', inReplyTo, references } = message
    return {
      partial: false,
      remoteId,
      folderRemoteId: place === 'sent' ? 'sentitems' : 'drafts',
      messageId: `exchange-made-${message.messageId}`,
      inReplyTo,
      references,
      remoteConversationId: undefined,
      subject,
      from,
      sender: from,
      to,
      cc,
      bcc,
      replyTo: [],
      sentAt: message.sentAt,
      receivedAt: this.clock.now(),
      flags: place === 'sent' ? ['seen'] : ['draft'],
      preview: text.slice(0, 100),
      body: { type: 'text', content: text },
      hasAttachments: message.attachments.length > 0,
      headers: [],
    }
  }

  #create(message: OutgoingMessage): RemoteDraft {
    const toAttach = message.attachments.filter(({ content }) => content.length > 1000)
    const remoteId = `item-${this.#items.length + 1}`
    this.#items.push({
      remoteId,
      place: 'drafts',
      message,
      attached: 0,
      toAttach: toAttach.length,
      sentItemAt: undefined,
    })
    return { remoteId, toAttach }
  }

  #attach(remoteId: string, content: Buffer): void {
    const item = this.#find(remoteId)
    if (item?.place !== 'drafts') throw new AppError('transports.item_gone', { upstream: { status: 404 } })
    if (content.length === 0) this.objections.push('attaches nothing')
    item.attached++
  }

  #send(remoteId: string): void {
    const item = this.#find(remoteId)
    if (!item || item.place === 'deleted') throw new AppError('transports.item_gone', { upstream: { status: 404 } })
    if (item.place !== 'drafts') throw new AppError('transports.not_a_draft', { upstream: { status: 400 } })
    if (this.refusesSendAs) throw new AppError('transports.send_as_denied', { upstream: { status: 403 } })
    if (item.attached !== item.toAttach) this.objections.push('sends a draft that is half attached')
    item.place = 'outbox'
    item.sentItemAt = new Date(this.clock.now().getTime() + this.copyDelayMs)
    this.delivered.push(item.message.messageId)
    this.#settle()
  }

  #find(remoteId: string): Item | undefined {
    this.#settle()
    return this.#items.find((item) => item.remoteId === remoteId)
  }

  /** Applies all effects that are due by now. */
  #settle(): void {
    const now = this.clock.now().getTime()
    for (const { effect } of this.#later.splice(0, this.#later.filter(({ at }) => at <= now).length)) {
      try {
        effect()
      } catch {
        // The refusal of a late request reaches no caller.
      }
    }
    for (const item of this.#items) {
      if (item.place === 'outbox' && item.sentItemAt && item.sentItemAt.getTime() <= now) item.place = 'sent'
    }
  }

  protected async step<T>(name: string, effect: () => T): Promise<T> {
    const before = this.faults.at(`before ${name}`)
    switch (before) {
      case 'late':
        this.#later.push({ at: this.clock.now().getTime() + this.lateMs, effect })
        throw new AppError('transports.unavailable')
      case 'throttle': {
        const retryAt = new Date(this.clock.now().getTime() + 30_000)
        throw new AppError('transports.throttled', { upstream: { status: 429, retryAt } })
      }
      case 'unavailable':
        throw new AppError('transports.unavailable', { upstream: { status: 503 } })
      default:
        await this.applyFault(before)
    }
    const result = effect()
    await this.applyFault(this.faults.at(`after ${name}`))
    return result
  }

  async applyFault(fault: Fault | undefined): Promise<void> {
    // A promise that never settles: no code after it runs, as after a crash.
    if (fault === 'kill') {
      this.dead++
      await new Promise(() => undefined)
    }
    if (fault === 'stall') await new Promise<void>((resolve) => this.#stalled.push(resolve))
    if (fault === 'cut') throw new AppError('transports.unavailable')
  }
}
